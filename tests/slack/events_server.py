"""The bot's HTTP door alone, in a process that may have few files open: prints its port, then each message it took."""

from __future__ import annotations

import asyncio
import resource
import sys
from typing import TYPE_CHECKING

from slack_sdk.web.async_client import AsyncWebClient

from bot.observability import logs
from bot.slack.http_events import http_events
from bot.slack.identity import Identity
from bot.slack.listeners import build_bolt
from tests.slack.directory import KnownWorkspaces, PressRecorder

if TYPE_CHECKING:
    from bot.core.conversation.incoming import Prompt, Vanished

SECRET = "a made-up signing secret"
US = Identity(team="T1", user="U0BOT", bot_id="B0BOT", name="teleprinter", team_name="Sparkling")


class Telling:
    """Prints what it takes."""

    async def take(self, prompt: Prompt) -> bool:
        sys.stdout.write(f"{prompt.text}\n")
        sys.stdout.flush()
        return True

    async def vanish(self, message: Vanished) -> None:
        raise AssertionError(message)


async def main(files: int) -> None:
    """Serve until killed."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    logs.set_up("INFO")
    app = build_bolt(
        AsyncWebClient("xoxb-1"),
        KnownWorkspaces(US),
        signing_secret=SECRET,
        taker=Telling(),
        controls=PressRecorder(),
    )
    async with http_events(app, signing_secret=SECRET, host="127.0.0.1", port=0) as port:
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
