"""`teleprinter demo`: a local Slack, a model and the bot, in one process and without any account."""

from __future__ import annotations

import asyncio
import webbrowser
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.app import is_local, open_model, running
from bot.errors import SettingsError
from slack_emulator.errors import WorkspaceError
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from rich.console import Console

    from bot.model.local.progress import Report
    from bot.settings import Settings

BETTER = "For useful answers set OPENAI_API_KEY, or TELEPRINTER_MODEL=local:qwen-1.5b (fetches 1.1 GB once)."


async def demo(settings: Settings, *, port: int, browse: bool, console: Console, report: Report) -> None:
    """Serve the workspace at `port` and answer in it until cancelled.

    Raises SettingsError for a taken port or a wrong setting, ModelError where the model cannot be had.
    """
    try:
        async with (
            Workspace.start(port=port) as workspace,
            open_model(settings, report=report) as model,
            running(in_workspace(settings, workspace), model),
        ):
            console.print()
            console.print(f"[bold]Open[/bold] {workspace.url}", highlight=False, soft_wrap=True)
            console.print(f"Model: {model.label}", highlight=False, soft_wrap=True)
            if is_local(settings):
                console.print(f"[dim]{BETTER}[/dim]", highlight=False, soft_wrap=True)
            console.print("[dim]Ctrl-C stops everything.[/dim]", highlight=False, soft_wrap=True)
            if browse:
                await asyncio.to_thread(_open_browser, workspace.url)
            await asyncio.Event().wait()
    except WorkspaceError as error:
        raise SettingsError(str(error)) from error


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
