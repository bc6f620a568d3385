"""The Bolt app: which events we listen to, and the claim that precedes the ack.

Bolt awaits middleware, then acks, then runs the listener on its own. So the claim is middleware: when Slack has its
ack, the message is ours on record. And the listener only hands the prompt to whoever owns the turns, so that no answer
lives in a task that nobody awaits.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse

from bot.core.events import parse_prompt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.events import Prompt

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


class Taker(Protocol):
    """Who takes prompts."""

    async def claim(self, prompt: Prompt) -> bool:
        """True for the first who asks for this message, for ever."""
        ...

    def start(self, prompt: Prompt) -> None:
        """Begin to answer a prompt that was claimed."""
        ...


def build_bolt(client: AsyncWebClient, us: Identity, *, signing_secret: str, taker: Taker) -> AsyncApp:
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
    )

    async def claim(
        body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        prompt = parse_prompt(body, bot_user=us.user)
        if prompt is None:
            # It still wants its ack: None would answer 404, and Slack would deliver it again.
            return BoltResponse(status=200)
        if not await taker.claim(prompt):
            log.info("prompt.again", extra={"channel": prompt.thread.channel, "ts": prompt.ts})
            return BoltResponse(status=200)
        context["prompt"] = prompt
        await next_()
        return None

    async def start(context: AsyncBoltContext) -> None:
        taker.start(cast("Prompt", context["prompt"]))

    app.event("app_mention", middleware=[claim])(start)
    app.event("message", middleware=[claim])(start)
    app.event(re.compile(".*"))(_ignore)
    return app


async def _ignore(body: dict[str, Any]) -> None:
    """An event the manifest does not ask for. Acked, since Slack would otherwise deliver it three times more."""
    log.debug("event.ignored", extra={"event": body.get("event", {}).get("type")})
