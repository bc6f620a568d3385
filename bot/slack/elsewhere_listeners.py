"""Listens for what is asked elsewhere than in a message to us: slash commands, the menu of a message, Share, and an invitation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol, cast

from slack_bolt.response import BoltResponse

from bot.core.conversation.private_question import (
    SHARE,
    parse_command,
    parse_own_arrival,
    parse_share,
    parse_shortcut,
)
from bot.core.delivery.press import pressing_team
from bot.slack.identity import US
from bot.slack.listener_answers import acknowledge, done

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.async_app import AsyncApp
    from slack_bolt.context.async_context import AsyncBoltContext

    from bot.core.conversation.private_question import CommandGiven, Invitation, SharePressed, ShortcutChosen
    from bot.slack.identity import Identity

ANYTHING = re.compile(".*")


class PrivateHandler(Protocol):
    """Answers what is asked elsewhere; see `bot.turns.private_questions`."""

    async def ask(self, given: CommandGiven) -> str:
        """Answer a command, soon; returns what its author is told at once."""
        ...

    def choose(self, chosen: ShortcutChosen) -> None:
        """Do what was chosen, soon."""
        ...

    def share(self, press: SharePressed) -> None:
        """Share a private answer, soon."""
        ...

    def greet(self, invited: Invitation) -> None:
        """Say hello, soon."""
        ...


def add_elsewhere_listeners(app: AsyncApp, private: PrivateHandler) -> None:
    """Let `private` do what people ask elsewhere. To be added before those that listen for everything."""

    async def command(body: dict[str, Any]) -> BoltResponse:
        word = await private.ask(parse_command(body))
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": word})

    async def choose(
        body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        us = cast("Identity", context[US])
        if (chosen := parse_shortcut(body, team=pressing_team(body), bot_user=us.user)) is not None:
            private.choose(chosen)
        await next_()
        return None

    async def share(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        private.share(parse_share(body, team=pressing_team(body)))
        await next_()
        return None

    async def greet(
        body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        us = cast("Identity", context[US])
        if (invited := parse_own_arrival(body, bot_user=us.user)) is not None:
            private.greet(invited)
        await next_()
        return None

    app.command(ANYTHING, middleware=[command])(done)
    app.shortcut(ANYTHING, middleware=[choose])(acknowledge)
    app.action(SHARE, middleware=[share])(acknowledge)
    app.event("member_joined_channel", middleware=[greet])(done)
