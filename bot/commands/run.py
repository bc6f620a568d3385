"""`teleprinter run`: the bot in a workspace, until it is stopped."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from bot.app import check, connected, open_approvals, running
from bot.commands.app_manifest import bot_scopes, wanted_features
from bot.commands.health_checks import misspelt
from bot.documents.libraries import missing_words
from bot.model.configured_model import loads_late
from bot.model.late_models import open_models
from bot.slack.connect import identify
from bot.slack.identity import INSTALL_PATH

if TYPE_CHECKING:
    from rich.console import Console

    from bot.model.answering import Models
    from bot.model.local.progress import Report
    from bot.settings import Settings
    from bot.slack.identity import Identity


async def run(settings: Settings, *, console: Console, report: Report) -> None:
    """Answer until cancelled. Raises SettingsError and ModelError where it cannot begin."""
    # Before Slack, which may be waited for: a wrong setting should not have to.
    await check(settings)
    if not settings.installable and not loads_late(settings):
        async with connected(settings) as client:
            # Before the model, which may have to be fetched first: a wrong token should not have to wait for it.
            await identify(client)
    scopes = bot_scopes(wanted_features(settings)) if settings.installable else ()
    approvals = open_approvals(settings)
    async with (
        open_models(settings, report=report, gate=approvals) as models,
        running(settings, models, approvals=approvals, scopes=scopes) as us,
    ):
        console.print(_where(settings, us), highlight=False, soft_wrap=True)
        console.print(_answering(models), highlight=False, soft_wrap=True)
        for finding in misspelt(os.environ):
            console.print(finding.words, highlight=False, markup=False, soft_wrap=True)
        if missing := missing_words():
            console.print(missing, highlight=False, markup=False, soft_wrap=True)
        console.print(_way_in(settings), highlight=False, soft_wrap=True)
        console.print(
            "Ctrl-C stops it; answers that are being written are finished first.",
            highlight=False,
            soft_wrap=True,
        )
        await asyncio.Event().wait()


def _answering(models: Models) -> str:
    usual, *others = models.names
    return f"Model: {usual}; people may choose {', '.join(others)}." if others else f"Model: {usual}"


def _where(settings: Settings, us: Identity | None) -> str:
    if us is None:
        return f"Workspaces install Teleprinter at {settings.public_url}{INSTALL_PATH}."
    return f"Teleprinter is @{us.name} in {us.team_name or us.team}."


def _way_in(settings: Settings) -> str:
    if settings.socket_mode:
        return "Listening through Socket Mode."
    return f"Listening for events on http://{settings.host}:{settings.port}/slack/events."
