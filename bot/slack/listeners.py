"""The Bolt app: which events we listen to, and the claim that precedes the ack.

Bolt awaits middleware, then acks, then runs the listener on its own. So what we do is middleware: when Slack has its
ack, the message is a turn of ours on record. The listener has nothing left to do, so that no answer lives in a task that
nobody awaits, and Bolt need not begin it. Both events of a mention come this way, so our middleware is of Bolt's own kind: for a plain
function it would look up thirty arguments each time.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Protocol, cast

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.response import BoltResponse

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import installed_team, is_automatic_prompt, parse_prompt, parse_vanished
from bot.core.delivery.press import parse_edited, pressing_team
from bot.observability import facts
from bot.observability.hooks import tell
from bot.slack.agent_listeners import add_agent_listeners
from bot.slack.channel_listeners import add_channel_listeners
from bot.slack.control_listeners import PRESSED, add_control_listeners, turn_away
from bot.slack.elsewhere_listeners import add_elsewhere_listeners
from bot.slack.home_listeners import add_home_listeners
from bot.slack.identity import US
from bot.slack.listener_answers import done
from bot.slack.removal_listeners import add_removal_listeners

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_bolt.context.async_context import AsyncBoltContext
    from slack_bolt.request.async_request import AsyncBoltRequest
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.incoming import Prompt, Vanished
    from bot.slack.agent_listeners import PaneHandler
    from bot.slack.channel_listeners import PanelHandler
    from bot.slack.control_listeners import ControlHandler
    from bot.slack.elsewhere_listeners import PrivateHandler
    from bot.slack.home_listeners import HomeHandler
    from bot.slack.identity import Identity, IdentityDirectory
    from bot.slack.removal_listeners import RemovalHandler

# Bolt warns of settings that we choose on purpose, and would pass payloads to a debug log.
_bolt_log = logging.getLogger("slack_bolt.app")
_bolt_log.setLevel(logging.ERROR)


class PromptHandler(Protocol):
    """Takes prompts; see `bot.turns.pipeline`."""

    async def take(self, prompt: Prompt) -> bool:
        """Put it on record and begin to answer it; False where it was taken before."""
        ...

    async def vanish(self, message: Vanished) -> None:
        """Somebody deleted the message."""
        ...


def build_bolt(
    client: AsyncWebClient,
    directory: IdentityDirectory,
    *,
    signing_secret: str,
    taker: PromptHandler,
    controls: ControlHandler | None = None,
    panes: PaneHandler | None = None,
    homes: HomeHandler | None = None,
    panel: PanelHandler | None = None,
    private: PrivateHandler | None = None,
    removals: RemovalHandler | None = None,
    apps: frozenset[str] = frozenset(),
) -> AsyncApp:
    """The Bolt app that turns the events of every workspace in `directory` into prompts for `taker`, and what people press and open
    into work for the others. `apps` are the names of other apps that may ask, in small letters."""
    app = AsyncApp(
        # Without a name Bolt looks for one in all modules that are loaded: a third of a second of the processor.
        name="teleprinter",
        client=client,
        # Bolt wants some secret even where it checks none: in Socket Mode no request is signed.
        signing_secret=signing_secret or "no request is signed in socket mode",
        before_authorize=_Recognition(directory),
        authorize=_authorize,
        logger=_bolt_log,
        # Bolt would keep from us that a message of ours was deleted. What we say ourselves is nobody's prompt anyway.
        ignoring_self_events_enabled=False,
    )

    take = _Taking(taker, controls, apps)
    app.event("app_mention", middleware=[take])(done)
    app.event("message", middleware=[take])(done)

    if private is not None:
        add_elsewhere_listeners(app, private)
    if homes is not None:
        add_home_listeners(app, homes)
    if panel is not None:
        add_channel_listeners(app, panel)
    if panes is not None:
        add_agent_listeners(app, panes)
    if controls is not None:
        add_control_listeners(app, controls)
    if removals is not None:
        add_removal_listeners(app, removals)
    app.event(re.compile(".*"))(_ignore)
    return app


class _Taking(AsyncMiddleware):
    """Hands on what is said, deleted and changed."""

    def __init__(self, taker: PromptHandler, controls: ControlHandler | None, apps: frozenset[str]) -> None:
        self._taker = taker
        self._controls = controls
        self._apps = apps

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002  (the signature is Bolt's)
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002, ARG002
    ) -> BoltResponse | None:
        body, us = req.body, cast("Identity", req.context[US])
        if (prompt := parse_prompt(body, bot_user=us.user, apps=self._apps)) is not None:
            tell(facts.PromptHeard(turn=AnswerKey(prompt.turn)))
            if not await self._taker.take(prompt):
                tell(facts.PromptAgain(channel=prompt.thread.channel, ts=prompt.ts))
        elif (vanished := parse_vanished(body, bot_user=us.user)) is not None:
            await self._taker.vanish(vanished)
        elif self._controls is not None and (edited := parse_edited(body, bot_user=us.user)) is not None:
            self._controls.offer_again(edited)
        elif is_automatic_prompt(body, bot_user=us.user):
            event = body["event"]
            tell(facts.PromptOfAnApp(channel=event["channel"], ts=event["ts"]))
        # Whatever it was, it wants its ack: None would answer 404, and Slack would deliver it again.
        return BoltResponse(status=200)


class _Recognition(AsyncMiddleware):
    """Finds out to which of our workspaces a payload belongs."""

    def __init__(self, directory: IdentityDirectory) -> None:
        self._directory = directory

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # noqa: ARG002  (the signature is Bolt's)
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002
    ) -> BoltResponse | None:
        """Put our identity there into the context. What a workspace sends that has not installed us is acked, and no more."""
        body = req.body
        if (
            body.get("type") == "url_verification"
        ):  # Slack's question whether anybody is there: of no workspace
            return await next()
        team = pressing_team(body) if body.get("type") in PRESSED else installed_team(body)
        us = await self._directory.identity(team)
        if us is None:
            tell(facts.EventOfAStranger(team=team))
            return await turn_away(req.context)
        req.context[US] = us
        return await next()


async def _authorize(context: AsyncBoltContext) -> AuthorizeResult:
    """Tell Bolt what we know already: its own way would ask auth.test again. No token: every call is made by ourselves."""
    us = cast("Identity", context[US])
    return AuthorizeResult(enterprise_id=None, team_id=us.team, bot_user_id=us.user, bot_id=us.bot_id)


async def _ignore(body: dict[str, Any]) -> None:
    """An event the manifest does not ask for. Acked, since Slack would otherwise deliver it three times more."""
    tell(facts.EventIgnored(event=body.get("event", {}).get("type")))
