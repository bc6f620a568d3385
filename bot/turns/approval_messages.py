"""Asks in Slack whether a tool may act, once, and lets the message say what came of it."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices
from bot.core.conversation.json_payload import as_payload, as_text
from bot.core.delivery.approval_message import outcome_blocks, request_blocks, request_text
from bot.core.delivery.slack_calls import PostApproval, UpdateApproval
from bot.delivery.patient_call import RETRY, TRIES, insist, patiently
from bot.errors import MessageGone, SlackUnreachable, ThreadGone

if TYPE_CHECKING:
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.conversation.json_payload import Payload
    from bot.core.delivery.approval import Approval, ApprovalKey
    from bot.core.delivery.slack_calls import ApprovalCall
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.model.tools.action_gate import Action

PATIENCE = 90.0
"""Seconds that a call waits after 429s of its own: meanwhile nobody can decide anything. What it waits for its turn, as while a 429 of
another call closes the method, does not count (`bot.delivery.errands`)."""


class ApprovalSurface(Protocol):
    """Sees what is asked in a workspace; see `bot.slack.web_api_client`."""

    async def find_named(self, thread: ThreadKey, marker: str, *, since: str) -> str | None: ...
    async def read_blocks(self, thread: ThreadKey, ts: str) -> list[Payload] | None: ...


class ApprovalErrands(Protocol):
    """Makes calls when it is their turn among those of answers; see `bot.delivery.errands`."""

    async def carry_out(self, call: ApprovalCall) -> str: ...


class ApprovalPlace(Protocol):
    """A workspace in which people are asked; see `bot.installation`."""

    @property
    def surface(self) -> ApprovalSurface: ...
    @property
    def errands(self) -> ApprovalErrands: ...


class ApprovalSurfaces(Protocol):
    """Knows the workspaces that have installed us, and their people; see `bot.installation`."""

    async def find(self, team: str) -> ApprovalPlace | None: ...
    async def language(self, team: str, user: str) -> Language: ...


class ApprovalMessages:
    """The messages in all workspaces of a process that ask, in the language of whoever has asked the question. Methods raise SlackError as `bot.slack.web_api_client.Surface` does."""

    def __init__(self, surfaces: ApprovalSurfaces) -> None:
        self._surfaces = surfaces

    async def ask(self, action: Action, approval: Approval, *, seconds: float) -> str:
        """Asks, for so many seconds, where that is not asked already. Returns the message's ts."""
        key = approval.key
        place = await self._surfaces.find(key.thread.team)
        if place is None:
            raise ThreadGone(key.thread.team)
        # Who died between the post and its record has asked already.
        if ts := await _find(place, key):
            return ts
        tag, wait = action.turn.tag, _duration(seconds)
        language = await self._surfaces.language(key.thread.team, approval.asker)
        blocks = request_blocks(approval, action.tool, action.arguments, language, tag=tag, wait=wait)
        post = PostApproval(key.thread, request_text(action.tool, language), tuple(blocks), key.marker)
        return await _post(place, post, key)

    async def show_outcome(self, approval: Approval, ts: str) -> None:
        """Lets the message `ts` say how far its action has come; "": the one that asks for it, where there is one."""
        key = approval.key
        place = await self._surfaces.find(key.thread.team)
        if place is None:
            return
        # Who died between the post and its record has asked all the same.
        if not (ts := ts or await _find(place, key)):
            return
        thread = key.thread
        blocks = await insist(partial(place.surface.read_blocks, thread, ts), seconds=PATIENCE)
        if blocks is None:
            return
        language = await self._surfaces.language(thread.team, approval.asker)
        sections = (_text(one) for one in blocks if one.get("type") == "section")
        text = next(sections, language.say(notices.APPROVE))
        edit = UpdateApproval(thread, ts, text, tuple(outcome_blocks(blocks, approval, language)))
        try:
            await insist(partial(place.errands.carry_out, edit), seconds=PATIENCE)
        except MessageGone:
            return  # somebody has deleted it


async def _find(place: ApprovalPlace, key: ApprovalKey) -> str:
    """Returns the ts of the message that asks; "" where there is none."""
    look = partial(place.surface.find_named, key.thread, key.marker, since=key.since)
    return await insist(look, seconds=PATIENCE) or ""


async def _post(place: ApprovalPlace, post: PostApproval, key: ApprovalKey) -> str:
    """Posts the question, once. Returns its ts. Raises SlackError where Slack does not take it."""
    for tried in range(1, TRIES):
        try:
            return await patiently(partial(place.errands.carry_out, post), seconds=PATIENCE)
        except SlackUnreachable:
            # It may stand there all the same.
            await asyncio.sleep(RETRY.pause(tried))
            if ts := await _find(place, key):
                return ts
    return await place.errands.carry_out(post)


def _text(section: Payload) -> str:
    return as_text(as_payload(section.get("text")).get("text"))


def _duration(seconds: float) -> Translatable:
    """Returns a time as people say it, in the largest unit that fits."""
    for size, words in ((3600, notices.HOURS), (60, notices.MINUTES)):
        if seconds >= size:
            return words.fill(number=f"{seconds / size:.3g}")
    return notices.SECONDS.fill(number=f"{seconds:.3g}")
