"""`teleprinter demo`: a local Slack, a model and the bot, in one process and without any account."""

from __future__ import annotations

import asyncio
import webbrowser
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.app import open_approvals, running
from bot.commands.app_manifest import app_manifest
from bot.errors import SettingsError
from bot.model.configured_model import is_local, open_growing_model, open_model
from slack_emulator.errors import WorkspaceError
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from rich.console import Console

    from bot.errors import LocalModelError
    from bot.model.answering import Answering
    from bot.model.local.progress import Progress, Report, Step
    from bot.model.tools.action_gate import ActionGate
    from bot.settings import Settings

BETTER = "For useful answers set OPENAI_API_KEY, or TELEPRINTER_MODEL=local:qwen-1.5b (fetches 1.1 GB once)."
BEHIND = (
    "A better one follows as soon as it is here (478 MB, fetched once). TELEPRINTER_MODEL=local does without."
)

WORDS_BEHIND: dict[Step, str] = {
    "download": "Fetching a model that answers better …",
    "unpack": "Unpacking a model that answers better …",
    "verify": "Checking a model that answers better …",
    "load": "Loading a model that answers better …",
}


async def demo(settings: Settings, *, port: int, browse: bool, console: Console, report: Report) -> None:
    """Serve the workspace at `port` and answer in it until cancelled.

    The app there is the one that `manifest.yml` describes. Raises SettingsError for a taken port or a wrong setting, ModelError
    where the model cannot be had.
    """
    try:
        async with (
            Workspace.start(port=port, manifest=app_manifest()) as workspace,
            _bot(
                in_workspace(settings, workspace), report, GrowthOnShow(workspace, console, report)
            ) as model,
        ):
            console.print()
            console.print(f"[bold]Open[/bold] {workspace.url}", highlight=False, soft_wrap=True)
            _say(console, f"Model: {model.label}")
            if not settings.model_chosen:
                _say(console, BEHIND, style="dim")
            if is_local(settings):
                _say(console, BETTER, style="dim")
            _say(console, "Ctrl-C stops everything.", style="dim")
            if browse:
                await asyncio.to_thread(_open_browser, workspace.url)
            await asyncio.Event().wait()
    except WorkspaceError as error:
        raise SettingsError(str(error)) from error


@asynccontextmanager
async def _bot(settings: Settings, report: Report, growing: GrowthOnShow) -> AsyncGenerator[Answering]:
    """The bot in the workspace while the block runs; yields its model."""
    approvals = open_approvals(settings)
    async with (
        _model(settings, report, growing, approvals) as model,
        running(settings, model, approvals=approvals),
    ):
        yield model


def _model(
    settings: Settings, report: Report, growing: GrowthOnShow, gate: ActionGate | None
) -> AbstractAsyncContextManager[Answering]:
    """The model that somebody chose; else the smallest at once, and a better one behind it."""
    if settings.model_chosen or settings.mcp_file is not None:
        return open_model(settings, report=report, gate=gate)
    return open_growing_model(settings, report=report, behind=growing.report, growth=growing)


class GrowthOnShow:
    """Shows on the page and in the terminal how the better model comes."""

    def __init__(self, workspace: Workspace, console: Console, report: Report) -> None:
        self._workspace = workspace
        self._console = console
        self._report = report

    def report(self, progress: Progress) -> None:
        """Hears how far it is."""
        self._report(progress)
        share = progress.done / progress.total if progress.total and progress.done else None
        self._workspace.announce(WORDS_BEHIND[progress.step], share)

    def ready(self, label: str) -> None:
        """It answers from now on."""
        self._workspace.announce("")
        _say(self._console, f"Model from now on: {label}")

    def failed(self, error: LocalModelError) -> None:
        """It cannot be had."""
        self._workspace.announce("")
        _say(self._console, f"The better model could not be had, so the smallest goes on: {error}")


def _say(console: Console, line: str, *, style: str | None = None) -> None:
    console.print(line, style=style, markup=False, highlight=False, soft_wrap=True)


def in_workspace(settings: Settings, workspace: Workspace) -> Settings:
    """The settings of a bot in `workspace`: its tokens, and nothing kept when the process ends."""
    return replace(
        settings,
        slack_bot_token=workspace.app.bot_token,
        slack_app_token=workspace.app.app_token,
        slack_signing_secret=workspace.app.signing_secret,
        slack_api_url=workspace.api_url,
        database=None,
        drain=min(settings.drain, 2.0),
    )


def _open_browser(url: str) -> None:
    # False, or an Error, where there is none: the address stands above.
    try:
        webbrowser.open(url)
    except webbrowser.Error:
        return
