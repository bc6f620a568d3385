"""`teleprinter run`: the bot in a workspace, until it is stopped."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from bot.app import check, connected, open_approvals, running
from bot.commands.health_checks import misspelt
from bot.model.configured_model import open_model
from bot.slack.connect import identify

if TYPE_CHECKING:
    from rich.console import Console

    from bot.model.local.progress import Report
    from bot.settings import Settings


async def run(settings: Settings, *, console: Console, report: Report) -> None:
    """Answer until cancelled. Raises SettingsError and ModelError where it cannot begin."""
    # Before Slack, which may be waited for: a wrong setting should not have to.
    await check(settings)
    async with connected(settings) as client:
        # Before the model, which may have to be fetched first: a wrong token should not have to wait for it.
        await identify(client)
    approvals = open_approvals(settings)
    async with (
        open_model(settings, report=report, gate=approvals) as model,
        running(settings, model, approvals=approvals) as us,
    ):
        console.print(
            f"Teleprinter is @{us.name} in {us.team_name or us.team}.", highlight=False, soft_wrap=True
        )
        console.print(f"Model: {model.label}", highlight=False, soft_wrap=True)
        for finding in misspelt(os.environ):
            console.print(finding.words, highlight=False, markup=False, soft_wrap=True)
        console.print(_way_in(settings), highlight=False, soft_wrap=True)
        console.print(
            "Ctrl-C stops it; answers that are being written are finished first.",
            highlight=False,
            soft_wrap=True,
        )
        await asyncio.Event().wait()


def _way_in(settings: Settings) -> str:
    if settings.socket_mode:
        return "Listening through Socket Mode."
    return f"Listening for events on http://{settings.host}:{settings.port}/slack/events."
