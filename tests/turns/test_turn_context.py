"""What a turn reads before it is answered, in virtual time. What is made of it is told in test_turns."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices as notes
from bot.core.conversation.addressees import Addressees
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.authors import A_PERSON, AuthorKind, MessageAuthor
from bot.core.conversation.content_parts import UnreadablePart, text_parts
from bot.core.conversation.earlier_context import ABOVE, BARE, EXCHANGES
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey, TurnKey
from bot.core.conversation.reply_policy import NONE_ON_RECORD, Participation, ReplyRules, Ruling
from bot.errors import RateLimited, SlackDenied, SlackError, SlackUnreachable, ThreadGone
from bot.turns.patient_reader import DOUBTS
from bot.turns.turn_context import COURTESY, TRIES_UNSEEN, ThreadContext
from tests.clock import VIRTUAL
from tests.fakes import FakeDirectory, FakeSurface

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.turns.turn_context import Scene

THREAD = ThreadKey("T", "C", "1.0")
TURN = AnswerKey(TurnKey(THREAD, "5.0", "U1", Kind.MENTION))


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Stranger:
    """Took part in nothing, or as the `record` says; on record are these turns."""

    def __init__(self, *begun: AnswerKey, record: Participation = NONE_ON_RECORD) -> None:
        self.begun = begun
        self.record = record

    async def participation(self, turn: AnswerKey) -> Participation:
        return self.record

    async def entries(self, wanted: Sequence[AnswerKey]) -> dict[AnswerKey, object]:
        return {turn: "begun" for turn in wanted if turn in self.begun}


class Sessions:
    """Keeps what the agent pane is to show; does not answer while it `hangs`."""

    def __init__(self, *, hangs: bool = False) -> None:
        self.shown: list[tuple[str, ...]] = []
        self._hangs = hangs

    async def begin(self, thread: ThreadKey, line: str, title: str = "") -> None:
        if self._hangs:
            await asyncio.Event().wait()
        self.shown.append((thread.thread_ts, line, title))

    async def end(self, thread: ThreadKey) -> None:
        self.shown.append((thread.thread_ts, "over"))


class Failing(FakeSurface):
    """Fails to read a thread in these ways, one after the other, before it can be read."""

    def __init__(self, *failures: SlackError) -> None:
        super().__init__(latency=0)
        self.failures = list(failures)
        self.thread = [ThreadMessage("5.0", "U1", text_parts("Why?"))]

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]:
        if self.failures:
            raise self.failures.pop(0)
        return await super().read_thread(thread)


def a_context(
    surface: FakeSurface,
    memory: Stranger | None = None,
    directory: FakeDirectory | None = None,
    rules: ReplyRules | None = None,
) -> ThreadContext:
    return ThreadContext(surface, memory or Stranger(), directory or FakeDirectory(), rules)


def prompt(turn: AnswerKey, *, author: MessageAuthor = A_PERSON) -> Prompt:
    """The question of the turn, as it was just heard."""
    return Prompt(turn.thread, turn.turn.ts, turn.user, text_parts("Why?"), turn.kind, author)


async def read_again(surface: FakeSurface) -> Scene | None:
    return await a_context(surface).scene_again(TURN, {})


async def test_a_question_that_is_to_be_read_again_is_asked_for_until_slack_tells() -> None:
    surface = Failing(RateLimited(60), SlackUnreachable("reset"), SlackUnreachable("reset"))
    scene = await read_again(surface)
    assert scene is not None
    assert scene.prompt.text == "Why?"
    assert asyncio.get_running_loop().time() == 60 + 1 + 2


async def test_a_question_that_may_not_be_read_is_not_asked_for_for_ever() -> None:
    refusals = [SlackDenied("conversations.replies: missing_scope")] * (DOUBTS + 1)
    with pytest.raises(SlackDenied):
        await read_again(Failing(*refusals))


@pytest.mark.parametrize("error", [SlackDenied("invalid_auth"), ThreadGone("channel_not_found")], ids=str)
async def test_one_refusal_does_not_end_a_turn(error: SlackError) -> None:
    assert await read_again(Failing(error)) is not None


async def test_a_thread_that_is_gone_ends_its_turn() -> None:
    assert await read_again(Failing(*[ThreadGone("channel_not_found")] * (DOUBTS + 1))) is None


FOLLOW_UP = AnswerKey(TurnKey(THREAD, "5.0", "U1", Kind.FOLLOW_UP))


async def test_a_follow_up_is_not_dropped_because_its_thread_could_not_be_read_at_once() -> None:
    surface = Failing(SlackUnreachable("HTTP 500"), RateLimited(2), SlackError("tea_break"))
    surface.thread = [
        ThreadMessage("2.0", "UBOT", text_parts("one"), ours=True),
        ThreadMessage("5.0", "U1", text_parts("Why?")),
    ]
    assert (await a_context(surface).hear(FOLLOW_UP, prompt(FOLLOW_UP))).ruling is Ruling.ANSWER


async def test_a_follow_up_whose_thread_cannot_be_read_is_not_ours(caplog: pytest.LogCaptureFixture) -> None:
    surface = Failing(*[SlackUnreachable("HTTP 500")] * TRIES_UNSEEN)
    assert (await a_context(surface).hear(FOLLOW_UP, prompt(FOLLOW_UP))).ruling is Ruling.UNREAD
    assert "follow_up.unread" in caplog.text


async def test_a_thread_that_the_app_may_not_read_is_not_asked_for_twice() -> None:
    surface = Failing(SlackDenied("conversations.replies: missing_scope", code="missing_scope"))
    scene = await a_context(surface).scene(Prompt(THREAD, "5.0", "U1", text_parts("Why?"), Kind.MENTION))
    assert scene.notes == (notes.UNREAD,)
    assert asyncio.get_running_loop().time() == 0


async def test_who_sent_nothing_that_can_be_read_is_told_so() -> None:
    surface, blank = FakeSurface(latency=0), (UnreadablePart(),)
    surface.thread = [ThreadMessage("5.0", "U1", blank)]
    context = a_context(surface)
    scene = await context.scene(Prompt(THREAD, "5.0", "U1", blank, Kind.MENTION))
    resumed = await context.scene_again(TURN, {})
    assert resumed is not None
    assert scene.notes == resumed.notes == (notes.UNREADABLE,)
    assert scene.said[-1].parts == blank


async def test_what_is_on_record_and_what_slack_keeps_of_a_reply_are_put_together() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [
        ThreadMessage("5.0", "U1", text_parts("Why?")),
        ThreadMessage("100.0", "UBOT", text_parts("one"), ours=True, marker="T:C:5.0:0"),
        ThreadMessage("101.0", "UBOT", text_parts("two"), ours=True, marker="T:C:5.0:1"),
        ThreadMessage("90.0", "UBOT", text_parts("before"), ours=True, marker="T:C:4.0:0"),
    ]
    scene = await a_context(surface).scene_again(TURN, {0: "100.0"})
    assert scene is not None
    assert scene.posted == {0: "100.0", 1: "101.0"}
    assert scene.seen == "one\n\ntwo"
    assert [one.text for one in scene.said] == ["before", "Why?"]


EDITED = AnswerKey(TurnKey(THREAD, "5.0", "U1", Kind.EDITED))
ANSWER = ThreadMessage("100.0", "UBOT", text_parts("Because."), ours=True, marker="T:C:5.0:0")
ELSEWHERE = ThreadMessage("90.0", "UBOT", text_parts("Hello."), ours=True, marker="T:C:4.0:0")


@pytest.mark.parametrize(
    ("thread", "begun", "is_ours"),
    [
        ([ELSEWHERE, ANSWER], (), False),
        ([ELSEWHERE], (), True),
        ([ANSWER], (EDITED,), True),
        (SlackDenied("missing_scope"), (), True),
    ],
    ids=[
        "answered before",
        "the mention was added",
        "its process died while it was answered",
        "not to be read",
    ],
)
async def test_an_edited_mention_is_answered_where_it_has_no_answer(
    thread: list[ThreadMessage] | Exception, begun: tuple[AnswerKey, ...], is_ours: bool
) -> None:
    surface = FakeSurface(latency=0)
    surface.thread = thread
    hearing = await a_context(surface, Stranger(*begun)).hear(EDITED, prompt(EDITED) if not begun else None)
    assert (hearing.ruling is Ruling.ANSWER) is is_ours


async def test_another_take_is_ours_where_the_question_has_an_answer() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [ANSWER]
    again = replace(EDITED, take=1)
    assert (await a_context(surface).hear(again, None)).ruling is Ruling.ANSWER


async def test_two_takes_at_one_question_do_not_find_each_others_messages() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [
        ThreadMessage("5.0", "U1", text_parts("Why?")),
        ANSWER,
        ThreadMessage("110.0", "UBOT", text_parts("Since."), ours=True, marker="T:C:5.0+01:0"),
    ]
    context = a_context(surface)
    scenes = [await context.scene_again(replace(TURN, take=take), {}) for take in range(3)]
    assert [scene and scene.posted for scene in scenes] == [{0: "100.0"}, {0: "110.0"}, {}]
    assert [scene and scene.seen for scene in scenes] == ["Because.", "Since.", ""]


async def test_what_another_take_said_is_not_read_before_the_question() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [ELSEWHERE, ThreadMessage("5.0", "U1", text_parts("Why?")), ANSWER]
    scene = await a_context(surface).scene_again(replace(TURN, take=1), {})
    assert scene is not None
    assert [one.text for one in scene.said] == ["Hello.", "Why?"]


THROUGH_AN_APP = MessageAuthor(AuthorKind.ACCOUNT, frozenset({"zap"}))


@pytest.mark.parametrize(("people", "ruling"), [(("U1",), Ruling.ANSWER), ((), Ruling.AUTOMATIC)])
async def test_whose_account_an_app_writes_with_is_asked_of_slack(
    caplog: pytest.LogCaptureFixture, people: tuple[str, ...], ruling: Ruling
) -> None:
    caplog.set_level("INFO", "bot")
    surface, directory = FakeSurface(latency=0), FakeDirectory(*people)
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Why?"), author=THROUGH_AN_APP)]
    context = a_context(surface, directory=directory)
    assert (await context.hear(TURN, prompt(TURN, author=THROUGH_AN_APP))).ruling is ruling
    assert directory.asked == ["U1"]
    assert ("prompt.of_an_app" in caplog.text) is not bool(people)


async def test_of_an_account_that_is_not_answered_anyway_slack_is_not_asked() -> None:
    directory = FakeDirectory()
    surface = FakeSurface(latency=0)
    surface.thread = [ThreadMessage("1.0", "U2", text_parts("Lunch?"))]
    hearing = await a_context(surface, directory=directory).hear(
        FOLLOW_UP, prompt(FOLLOW_UP, author=THROUGH_AN_APP)
    )
    assert (hearing.ruling, directory.asked) == (Ruling.NOT_FOLLOWED, [])


AN_APP = MessageAuthor(AuthorKind.APP, frozenset({"alarm"}))


async def test_the_end_of_an_exchange_with_an_app_is_told_to_the_operator(
    caplog: pytest.LogCaptureFixture,
) -> None:
    record, rules = Participation(exchange=3), ReplyRules(apps=AN_APP.names)
    turn = AnswerKey(TurnKey(ThreadKey("T", "C", "5.0"), "5.0", "B9", Kind.MENTION))
    context = a_context(FakeSurface(latency=0), Stranger(record=record), rules=rules)
    assert (await context.hear(turn, prompt(turn, author=AN_APP))).ruling is Ruling.EXCHANGE
    assert "exchange.ended" in caplog.text


async def test_a_turn_that_another_process_heard_is_decided_on_by_what_slack_keeps() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Why?"), author=AN_APP)]
    context = a_context(surface)
    assert (await context.hear(TURN, None)).ruling is Ruling.AUTOMATIC
    surface.thread = []
    assert (await context.hear(TURN, None)).ruling is Ruling.ANSWER  # its end is told where it is read again
    assert (await context.hear(FOLLOW_UP, None)).ruling is Ruling.UNREAD


async def test_what_a_newcomer_says_costs_one_reading_until_they_ask() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [
        ThreadMessage("1.0", "U2", text_parts("One?"), to=Addressees(us=True)),
        ThreadMessage("2.0", "UBOT", text_parts("One."), ours=True),
    ]
    memory = Stranger(record=Participation(took_part=True))
    context = a_context(surface, memory)
    verdicts = [(await context.hear(FOLLOW_UP, prompt(FOLLOW_UP))).ruling for _ in range(2)]
    assert (verdicts, surface.reads) == ([Ruling.NEWCOMER, Ruling.NOT_FOLLOWED], 1)
    memory.record = Participation(took_part=True, asked=True)
    assert (await context.hear(FOLLOW_UP, prompt(FOLLOW_UP))).ruling is Ruling.ANSWER


@pytest.mark.parametrize(("is_free", "reads"), [(True, 1), (False, 2)])
async def test_a_thread_that_nothing_of_ours_is_written_in_is_read_once(*, is_free: bool, reads: int) -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [ThreadMessage("2.0", "UBOT", text_parts("One."), ours=True)]
    context = a_context(surface, Stranger(record=Participation(asked=True, took_part=True, is_free=is_free)))
    heard = prompt(FOLLOW_UP)
    scene = await context.scene(heard, (await context.hear(FOLLOW_UP, heard)).said)
    assert ([one.text for one in scene.said], surface.reads) == (["One.", "Why?"], reads)


def a_first(text: str, kind: Kind = Kind.MENTION) -> Prompt:
    """A question that begins its thread."""
    return Prompt(ThreadKey("T", "C", "1000.0"), "1000.0", "U1", text_parts(text), kind)


async def test_a_mention_that_points_above_reads_what_stands_there() -> None:
    surface = FakeSurface(latency=0)
    surface.above = [ThreadMessage("900.0", "U2", text_parts("The disk is full."))]
    scene = await a_context(surface).scene(a_first("What is wrong here?"))
    assert [one.text for one in scene.said] == ["The disk is full.", "What is wrong here?"]
    assert [one.text for one in (await a_context(surface).scene(a_first("Sing."))).said] == ["Sing."]
    assert (surface.read_counts, surface.reads) == ([ABOVE], 0)


async def test_as_many_messages_above_a_mention_are_read_as_the_operator_says() -> None:
    surface = FakeSurface(latency=0)
    context = ThreadContext(surface, Stranger(), FakeDirectory(), channel_context=3)
    await context.scene(a_first("Sing."))
    assert surface.read_counts == [3]


async def test_a_mention_without_a_word_is_about_what_stands_above() -> None:
    surface = FakeSurface(latency=0)
    assert [one.parts for one in (await a_context(surface).scene(a_first(""))).said] == [()]
    surface.above = [ThreadMessage("900.0", "U2", text_parts("The disk is full."))]
    assert [one.text for one in (await a_context(surface).scene(a_first(""))).said] == [
        "The disk is full.",
        BARE,
    ]


async def test_a_direct_message_reads_the_exchange_before_it() -> None:
    surface = FakeSurface(latency=0)
    surface.above = [
        ThreadMessage("800.0", "U1", text_parts("Unanswered?")),
        ThreadMessage("900.0", "U1", text_parts("One?"), last_reply="901.0"),
    ]
    surface.thread = [
        ThreadMessage("900.0", "U1", text_parts("One?")),
        ThreadMessage("901.0", "UBOT", text_parts("One."), ours=True),
    ]
    scene = await a_context(surface).scene(a_first("and two?", Kind.DIRECT))
    assert [one.text for one in scene.said] == ["Unanswered?", "One?", "One.", "and two?"]
    assert (await a_context(surface).scene(a_first("new topic: tea", Kind.DIRECT))).notes == ()
    assert surface.read_counts == [EXCHANGES]


async def test_a_resumed_direct_message_reads_the_same() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [ThreadMessage("1000.0", "U1", text_parts("and two?"))]
    surface.above = [ThreadMessage("900.0", "U1", text_parts("One?"))]
    turn = AnswerKey(a_first("", Kind.DIRECT).turn)
    scene = await a_context(surface).scene_again(turn, {})
    assert scene is not None
    assert [one.text for one in scene.said] == ["One?", "and two?"]
    surface.above = RateLimited(60)
    again = await a_context(surface).scene_again(turn, {})
    assert again is not None
    assert [one.text for one in again.said] == ["and two?"]


@pytest.mark.parametrize("error", [RateLimited(60), SlackDenied("missing_scope")], ids=str)
async def test_what_stands_above_is_not_waited_for_and_its_reader_is_told(error: SlackError) -> None:
    surface = FakeSurface(latency=0)
    surface.above = error
    scene = await a_context(surface).scene(a_first("and two?", Kind.DIRECT))
    assert (scene.notes, [one.text for one in scene.said]) == ((notes.UNREAD,), ["and two?"])
    assert asyncio.get_running_loop().time() == 0


def asked_directly(*, thread_ts: str = "5.0") -> tuple[AnswerKey, Prompt]:
    prompt = Prompt(ThreadKey("T", "D", thread_ts), "5.0", "U1", text_parts("Why?\nTell me."), Kind.DIRECT)
    return AnswerKey(prompt.turn), prompt


async def test_the_pane_shows_a_new_conversation_by_its_question_and_when_it_is_over() -> None:
    sessions, surface = Sessions(), FakeSurface()
    context = ThreadContext(surface, Stranger(), FakeDirectory(), sessions=sessions)
    turn, prompt = asked_directly()
    await context.begin(turn, prompt, notes.IS_THINKING)
    await context.end(turn)
    assert (sessions.shown, surface.statuses) == ([("5.0", "is thinking…", "Why?"), ("5.0", "over")], [])


@pytest.mark.parametrize("again", [False, True], ids=["a later question", "heard by another process"])
async def test_the_pane_leaves_a_conversation_its_title(*, again: bool) -> None:
    sessions = Sessions()
    turn, prompt = asked_directly(thread_ts="5.0" if again else "1.0")
    await ThreadContext(FakeSurface(), Stranger(), FakeDirectory(), sessions=sessions).begin(
        turn, None if again else prompt, notes.IS_THINKING
    )
    assert [one[2] for one in sessions.shown] == [""]


async def test_a_channel_shows_a_line_and_no_session() -> None:
    sessions, surface = Sessions(), FakeSurface()
    context = ThreadContext(surface, Stranger(), FakeDirectory(), sessions=sessions)
    await context.begin(TURN, None, notes.IS_THINKING)
    await context.end(TURN)
    assert (sessions.shown, surface.statuses) == ([], ["is thinking…"])


async def test_a_pane_that_does_not_answer_holds_up_no_turn_for_long() -> None:
    turn, prompt = asked_directly()
    context = ThreadContext(FakeSurface(), Stranger(), FakeDirectory(), sessions=Sessions(hangs=True))
    await context.begin(turn, prompt, notes.IS_THINKING)
    assert asyncio.get_running_loop().time() == COURTESY
