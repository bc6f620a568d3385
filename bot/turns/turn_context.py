"""Reads what a turn needs of Slack before it is answered: whether it is for us, what was asked, and what was said before."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bot.core.backoff import Backoff
from bot.core.conversation import notices as notes
from bot.core.conversation.answer_key import answer_marker, answer_tag, turn_marker
from bot.core.conversation.content_parts import UnreadablePart
from bot.core.conversation.history import Takes, ThreadMessage
from bot.core.conversation.incoming import Kind, Prompt
from bot.core.delivery.segments import posted_parts
from bot.core.delivery.slack_calls import SetStatus
from bot.errors import RateLimited, SlackDenied, SlackError, ThreadGone
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.content_parts import Parts
    from bot.core.conversation.incoming import ThreadKey, TurnKey
    from bot.core.delivery.slack_calls import SlackCall

COURTESY = 1.0  # seconds that the "is thinking" line may take
LONGEST_WAIT = 20.0  # seconds that a reader may be kept waiting for the thread's history under a rate limit
RETRY = Backoff(1.0, longest=30.0)  # before a thread that could not be read is asked for again
TRIES = 3  # readings of a thread, over some 3 seconds, before a question is answered without it
TRIES_UNSEEN = 6  # over some 30 seconds, where nobody would hear why there is no answer
DOUBTS = 2  # refusals before one is believed that would end a turn
STRANGERS = 5000  # threads we know we have no part in; ids only


class ThreadReader(Protocol):
    """Tells what a workspace knows about a thread; see `bot.slack.web_api_client`."""

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]: ...
    async def carry_out(self, call: SlackCall) -> str: ...
    def permalink(self, thread: ThreadKey, ts: str) -> str: ...


class Memory(Protocol):
    """In which threads we took part, and what has begun; see `bot.durable.turn_store`."""

    async def took_part(self, thread: ThreadKey, *, before: str) -> bool: ...
    async def entries(self, wanted: Sequence[AnswerKey]) -> Mapping[AnswerKey, object]: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """Holds what a turn begins with: the question, what was said before it, and what the reader should know about that.

    A resumed turn has messages already: `posted`, by the number of their part, in which readers have `seen` this. What the take
    that it goes on from has `written` it is given as well; `former` are the addresses of other takes.
    """

    prompt: Prompt
    said: list[ThreadMessage]
    note: str = ""
    posted: dict[int, str] = field(default_factory=dict[int, str])
    seen: str = ""
    written: str = ""
    former: tuple[str, ...] = ()


class ThreadContext:
    """Reads for the turns of one process."""

    def __init__(self, reader: ThreadReader, memory: Memory) -> None:
        self._reader = reader
        self._memory = memory
        self._strangers: OrderedDict[ThreadKey, None] = OrderedDict()
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Wait for no rate limit any more."""
        self._leaving.set()

    async def is_ours(self, turn: AnswerKey) -> bool:
        """A follow-up is for us only in a thread that we answered in, and an edited mention where it has no answer yet."""
        if turn.take:
            return True  # somebody wants another answer
        if turn.kind is Kind.EDITED:
            return await self._is_unanswered(turn)
        if turn.kind is not Kind.FOLLOW_UP or await self._memory.took_part(turn.thread, before=turn.turn.ts):
            return True
        if turn.thread in self._strangers:
            return False
        # The record may be younger than the thread: Slack remembers who spoke in it.
        said = await self._read(turn.thread, tries=TRIES_UNSEEN)
        if said is None:
            tell(facts.FollowUpUnread(thread=turn.thread))
            return False  # not known: the next message of the thread asks again
        if any(one.ours and one.ts < turn.turn.ts for one in said):
            return True
        self._remember_stranger(turn.thread)
        return False

    async def scene(self, prompt: Prompt) -> Scene:
        """Returns what the model reads for a question that was just heard."""
        asked = ThreadMessage(prompt.ts, prompt.user, prompt.parts)
        note = _note(prompt.parts)
        if prompt.starts_thread:
            return Scene(prompt, [asked], note)
        said = await self._read(prompt.thread, tries=TRIES)
        if said is None:
            return Scene(prompt, [asked], notes.UNREAD)
        return Scene(prompt, [*_before(said, prompt.turn), asked], note)

    async def scene_again(self, turn: AnswerKey, posted: Mapping[int, str]) -> Scene | None:
        """The same for a turn that another process began; None where its question is gone.

        `posted` are its messages on record. One more may stand in Slack, where that process died between the two. Waits until Slack tells. Raises SlackDenied where it never will.
        """
        said = await self._read_in_the_end(turn.thread)
        asked = next((one for one in said if one.ts == turn.turn.ts), None)
        if asked is None:
            return None
        ours = [one for one in said if one.ours and answer_marker(one.marker) == turn.marker]
        posted = {**posted, **posted_parts((one.marker.rpartition(":")[2], one.ts) for one in ours)}
        seen = "\n\n".join(one.text for one in ours if one.ts in posted.values())
        prompt = Prompt(turn.thread, turn.turn.ts, turn.user, asked.parts, turn.kind)
        takes = Takes(said, turn.turn.ts)
        former = [self._reader.permalink(turn.thread, ts) for ts in takes.beside(turn)]
        return Scene(
            prompt,
            [*_before(said, turn.turn), asked],
            _note(asked.parts),
            posted=posted,
            seen=seen,
            written=takes.written(turn.continues),
            former=tuple(filter(None, former)),
        )

    async def status(self, thread: ThreadKey, text: str) -> None:
        """Show a line under the thread until our next message; a courtesy that may fail."""
        try:
            async with asyncio.timeout(COURTESY):
                await self._reader.carry_out(SetStatus(thread, text))
        except (SlackError, TimeoutError) as error:
            # A workspace without it gets its answer all the same.
            tell(facts.StatusRefused(error=str(error) or "no answer"))

    # ---- inside

    async def _is_unanswered(self, turn: AnswerKey) -> bool:
        if await self._memory.entries([turn]):
            return True  # a process died of it: what stands in Slack is the answer that is to be finished
        # The record forgets, and Slack tells of an edit for ever. It also keeps whose answer each message is.
        said = await self._read(turn.thread, tries=TRIES_UNSEEN)
        # Where it cannot be read: two answers are better than none.
        return said is None or not any(one.ours and _answers(one, turn.turn) for one in said)

    def _remember_stranger(self, thread: ThreadKey) -> None:
        self._strangers[thread] = None
        if len(self._strangers) > STRANGERS:
            self._strangers.popitem(last=False)

    async def _read(self, thread: ThreadKey, *, tries: int) -> list[ThreadMessage] | None:
        """Returns what the thread says; None where Slack does not tell in so many tries, or not soon."""
        for number in range(1, tries + 1):
            try:
                return await self._reader.read_thread(thread)
            except RateLimited as limit:
                if limit.retry_after > LONGEST_WAIT:
                    return None
                await self._pause(limit.retry_after)
            except SlackError as error:
                tell(facts.HistoryFailed(kind=type(error).__name__, error=str(error)))
                if error.code == "missing_scope":
                    return None  # no bad day of Slack's
                await self._pause(RETRY.pause(number) if number < tries else 0.0)
        return None

    async def _read_in_the_end(self, thread: ThreadKey) -> list[ThreadMessage]:
        tries, doubts = 0, DOUBTS
        while True:
            try:
                return await self._reader.read_thread(thread)
            except RateLimited as limit:
                await asyncio.sleep(limit.retry_after)
            except SlackError as error:
                tell(facts.QuestionUnread(kind=type(error).__name__, error=str(error)))
                doubts -= isinstance(error, ThreadGone | SlackDenied)
                if doubts < 0:
                    return _unread(error)
                tries += 1
                await asyncio.sleep(RETRY.pause(tries))

    async def _pause(self, seconds: float) -> None:
        """Wait, but not when we are leaving."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()


def _unread(error: SlackError) -> list[ThreadMessage]:
    """Nothing, of a thread that is gone. Raises `error` where it is there, and not for us."""
    if isinstance(error, ThreadGone):
        return []
    raise error


def _note(asked: Parts) -> str:
    """Returns what the reader should know of a question that is nothing to read."""
    return notes.UNREADABLE if UnreadablePart() in asked else ""


def _answers(one: ThreadMessage, turn: TurnKey) -> bool:
    """Tells whether it belongs to any take at the turn's question."""
    return turn_marker(one.marker) == ":".join(turn.claim)


def _before(said: list[ThreadMessage], turn: TurnKey) -> list[ThreadMessage]:
    """Returns what the model reads before the question.

    Timestamps of one channel sort as text. What people said after it is the next turn's, and so is what we answered to that; an
    answer to an earlier question may stand below this one, since a thread's turns come one after the other.
    """
    return [one for one in said if (_asked_at(one) if one.ours else one.ts) < turn.ts]


def _asked_at(one: ThreadMessage) -> str:
    """The ts of the question that a message of ours answers; "", before all others, where it does not say."""
    tag = answer_tag(one.marker)
    return tag.ts if tag else ""
