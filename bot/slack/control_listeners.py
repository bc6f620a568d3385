"""Listens for buttons and modals: a press has its ack at once, and is done by whoever owns that work.

Whoever pressed sees a warning where the ack takes more than three seconds, and what is pressed may take longer. A modal that is
submitted waits for its ack, which says whether it may close.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
from slack_bolt.response import BoltResponse

from bot.core.conversation import notices
from bot.core.delivery.controls import NOTE_INPUT
from bot.core.delivery.press import parse_note, parse_press, parse_session_stop
from bot.language.catalogue import ENGLISH
from bot.observability import facts
from bot.observability.hooks import tell
from bot.slack.listener_answers import acknowledge, done, form_answer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.press import NoteGiven, Press, QuestionEdited

PRESSED = ("block_actions", "view_submission", "message_action", "shortcut")
"""Types of the payloads that come of what people press."""
COURTESY = 1.5  # seconds that a word to somebody of another workspace may take: the ack waits for it


class ControlHandler(Protocol):
    """Does what people press; see `bot.turns.control_actions`."""

    def press(self, press: Press) -> None:
        """Do it, soon."""
        ...

    def offer_again(self, edited: QuestionEdited) -> None:
        """Offer to answer a changed question again, soon."""
        ...

    async def stop_session(self, thread: ThreadKey) -> None:
        """End what is being answered in the thread."""
        ...

    async def note(self, given: NoteGiven) -> str:
        """Keep a note; returns why not, in the author's language, or ""."""
        ...


def add_control_listeners(app: AsyncApp, controls: ControlHandler) -> None:
    """Let `controls` do what is pressed, and keep what is submitted."""

    async def press(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        # Its author sees a warning where the ack takes more than three seconds: what comes of it is told by itself.
        if (pressed := parse_press(body)) is not None:
            controls.press(pressed)
        await next_()
        return None

    async def submit(body: dict[str, Any]) -> BoltResponse:
        return form_answer(await controls.note(parse_note(body)), below=NOTE_INPUT)

    async def stop(body: dict[str, Any]) -> BoltResponse:
        if (thread := parse_session_stop(body)) is not None:
            await controls.stop_session(thread)
        return BoltResponse(status=200)

    app.event("agent_session_stopped", middleware=[stop])(done)
    app.action(re.compile(".*"), middleware=[press])(acknowledge)
    app.view(re.compile(".*"), middleware=[submit])(done)


async def turn_away(context: AsyncBoltContext) -> BoltResponse:
    """Ack, and tell whoever has pressed something where we are not installed."""
    # In English: nobody can be asked for the language of a person where we are not installed.
    if context.response_url and context.respond is not None:
        try:
            async with asyncio.timeout(COURTESY):
                await context.respond(
                    ENGLISH.say(notices.ELSEWHERE), response_type="ephemeral", replace_original=False
                )
        except (TimeoutError, OSError, aiohttp.ClientError) as error:
            tell(facts.StatusRefused(error=type(error).__name__))
    return BoltResponse(status=200)
