"""The Bolt app: which events we listen to, and the claim that precedes the ack.

Bolt awaits middleware, then acks, then runs the listener on its own. So what we do is middleware: when Slack has its
ack, the message is a turn of ours on record. The listener has nothing left to do, so that no answer lives in a task that
nobody awaits.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.core.conversation.incoming import is_automatic_prompt, parse_prompt, parse_vanished

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.incoming import Prompt, Vanished

log = logging.getLogger(__name__)
# Bolt warns of settings that we choose on purpose, and would pass payloads to a debug log.
_bolt_log = logging.getLogger("slack_bolt.app")
_bolt_log.setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in a workspace, as `auth.test` says."""

    team: str
    user: str
    bot_id: str
    name: str
    team_name: str


class PromptHandler(Protocol):
    """Who takes prompts; see `bot.turns.pipeline`."""

    async def take(self, prompt: Prompt) -> bool:
        """Put it on record and begin to answer it; False where it was taken before."""
        ...

    async def vanish(self, message: Vanished) -> None:
        """Somebody deleted the message."""
        ...


def build_bolt(
    client: AsyncWebClient, us: Identity, *, signing_secret: str, taker: PromptHandler
) -> AsyncApp:
    """The Bolt app that turns Slack's events into prompts for `taker`."""

    async def authorize() -> AuthorizeResult:
        # The start has asked auth.test already; Bolt's own way would ask again.
        return AuthorizeResult(
            enterprise_id=None,
            team_id=us.team,
            bot_user_id=us.user,
            bot_id=us.bot_id,
            bot_token=client.token,
        )

    app = AsyncApp(
        client=client,
        # Bolt wants some secret even where it checks none: in Socket Mode no request is signed.
        signing_secret=signing_secret or "no request is signed in socket mode",
        authorize=authorize,
        logger=_bolt_log,
        # Bolt would keep from us that a message of ours was deleted. What we say ourselves is nobody's prompt anyway.
        ignoring_self_events_enabled=False,
    )

    async def take(body: dict[str, Any], next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        if (prompt := parse_prompt(body, bot_user=us.user)) is not None:
            if not await taker.take(prompt):
                log.info("prompt.again", extra={"channel": prompt.thread.channel, "ts": prompt.ts})
        elif (vanished := parse_vanished(body, bot_user=us.user)) is not None:
            await taker.vanish(vanished)
        else:
            if is_automatic_prompt(body, bot_user=us.user):
                event = body["event"]
                log.info("prompt.of_an_app", extra={"channel": event["channel"], "ts": event["ts"]})
            # It still wants its ack: None would answer 404, and Slack would deliver it again.
            return BoltResponse(status=200)
        await next_()
        return None

    app.event("app_mention", middleware=[take])(_taken)
    app.event("message", middleware=[take])(_taken)
    app.event(re.compile(".*"))(_ignore)
    return app


async def _taken() -> None:
    """Middleware has done it all, before the ack."""


async def _ignore(body: dict[str, Any]) -> None:
    """An event the manifest does not ask for. Acked, since Slack would otherwise deliver it three times more."""
    log.debug("event.ignored", extra={"event": body.get("event", {}).get("type")})
