"""Working stand-ins: a Slack surface that remembers what it showed and when, and answers that come word by word."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.conversation.access_rules import AskerStanding
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.profiles import ChannelProfile, UserProfile
from bot.core.delivery.slack_calls import (
    AppendStream,
    Delete,
    Post,
    SetStatus,
    ShownMessage,
    StartStream,
    StopStream,
    Update,
    Whisper,
)
from bot.durable.spending_store import Reservation
from bot.durable.workflow import TurnOver
from bot.errors import MessageGone, RateLimited, StreamOpen, StreamOver
from bot.language.catalogue import Language, language_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from bot.core.conversation.admission import Admission, Refusal
    from bot.core.conversation.answer_settings import AnswerSettings
    from bot.core.conversation.deltas import Delta, DeltaStream, Usage
    from bot.core.conversation.history import ChatMessage, ThreadMessage
    from bot.core.delivery.controls import Controls
    from bot.core.delivery.slack_calls import Body, SlackCall, StreamCall
    from bot.durable.workflow import SegmentPosted, Worker
    from bot.language.translatable import Translatable


def an_answer(ts: str = "1.0", *, channel: str = "C", thread_ts: str = "1.0") -> AnswerKey:
    """The first answer to the question `ts`."""
    return AnswerKey(TurnKey(ThreadKey("T", channel, thread_ts), ts, "U", Kind.MENTION))


class FakeSurface:
    """One workspace. Each call takes `latency` seconds; `fail` holds what the next calls raise, None letting one pass."""

    def __init__(self, *, latency: float = 0.1) -> None:
        self.latency = latency
        self.messages: dict[str, str] = {}  # what a reader sees now, by ts
        self.shown: list[tuple[float, str]] = []  # when a reader saw what
        self.controls: dict[str, Controls | None] = {}  # what can be pressed below each
        self.live: dict[str, bool] = {}
        self.growing: set[str] = set()  # the ts of streams that have not ended
        self.calls: list[str] = []  # the methods of all that show an answer, in their order
        self.markers: dict[str, str] = {}
        self.whispers: list[Whisper] = []
        self.statuses: list[str] = []
        self.fail: deque[Exception | None] = deque()
        self.fail_until = float("-inf")  # every call before that is answered 429, come back in a second
        self.refused = 0  # of those
        self.lose_answers = 0  # of the next posts: carried out, and never answered
        self.thread: list[ThreadMessage] | Exception = []
        self.reads = 0
        self.above: list[ThreadMessage] | Exception = []  # the thread, in its channel
        self.read_counts: list[int] = []  # of what stands above, messages that were asked for

    async def carry_out(self, call: SlackCall) -> str:
        match call:
            case Post():
                return await self.post(call)
            case Update():
                return await self.update(call)
            case Delete():
                await self._call()
                del self.messages[call.ts]
            case SetStatus():
                await self.set_status(call)
            case StartStream() | AppendStream() | StopStream():
                return await self.stream(call)
            case Whisper():
                self.whispers.append(call)
        return ""

    async def stream(self, call: StreamCall) -> str:
        """Adds to a message, as Slack does: what stands there stays, whatever the call thinks it says."""
        self.calls.append(call.method)
        await self._call()
        if isinstance(call, StartStream):
            ts, before, more = f"{100 + len(self.messages)}.0", "", call.body.text
        else:
            ts, more = call.ts, call.markdown
            if ts not in self.growing:
                raise StreamOver(f"{call.method}: message_not_in_streaming_state")
            before = self.messages[ts]
        self.growing.add(ts)
        self._show(ts, replace(call.body, text=before + more))
        if isinstance(call, StopStream):
            self.growing.discard(ts)
            self.markers[call.marker] = ts
        if self.lose_answers:
            self.lose_answers -= 1
            raise self.fail.popleft() or AssertionError("say what the lost answer looks like")
        return ts

    async def set_status(self, call: SetStatus) -> None:
        await self._call()
        self.statuses.append(call.text)

    async def post(self, call: Post) -> str:
        self.calls.append(call.method)
        await self._call()
        ts = f"{100 + len(self.messages)}.0"
        self._show(ts, call.body)
        self.markers[call.marker] = ts
        if self.lose_answers:
            self.lose_answers -= 1
            raise self.fail.popleft() or AssertionError("say what the lost answer looks like")
        return ts

    async def update(self, call: Update) -> str:
        self.calls.append(call.method)
        await self._call()
        if call.ts in self.growing:
            raise StreamOpen("chat.update: streaming_state_conflict")
        if call.ts not in self.messages:
            raise MessageGone("chat.update: message_not_found")
        self._show(call.ts, call.body)
        return call.ts

    async def find(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        return self.markers.get(marker) or next(iter(self.growing), None)

    async def read(self, thread: ThreadKey, ts: str) -> ShownMessage | None:
        return ShownMessage(self.messages[ts], self.live[ts]) if ts in self.messages else None

    def delete_as_a_person(self, ts: str) -> None:
        """Somebody takes a message away, or Slack loses it: nothing tells the bot here."""
        del self.messages[ts]

    def permalink(self, thread: ThreadKey, ts: str) -> str:
        return f"https://sparkling.example/{thread.channel}/{ts}"

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]:
        self.reads += 1
        await self._call()
        if isinstance(self.thread, Exception):
            raise self.thread
        return self.thread

    async def read_above(self, thread: ThreadKey, *, count: int) -> list[ThreadMessage]:
        self.read_counts.append(count)
        await self._call()
        if isinstance(self.above, Exception):
            raise self.above
        return self.above[-count:]

    async def _call(self) -> None:
        await asyncio.sleep(self.latency)
        if asyncio.get_running_loop().time() < self.fail_until:
            self.refused += 1
            raise RateLimited(1)
        if self.fail and not self.lose_answers and (error := self.fail.popleft()) is not None:
            raise error

    def _show(self, ts: str, body: Body) -> None:
        self.messages[ts], self.controls[ts], self.live[ts] = body.text, body.controls, body.live
        self.shown.append((round(asyncio.get_running_loop().time(), 3), body.text))


async def words(text: str, *, every: float = 0.1, then: Delta | Exception | None = None) -> DeltaStream:
    """`text` word by word, one each `every` seconds; then its Finish, or what `then` says."""
    for word in text.split(" "):
        await asyncio.sleep(every)
        yield Text(f"{word} ")
    if isinstance(then, Exception):
        raise then
    yield then or Finish(Reason.STOP)


class FakeDirectory:
    """Knows these people; all other accounts are bots'. Names are those in `names`."""

    name, our_name = "Sparkling", "Teleprinter"

    def __init__(
        self, *people: str, names: Mapping[str, str] | None = None, locales: Mapping[str, str] | None = None
    ) -> None:
        self.people = people
        self.names = names or {}
        self.locales = locales or {}
        self.asked: list[str] = []
        self.stands = AskerStanding(shared=False)

    async def language(self, user: str) -> Language:
        return language_of(self.locales.get(user, ""))

    async def users(self, ids: Iterable[str], *, within: float) -> dict[str, UserProfile]:
        known = [one for one in ids if one in {**self.names, **self.locales} and one[0] == "U"]
        return {
            one: UserProfile(one, self.names.get(one, one), locale=self.locales.get(one, "")) for one in known
        }

    async def channels(self, ids: Iterable[str], *, within: float) -> dict[str, ChannelProfile]:
        return {
            one: ChannelProfile(one, self.names[one]) for one in ids if one in self.names and one[0] == "C"
        }

    async def is_person(self, user: str) -> bool:
        self.asked.append(user)
        return user in self.people

    async def standing(
        self, user: str, channel: str, *, person: bool, place: bool, groups: Iterable[str]
    ) -> AskerStanding:
        self.asked += [user] * person + [channel] * place + sorted(groups)
        return self.stands


