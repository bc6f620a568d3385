"""`python -m bot.workspace --port 3210`: the local Slack on its own, for whatever speaks to Slack."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.workspace.errors import WorkspaceError
from bot.workspace.limits import Limits
from bot.workspace.server import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

PORT, MOST_PORT = 3210, 65535


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve a local Slack until Ctrl+C."""
    chosen = _parser().parse_args(arguments)
    limits = Limits.off() if chosen.no_limits else Limits.strict()
    with suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve(chosen.host, chosen.port, limits))
        except WorkspaceError as error:
            sys.exit(f"Error: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.workspace", description=main.__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (%(default)s: this computer only)"
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, help="the port (%(default)s); 0 takes any free one"
    )
    parser.add_argument(
        "--no-limits", action="store_true", help="let every call through, whatever Slack's rate limits"
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"{text} is no port: write a whole number from 0 to {MOST_PORT}")
    return int(text)


async def serve(host: str, port: int, limits: Limits) -> None:
    """Say how to reach the workspace, and serve it until cancelled."""
    async with Workspace.start(host, port, limits=limits) as workspace:
        sys.stdout.write(told(workspace))
        sys.stdout.flush()
        await asyncio.Event().wait()


def told(workspace: Workspace) -> str:
    """What whoever connects an app needs to know. The tokens open nothing but this workspace."""
    app = workspace.app
    return (
        f"A local Slack: {workspace.url}\n"
        f"SLACK_API_URL={workspace.api_url}\n"
        f"SLACK_BOT_TOKEN={app.bot_token}\n"
        f"SLACK_APP_TOKEN={app.app_token}\n"
        f"SLACK_SIGNING_SECRET={app.signing_secret}\n"
    )


if __name__ == "__main__":
    main()
