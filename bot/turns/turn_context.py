"""Reads what a turn needs of Slack before it is answered: whether it is for us, what was asked, and what was said before."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices as notes
from bot.core.conversation.agent_pane import session_title
from bot.core.conversation.answer_key import answer_marker, answer_tag, turn_marker
from bot.core.conversation.answer_settings import follow_of
from bot.core.conversation.authors import AuthorKind
from bot.core.conversation.content_parts import UnreadablePart, text_parts
from bot.core.conversation.earlier_context import BARE, recent_above, recent_exchange, wanted_above
from bot.core.conversation.history import Takes, ThreadMessage, as_message
from bot.core.conversation.incoming import Kind, Prompt
from bot.core.conversation.reply_policy import ReplyRules, Ruling, judge, judge_alone
from bot.core.delivery.segments import posted_parts
from bot.core.delivery.slack_calls import SetStatus, Whisper
from bot.errors import SlackError
from bot.language.catalogue import language_of
from bot.observability import facts
from bot.observability.hooks import tell
from bot.turns.patient_reader import PatientReader
from bot.turns.surroundings import look_around

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.answer_settings import AnswerSettings
    from bot.core.conversation.content_parts import Parts
    from bot.core.conversation.incoming import ThreadKey, TurnKey
    from bot.core.conversation.json_payload import Payload
    from bot.core.conversation.reply_policy import Follow, Participation
    from bot.core.conversation.situation import Situation
    from bot.core.delivery.slack_calls import SlackCall
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.turns.admission_desk import KnownSettings
    from bot.turns.surroundings import NameDirectory

COURTESY = 1.0  # seconds that the "is thinking" line may take
TRIES = 3  # readings of a thread, over some 3 seconds, before a question is answered without it
TRIES_UNSEEN = 6  # over some 30 seconds, where nobody would hear why there is no answer
STRANGERS = 5000  # threads that we have no part in, and people who have not asked in one; ids only


class ThreadReader(Protocol):
    """Tells what a workspace knows about a thread; see `bot.slack.web_api_client`."""

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]: ...
    async def read_above(self, thread: ThreadKey, *, count: int) -> list[ThreadMessage]: ...
    async def carry_out(self, call: SlackCall) -> str: ...
    def permalink(self, thread: ThreadKey, ts: str) -> str: ...


class Memory(Protocol):
    """In which threads we took part, and what has begun; see `bot.durable.turn_store`."""

    async def participation(self, turn: AnswerKey) -> Participation: ...
    async def entries(self, wanted: Sequence[AnswerKey]) -> Mapping[AnswerKey, object]: ...


class SessionDisplay(Protocol):
    """Shows in the agent pane what is worked on; see `bot.turns.agent_sessions`."""

    async def begin(self, thread: ThreadKey, line: str, title: str = "") -> None: ...
    async def end(self, thread: ThreadKey) -> None: ...


@dataclass(frozen=True, slots=True)
class Scene:
    """Holds what a turn begins with: the question, what was said before it, and what the reader should know about that.

    A resumed turn has messages already: `posted`, by the number of their part, in which readers have `seen` this. What the take
    that it goes on from has `written` it is given as well; `former` are the addresses of other takes.
    """

    prompt: Prompt
    said: list[ThreadMessage]
    notes: tuple[Translatable, ...] = ()
    posted: dict[int, str] = field(default_factory=dict[int, str])
    seen: str = ""
    written: str = ""
    former: tuple[str, ...] = ()
    situation: Situation | None = None

    @property
    def language(self) -> Language:
        """Returns the language of whoever has asked, as far as Slack has told it."""
        asker = self.situation.asker if self.situation else None
        return language_of(asker.locale if asker else "")


@dataclass(frozen=True, slots=True)
class Hearing:
    """Holds whether a turn is answered, and what its thread said when that was decided: None where it was not read, or where a turn
    of ours may have been in the middle of it. `settings` are those of its asker and channel, None where they were not read either."""

    ruling: Ruling
    said: list[ThreadMessage] | None = None
    settings: AnswerSettings | None = None


class ThreadContext:
    """Reads for the turns of one process."""

    def __init__(
        self,
        reader: ThreadReader,
        memory: Memory,
        directory: NameDirectory,
        rules: ReplyRules | None = None,
        channel_context: int | None = None,
        *,
        sessions: SessionDisplay | None = None,
        settings: KnownSettings | None = None,
    ) -> None:
        self._reader = reader
        self._threads = PatientReader(reader)
        self._memory = memory
        self._directory = directory
        self._rules = rules or ReplyRules()
        self._channel_context = channel_context
        self._sessions = sessions
        self._settings = settings
        # What was seen once holds until the record says otherwise: threads without us, and who has not asked in one of ours.
        self._passed: OrderedDict[tuple[ThreadKey, str, Follow], None] = OrderedDict()

    def leave(self) -> None:
        """Wait for no rate limit any more."""
        self._threads.leave()

    async def hear(self, turn: AnswerKey, heard: Prompt | None) -> Hearing:
        """Decides whether the turn is answered. `heard` is its question, None where another process heard it."""
        if turn.take or (heard is None and await self._memory.entries([turn])):
            return Hearing(Ruling.ANSWER)  # somebody wants another answer, or a process died of this one
        said = None if heard else await self._threads.read(turn.thread, tries=TRIES_UNSEEN)
        asked = as_message(heard) if heard else _asked(said or (), turn)
        if asked is None:  # deleted, or not to be read: whoever was waiting for an answer hears of it later
            return Hearing(Ruling.UNREAD if turn.kind is Kind.FOLLOW_UP else Ruling.ANSWER)
        settings = await self._settings_for(turn)
        rules = self._rules
        if settings is not None:
            rules = replace(rules, follow=follow_of(settings.channel, rules.follow).follow)
        ruling = judge_alone(asked, turn.kind, rules)
        hearing = Hearing(ruling) if ruling else await self._hear_thread(turn, asked, said, rules)
        return replace(hearing, settings=settings)

    async def _settings_for(self, turn: AnswerKey) -> AnswerSettings | None:
        """Returns what is set for the turn, where its channel's rules may be others: they differ in what is said without a mention alone."""
        if turn.kind is not Kind.FOLLOW_UP or self._settings is None:
            return None
        return await self._settings.of_turn(turn.thread.team, turn.user, turn.thread.channel)

    async def _hear_thread(
        self, turn: AnswerKey, asked: ThreadMessage, said: list[ThreadMessage] | None, rules: ReplyRules
    ) -> Hearing:
        record = await self._memory.participation(turn)
        if turn.kind is Kind.FOLLOW_UP and self._has_passed(turn, record, rules):
            return Hearing(Ruling.NOT_FOLLOWED)
        if asked.ts == turn.thread.thread_ts and turn.kind is not Kind.EDITED:
            said = []  # there is nothing before the first message
        elif said is None:
            said = await self._threads.read(turn.thread, tries=TRIES_UNSEEN)
        before = None if said is None else _known_before(said, turn.turn)
        ruling = judge(asked, turn.kind, before, record, rules)
        if ruling is Ruling.WHO_IS_IT:
            asked = await self._identify(asked)
            alone = judge_alone(asked, turn.kind, rules)
            ruling = alone or judge(asked, turn.kind, before, record, rules)
        self._note(turn, ruling, rules)
        return Hearing(ruling, said if record.is_free else None)

    async def _identify(self, asked: ThreadMessage) -> ThreadMessage:
        """Asks Slack whose account has posted it."""
        is_person = await self._directory.is_person(asked.user)
        kind = AuthorKind.PERSON_THROUGH_APP if is_person else AuthorKind.APP
        return replace(asked, author=replace(asked.author, kind=kind))

    async def scene(self, prompt: Prompt, said: list[ThreadMessage] | None = None) -> Scene:
        """Returns what the model reads for a question that was just heard; `said` is its thread, where that was read already."""
        if prompt.starts_thread:
            before = await self._read_above(prompt)
        else:
            said = said if said is not None else await self._threads.read(prompt.thread, tries=TRIES)
            before = None if said is None else _before(said, prompt.turn)
        unread = _unreadable(prompt.parts) if before is not None else (notes.UNREAD,)
        return await self._situated(Scene(prompt, [*(before or []), as_message(prompt)], unread))

    async def scene_again(self, turn: AnswerKey, posted: Mapping[int, str]) -> Scene | None:
        """The same for a turn that another process began; None where its question is gone.

        `posted` are its messages on record. One more may stand in Slack, where that process died between the two. Waits until Slack tells. Raises SlackDenied where it never will.
        """
        said = await self._threads.read_in_the_end(turn.thread)
        asked = _asked(said, turn)
        if asked is None:
            return None
        ours = [one for one in said if one.ours and answer_marker(one.marker) == turn.marker]
        posted = {**posted, **posted_parts((one.marker.rpartition(":")[2], one.ts) for one in ours)}
        # A stream gets its name when it ends: one that nobody has ended was begun for this turn, since a thread's turns take turns.
        unnamed = [one for one in said if one.growing and one.ts > turn.turn.ts]
        for one in unnamed:
            if one.ts not in posted.values():
                posted[len(posted)] = one.ts
        ours += [one for one in unnamed if one not in ours]
        seen = "\n\n".join(one.text for one in ours if one.ts in posted.values())
        prompt = Prompt(turn.thread, turn.turn.ts, turn.user, asked.parts, turn.kind, asked.author, asked.to)
        takes = Takes(said, turn.turn.ts)
        former = [self._reader.permalink(turn.thread, ts) for ts in takes.beside(turn)]
        before = _before(said, turn.turn)
        if prompt.starts_thread:
            before = await self._read_above(prompt) or []
        scene = Scene(
            prompt,
            [*before, asked],
            _unreadable(asked.parts),
            posted=posted,
            seen=seen,
            written=takes.written(turn.continues),
            former=tuple(filter(None, former)),
        )
        return await self._situated(scene)

    async def begin(self, turn: AnswerKey, heard: Prompt | None, line: Translatable) -> None:
        """Show that the turn is worked on: in the agent pane as it does there, elsewhere with a line under the thread."""
        if self._sessions is None or turn.kind is not Kind.DIRECT:
            await self.status(turn, line)
            return
        title = session_title(heard.text) if heard is not None and heard.starts_thread else ""
        await _courteously(self._sessions.begin(turn.thread, (await self.language(turn)).say(line), title))

    async def end(self, turn: AnswerKey) -> None:
        """Show in the agent pane that the turn is over."""
        if self._sessions is not None and turn.kind is Kind.DIRECT:
            await self._sessions.end(turn.thread)

    async def status(self, turn: AnswerKey, text: Translatable) -> None:
        """Show a line under the turn's thread until our next message, in its asker's language; a courtesy that may fail."""
        words = (await self.language(turn)).say(text)
        await _courteously(self._reader.carry_out(SetStatus(turn.thread, words)))

    async def language(self, turn: AnswerKey) -> Language:
        """Returns the language of whoever has asked. It is looked up anew by each process, and so the same in all of them."""
        return await self._directory.language(turn.user)

    async def whisper(
        self, turn: AnswerKey, text: Translatable, below: Callable[[Language], Payload] | None = None
    ) -> None:
        """Tell who wants the answer, and nobody else, with a button below it; a courtesy that may fail."""
        language = await self._directory.language(turn.spender)
        buttons = (below(language),) if below else ()
        await _courteously(
            self._reader.carry_out(Whisper(turn.thread, turn.spender, language.say(text), buttons))
        )

    # ---- inside

    async def _read_above(self, prompt: Prompt) -> list[ThreadMessage] | None:
        """Returns what belongs to a question that begins a thread, though it stands outside it; None where that cannot be read."""
        above = wanted_above(prompt, count=self._channel_context)
        if above is None:
            return []
        try:
            said = await self._reader.read_above(prompt.thread, count=above.count)
            if not above.replies:
                return recent_above(said, ts=prompt.ts)
            return await self._with_replies(prompt.thread, recent_exchange(said, ts=prompt.ts))
        except SlackError as error:
            # Not tried again: a first word now is worth more than what was said before.
            tell(facts.HistoryFailed(kind=type(error).__name__, error=str(error)))
            return None

    async def _with_replies(self, place: ThreadKey, roots: Sequence[ThreadMessage]) -> list[ThreadMessage]:
        """The messages, each with what stands in its thread. Raises SlackError where one cannot be read."""
        said: list[ThreadMessage] = []
        for root in roots:
            thread = replace(place, thread_ts=root.ts)
            said += await self._reader.read_thread(thread) if root.last_reply else [root]
        return said

    async def _situated(self, scene: Scene) -> Scene:
        """The scene with names for ids, and where it is."""
        *before, asked = scene.said
        if before and not asked.parts:
            asked = replace(asked, parts=text_parts(BARE))
        around = await look_around(self._directory, scene.prompt, [*before, asked])
        return replace(scene, said=around.said, situation=around.situation)

    def _has_passed(self, turn: AnswerKey, record: Participation, rules: ReplyRules) -> bool:
        """Tells whether it was seen before that the turn is nothing to us, and nothing on record contradicts it since."""
        if record.asked:
            return False
        others = not record.took_part and (turn.thread, "", rules.follow) in self._passed
        return others or (record.took_part and (turn.thread, turn.user, rules.follow) in self._passed)

    def _note(self, turn: AnswerKey, ruling: Ruling, rules: ReplyRules) -> None:
        if ruling is Ruling.UNREAD:
            tell(
                facts.FollowUpUnread(thread=turn.thread)
            )  # not known: the next message of the thread asks again
        if ruling is Ruling.AUTOMATIC:
            tell(facts.PromptOfAnApp(channel=turn.thread.channel, ts=turn.turn.ts))
        if ruling is Ruling.EXCHANGE:
            tell(facts.ExchangeEnded(turn=turn))
        if ruling not in (Ruling.NOT_FOLLOWED, Ruling.NEWCOMER):
            return
        who = turn.user if ruling is Ruling.NEWCOMER else ""
        self._passed[(turn.thread, who, rules.follow)] = None
        if len(self._passed) > STRANGERS:
            self._passed.popitem(last=False)


async def _courteously(showing: Awaitable[object]) -> None:
    try:
        async with asyncio.timeout(COURTESY):
            await showing
    except (SlackError, TimeoutError) as error:
        # A workspace without it gets its answer all the same.
        tell(facts.StatusRefused(error=str(error) or "no answer"))


def _unreadable(asked: Parts) -> tuple[Translatable, ...]:
    """Returns what the reader should know of a question that is nothing to read."""
    return (notes.UNREADABLE,) if UnreadablePart() in asked else ()


def _answers(one: ThreadMessage, turn: TurnKey) -> bool:
    """Tells whether it belongs to any take at the turn's question."""
    return turn_marker(one.marker) == ":".join(turn.claim)


def _asked(said: Sequence[ThreadMessage], turn: AnswerKey) -> ThreadMessage | None:
    """Returns the turn's question, None where it does not stand in its thread."""
    return next((one for one in said if one.ts == turn.turn.ts), None)


def _known_before(said: list[ThreadMessage], turn: TurnKey) -> list[ThreadMessage]:
    """Returns what the thread said when the question was written, and what answers it."""
    return [one for one in said if one.ts < turn.ts or (one.ours and _answers(one, turn))]


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