class FakeDesk:
    """Decides about turns as `resolve` does, whatever Slack would say of who asks."""

    def __init__(self, resolve: Callable[[TurnKey], Admission], spent: Refusal | None = None) -> None:
        self._resolve = resolve
        self.spent = spent
        self.settled: list[tuple[Reservation, Usage | None, bool]] = []
        self.given: list[AnswerSettings | None] = []  # what it was told of what people have set

    async def admit(
        self,
        turn: TurnKey,
        *,
        shared: bool | None = None,
        private: bool = False,
        settings: AnswerSettings | None = None,
    ) -> Admission:
        self.given.append(settings)
        return self._resolve(turn)

    async def has_room(self, team: str, person: str) -> Refusal | None:
        return self.spent

    async def reserve(self, team: str, person: str, turn: AnswerKey | None = None) -> Reservation | Refusal:
        return self.spent or Reservation(team, person, "2026-11-27", 2_000, turn)

    async def settle(
        self, place: Reservation, used: Usage | None, *, answered: bool, model: str = ""
    ) -> None:
        self.settled.append((place, used, answered))


class FakeRests:
    """Knows which turns rest."""

    def __init__(self) -> None:
        self.resting: set[AnswerKey] = set()

    async def rest(self, turn: AnswerKey) -> None:
        self.resting.add(turn)

    async def resume(self, turn: AnswerKey) -> None:
        self.resting.remove(turn)


class FakeModel:
    """Answers each question with the next of `answers`, and keeps what it was asked."""

    label = "fake"
    caution: Translatable | None = None
    window: int | None = None
    takes_images = False

    def __init__(self, *answers: DeltaStream) -> None:
        self.asked: list[list[ChatMessage]] = []
        self._answers = deque(answers)

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        self.asked.append(list(messages))
        return self._answers.popleft()


class FakeEngine:
    """Starts each turn once and lets it run to its end; `checkpoints` are what a resumed one gets back."""

    unkept = False

    def __init__(self) -> None:
        self.worker: Worker | None = None
        self.checkpoints: dict[AnswerKey, list[SegmentPosted]] = {}
        self.how: dict[AnswerKey, str] = {}
        self._running: dict[AnswerKey, asyncio.Task[None]] = {}
        self._started: set[tuple[str, str, str]] = set()

    async def start(self, turn: AnswerKey) -> bool:
        if turn.claim in self._started:
            return False
        self._started.add(turn.claim)
        self.resume(turn)
        return True

    def resume(self, turn: AnswerKey) -> None:
        """Begin the turn as if another process had begun it before."""
        self._running[turn] = asyncio.ensure_future(self._run(turn))

    async def abandon(self, turn: AnswerKey | None = None) -> None:
        left = [task for each, task in self._running.items() if turn in (None, each)]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _run(self, turn: AnswerKey) -> None:
        assert self.worker is not None
        posted = self.checkpoints.setdefault(turn, [])
        while not isinstance(news := await self.worker.go_on(turn, posted), TurnOver):
            posted.append(news)
        self.how[turn] = news.how
