"""A reply from the first word to the last, in virtual time: what was shown, and when."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices as notes
from bot.core.conversation.deltas import Finish, Reason, Reasoning, Text, ToolState, ToolStep, ToolUse, Usage
from bot.core.conversation.incoming import ThreadKey
from bot.core.conversation.shared_files import AnswerFile, SharedFile
from bot.core.delivery.controls import AnswerEnd
from bot.core.delivery.delivery import MOST_MESSAGES
from bot.core.delivery.message_format import Capabilities
from bot.core.delivery.reply import ReplyState
from bot.core.delivery.segments import in_file, too_long
from bot.core.delivery.slack_calls import Post, Update
from bot.core.pacing.budget import Budget, Budgets
from bot.core.pacing.pacing import Pacing
from bot.delivery.edit_call import DOUBTS, MOST_FAILURES
from bot.delivery.sender import Sender
from bot.errors import (
    BlocksRefused,
    MessageFixed,
    MessageTooLong,
    ModelStalled,
    RateLimited,
    SlackDenied,
    SlackUnreachable,
    ThreadGone,
)
from bot.language.catalogue import ENGLISH
from bot.observability.facts import BudgetLowered, EditSent, EditWithdrawn, SlackLimited, TokensUsed
from bot.observability.hooks import subscribe
from tests.clock import VIRTUAL
from tests.fakes import FakeSurface, an_answer, words

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.delivery.slack_calls import SlackCall
    from bot.delivery.session import MessageSurface, SharedQuota
    from bot.language.translatable import Translatable
    from bot.observability.facts import Fact

THREAD = ThreadKey("T", "C", "1.0")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


@asynccontextmanager
async def a_replier(
    surface: MessageSurface, *, updates: int = 50, purse: SharedQuota | None = None
) -> AsyncGenerator[Sender]:
    makers = {Update.method: lambda: Budget(updates, 60.0), Post.method: lambda: Budget(5, 5.0)}
    pacing = Pacing(Budgets(makers))
    replier = Sender(surface, pacing, clock=asyncio.get_running_loop().time, purse=purse)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(replier.run())
        yield replier
        running.cancel()


async def shown(surface: FakeSurface, answer: DeltaStream, *, updates: int = 50) -> ReplyState:
    async with a_replier(surface, updates=updates) as replier:
        return await replier.show(an_answer(), answer)


async def test_the_first_word_is_posted_and_the_rest_follows_in_edits() -> None:
    surface = FakeSurface()
    state = await shown(surface, words("one two three four five six seven eight"))
    assert state is ReplyState.DONE
    assert surface.shown == [
        (0.2, "one"),  # came at 0.1, and a call takes 0.1
        (0.674, "one two three four five"),
        (0.9, "one two three four five six seven eight"),
    ]


@pytest.mark.parametrize(
    "footer", [None, lambda _: notes.ANSWERED_BY.fill(model="a model")], ids=["off", "on"]
)
async def test_what_an_answer_took_costs_no_edit_of_its_own(
    footer: Callable[[Usage | None], Translatable | None] | None,
) -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier:
        await replier.show(an_answer(), words("one two three four five six seven eight"), footer=footer)
    assert [at for at, _ in surface.shown] == [0.2, 0.674, 0.9]


async def test_a_slow_slack_gets_fewer_and_larger_edits() -> None:
    surface = FakeSurface(latency=2.0)
    await shown(surface, words("one two three four five six seven eight"))
    assert [text for _, text in surface.shown] == ["one", "one two three four five six seven eight"]


async def test_after_a_rate_limit_the_newest_text_is_sent() -> None:
    surface = FakeSurface()
    surface.fail.extend([None, RateLimited(2)])
    await shown(surface, words("one two three four five six", every=0.5))
    assert surface.shown[:2] == [
        (0.6, "one"),
        (3.2, "one two three four five six"),
    ]  # refused at 1.1, and 2 s later


async def test_under_a_long_rate_limit_the_rest_is_posted_as_soon_as_it_is_whole() -> None:
    surface = FakeSurface()
    surface.fail.extend([None, RateLimited(30)])
    await shown(surface, words("one two three four five six seven eight nine"))
    assert surface.shown == [(0.2, "one"), (1.0, "two three four five six seven eight nine")]


async def test_a_long_rate_limit_of_posts_is_told_below_the_thread() -> None:
    surface = FakeSurface()
    surface.fail.append(RateLimited(30))
    await shown(surface, words("one two three"))
    assert surface.statuses == [notes.LIMITED.english]
    ((at, text),) = surface.shown
    assert text == "one two three"
    assert 30 <= at < 31


async def test_a_long_rate_limit_of_edits_is_told_until_they_go_on() -> None:
    surface = FakeSurface()
    surface.fail.extend([None, RateLimited(30)])
    await shown(surface, words("word " * 80, every=0.5))
    assert surface.statuses == [notes.LIMITED.english, ""]
    assert len(surface.messages) == 1


async def test_a_short_rate_limit_is_not_worth_a_word() -> None:
    surface = FakeSurface()
    surface.fail.append(RateLimited(5))
    await shown(surface, words("one two three"))
    assert surface.statuses == []


async def test_a_bad_minute_does_not_make_the_next_ones_slow() -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier:
        await replier.show(an_answer(), words("word " * 120, every=0.5))
        calm = len(surface.shown)
        surface.fail_until = asyncio.get_running_loop().time() + 12
        await replier.show(an_answer("2.0"), words("word " * 120, every=0.5))
    assert surface.refused <= 5  # at 0, 1, 3, 7 and 15 s: nobody is hammered
    assert len(surface.shown) - calm >= 0.6 * calm


async def test_a_rate_limit_holds_for_every_answer_of_the_workspace() -> None:
    surface = FakeSurface()
    surface.fail.extend([None, None, RateLimited(20)])
    async with a_replier(surface) as replier, asyncio.TaskGroup() as tasks:
        tasks.create_task(replier.show(an_answer("1.0"), words("a b c d e f g h i j")))
        tasks.create_task(replier.show(an_answer("2.0"), words("k l m n o p q r s t")))
    # The second is edited before the first is refused; from then on neither is, and the rest of both is posted.
    assert sorted(surface.messages.values()) == ["a", "b c d e f g h i j", "k l m n o p q", "r s t"]
    assert max(when for when, _ in surface.shown) < 20.0


async def test_many_answers_stay_within_the_limit_and_all_are_finished() -> None:
    surface = FakeSurface()
    text = " ".join(f"word{n}" for n in range(300))
    async with a_replier(surface) as replier, asyncio.TaskGroup() as tasks:
        for n in range(20):
            tasks.create_task(replier.show(an_answer(channel=f"C{n}"), words(text, every=0.025)))
    assert set(surface.messages.values()) == {text}
    edits = [when for when, _ in surface.shown][20:]
    assert all(later - first >= 59.9 for first, later in zip(edits, edits[50:], strict=False))
    assert max(edits) < 9.0  # 7.6 s to write; the last word is on time


async def test_a_model_that_fails_keeps_what_it_wrote_and_says_so() -> None:
    surface = FakeSurface()
    state = await shown(surface, words("half an", then=ModelStalled("silent for 60 s")))
    assert state is ReplyState.DONE
    assert list(surface.messages.values()) == ["half an\n\n⚠️ The model stopped answering. Please ask again."]


async def test_a_model_that_fails_before_its_first_word_is_not_silence() -> None:
    async def failing() -> DeltaStream:
        raise ModelStalled("silent for 60 s")
        yield

    surface = FakeSurface()
    await shown(surface, failing())
    assert list(surface.messages.values()) == ["⚠️ The model stopped answering. Please ask again."]


async def test_a_bug_in_a_turn_is_told_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier:
        await replier.show(an_answer("1.0"), words("half", then=ZeroDivisionError("secret words")))
        await replier.show(an_answer("2.0"), words("whole"))
    assert list(surface.messages.values()) == [
        "half\n\n⚠️ Something went wrong on my side. Please ask again.",
        "whole",
    ]
    assert "turn.crashed" in caplog.text


@pytest.mark.parametrize(
    ("finish", "said"),
    [
        (Finish(Reason.LENGTH), "*The model reached its limit for one answer; this one is cut short.*"),
        (Finish(Reason.REFUSED, "I can't help with that."), "I can't help with that."),
        (Finish(Reason.REFUSED), "*The model declined to answer.*"),
        (Finish(Reason.EMPTY), "*The model gave no answer. Try putting the question another way.*"),
    ],
)
async def test_an_unusual_end_is_told(finish: Finish, said: str) -> None:
    surface = FakeSurface()
    await shown(surface, words("so", then=finish))
    assert list(surface.messages.values()) == [f"so\n\n{said}"]


async def test_thoughts_tools_and_usage_are_not_shown() -> None:
    async def thinking() -> DeltaStream:
        yield Reasoning("hmm")
        yield ToolUse("1", "search", "{}")
        yield Text("Yes.")
        yield Usage(3, 2)
        yield Finish(Reason.STOP)

    surface = FakeSurface()
    await shown(surface, thinking())
    assert list(surface.messages.values()) == ["Yes."]


class WatchedSurface(FakeSurface):
    """Keeps what stood below its messages."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    async def carry_out(self, call: SlackCall) -> str:
        if isinstance(call, Post | Update) and call.body.controls is not None:
            line = call.body.controls.line
            self.lines.append(call.body.language.say(line) if line else "")
        return await super().carry_out(call)


async def test_a_tool_at_work_is_shown_below_the_thread_and_then_below_the_words() -> None:
    async def looking() -> DeltaStream:
        yield ToolStep("1", "time: now", ToolState.STARTED)
        await asyncio.sleep(2)
        yield ToolStep("1", "time: now", ToolState.ENDED)
        yield Text("It is 7. ")
        await asyncio.sleep(5)
        yield ToolStep("2", "time: convert", ToolState.STARTED)
        await asyncio.sleep(5)
        yield ToolStep("2", "time: convert", ToolState.ENDED)
        yield Text("And 14 there.")
        yield Finish(Reason.STOP)

    surface = WatchedSurface()
    await shown(surface, looking())
    assert surface.statuses[:2] == ["is using time: now…", "is thinking…"]
    assert "Using time: convert…" in surface.lines


async def test_a_message_that_is_gone_is_posted_anew_unless_a_person_is_heard_to_have_deleted_it() -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier, asyncio.TaskGroup() as tasks:
        tasks.create_task(replier.show(an_answer(), words("one two three four", every=0.5)))
        await asyncio.sleep(0.7)
        surface.delete_as_a_person("100.0")
    assert list(surface.messages.values()) == ["one two three four"]


async def test_a_thread_that_is_gone_ends_the_models_work() -> None:
    surface = FakeSurface()
    heard: list[str] = []

    async def endless() -> DeltaStream:
        try:
            while True:
                await asyncio.sleep(0.1)
                yield Text("more ")
        finally:
            heard.append("closed")

    surface.fail.extend([None, *[ThreadGone("chat.update: is_archived")] * 3])
    assert await shown(surface, endless()) is ReplyState.LOST
    assert heard == ["closed"]


async def test_who_keeps_a_record_is_told_what_an_answer_has_used_and_how_it_ended() -> None:
    async def metered() -> DeltaStream:
        yield Usage(12, 0)
        yield Text("one")
        yield Usage(12, 3)
        yield Finish(Reason.LENGTH)

    ends: list[tuple[Usage | None, AnswerEnd]] = []

    class Record:
        async def opening(self) -> bool:
            return True

        def posted(self, part: int, ts: str) -> None: ...

        def ended(self, used: Usage | None, how: AnswerEnd) -> None:
            ends.append((used, how))

    async with a_replier(FakeSurface()) as replier:
        await replier.show(an_answer(), metered(), witness=Record())
    assert ends == [(Usage(12, 3), AnswerEnd.CUT)]


async def test_who_keeps_a_record_is_told_of_each_message_and_may_forbid_the_first() -> None:
    class Record:
        def __init__(self, *, allows: bool) -> None:
            self.allows = allows
            self.told: list[tuple[int, str]] = []
            self.ends: list[tuple[Usage | None, AnswerEnd]] = []

        async def opening(self) -> bool:
            return self.allows

        def posted(self, part: int, ts: str) -> None:
            self.told.append((part, ts))

        def ended(self, used: Usage | None, how: AnswerEnd) -> None:
            self.ends.append((used, how))

    surface, open_, shut = FakeSurface(), Record(allows=True), Record(allows=False)
    async with a_replier(surface) as replier:
        assert await replier.show(an_answer("1.0"), words("one two"), witness=open_) is ReplyState.DONE
        assert await replier.show(an_answer("2.0"), words("three"), witness=shut) is ReplyState.LOST
    assert (open_.told, shut.told) == ([(0, "100.0")], [])
    assert (open_.ends, shut.ends) == ([(None, AnswerEnd.WHOLE)],) * 2
    assert list(surface.messages.values()) == ["one two"]


async def test_a_resumed_reply_that_finds_no_slot_for_its_last_edit_waits_for_one() -> None:
    surface = FakeSurface()
    surface.messages["9.0"] = "one"
    surface.fail.append(RateLimited(20))
    async with a_replier(surface) as replier:
        await replier.show(an_answer(), words("one two three"), posted={0: "9.0"}, seen=3)
    assert surface.messages == {"9.0": "one two three"}


async def test_surplus_that_cannot_be_taken_away_is_left() -> None:
    surface = FakeSurface()
    surface.messages |= {"9.0": "old", "9.1": "old"}
    surface.fail.extend([None, *[SlackDenied("chat.delete: cant_delete_message")] * (DOUBTS + 1)])
    async with a_replier(surface) as replier:
        await replier.show(an_answer(), words("new"), posted={0: "9.0", 1: "9.1"})
    assert surface.messages == {"9.0": "new", "9.1": "old"}


async def test_a_text_that_is_too_long_for_slack_is_cut_again() -> None:
    surface = FakeSurface()
    surface.fail.append(MessageTooLong("chat.postMessage: msg_too_long"))
    await shown(surface, words("word " * 2000, every=0))
    assert len(surface.messages) > 1
    assert sum(text.count("word") for text in surface.messages.values()) == 2000


async def test_without_the_block_the_answer_comes_as_text() -> None:
    surface = FakeSurface()
    surface.fail.extend([BlocksRefused("chat.postMessage: invalid_blocks")] * 2)  # with buttons, and without
    await shown(surface, words("a < b"))
    assert list(surface.messages.values()) == ["a &lt; b"]


async def test_a_workspace_without_the_block_is_asked_for_it_once() -> None:
    surface = FakeSurface()
    surface.fail.extend([BlocksRefused("chat.postMessage: invalid_blocks")] * 2)  # with buttons, and without
    async with a_replier(surface) as replier:
        await replier.show(an_answer("1.0"), words("**a**"))
        await replier.show(an_answer("2.0"), words("**b**"))
    assert list(surface.messages.values()) == ["*a*", "*b*"]
    assert not surface.fail


async def test_an_answer_without_end_is_ended_and_the_model_with_it() -> None:
    surface = FakeSurface(latency=0.01)
    heard: list[str] = []

    async def endless() -> DeltaStream:
        try:
            while True:
                await asyncio.sleep(0.1)
                yield Text("---\n\n" * 45)
        finally:
            heard.append("closed")

    assert await shown(surface, endless()) is ReplyState.FULL
    assert len(surface.messages) == MOST_MESSAGES
    assert list(surface.messages.values())[-1].endswith(too_long(ENGLISH))
    assert heard == ["closed"]


async def test_whoever_asked_can_be_mentioned_where_that_is_allowed() -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier:
        await replier.show(an_answer("1.0"), words("<@U1> <@U2>"), asker="U1")
    assert list(surface.messages.values()) == ["<@U1> &lt;@U2>"]


async def test_slack_failing_for_a_while_only_delays_the_answer() -> None:
    surface = FakeSurface()
    surface.fail.extend([SlackUnreachable("reset")] * 4)
    await shown(surface, words("one two"))
    assert list(surface.messages.values()) == ["one two"]
    assert surface.shown[0][0] == pytest.approx(1 + 2 + 4 + 8, abs=1)


async def test_a_post_whose_answer_was_lost_is_not_posted_twice() -> None:
    surface = FakeSurface()
    surface.lose_answers = 1
    surface.fail.append(SlackUnreachable("reset"))
    await shown(surface, words("one two three"))
    assert list(surface.messages.values()) == ["one two three"]


async def test_a_message_that_takes_no_edits_is_followed_by_a_whole_one() -> None:
    surface = FakeSurface()
    surface.fail.extend([None, MessageFixed("chat.update: edit_window_closed")])
    await shown(surface, words("one two three four five six seven eight"))
    assert list(surface.messages.values()) == ["one", "one two three four five six seven eight"]


@pytest.mark.parametrize(
    "failures",
    [
        [SlackDenied("chat.postMessage: missing_scope")] * (DOUBTS + 1),
        [SlackUnreachable("reset")] * (MOST_FAILURES + 1),
    ],
    ids=["denied", "unreachable for good"],
)
async def test_a_workspace_that_takes_nothing_is_given_up_and_the_reader_told(
    failures: list[Exception],
) -> None:
    surface = FakeSurface()
    surface.fail.extend(failures)
    async with a_replier(surface) as replier:
        assert await replier.show(an_answer(), words("one two three", every=0.5)) is ReplyState.LOST
        await asyncio.sleep(1.0)
    assert surface.messages == {}
    assert surface.statuses == [notes.UNPOSTED.english]


async def test_words_in_between_that_change_nothing_cost_no_call() -> None:
    async def padded() -> DeltaStream:
        yield Text("word ")
        await asyncio.sleep(1.0)
        yield Text("\n\n")
        await asyncio.sleep(1.0)
        yield Finish(Reason.STOP)

    surface = FakeSurface()
    await shown(surface, padded())
    assert [text for when, text in surface.shown if when < 2.0] == ["word"]


async def test_rate_limits_are_no_sign_that_slack_is_gone() -> None:
    surface = FakeSurface()
    surface.fail.extend([RateLimited(1)] * (MOST_FAILURES + 1) + [SlackUnreachable("reset")])
    assert await shown(surface, words("one two")) is ReplyState.DONE
    assert list(surface.messages.values()) == ["one two"]


async def test_a_bug_in_the_surface_costs_one_answer_and_not_all(caplog: pytest.LogCaptureFixture) -> None:
    surface = FakeSurface()
    surface.fail.append(ZeroDivisionError())
    async with a_replier(surface) as replier:
        assert await replier.show(an_answer("1.0"), words("one")) is ReplyState.LOST
        assert await replier.show(an_answer("2.0"), words("two")) is ReplyState.DONE
    assert "edit.crashed" in caplog.text


async def test_a_whole_word_that_came_in_pieces_is_posted_when_it_is_whole() -> None:
    async def pieces() -> DeltaStream:
        yield Text("S")
        await asyncio.sleep(0.02)
        yield Text("ure, ")
        await asyncio.sleep(1.0)
        yield Finish(Reason.STOP)

    surface = FakeSurface()
    await shown(surface, pieces())
    assert surface.shown == [(0.12, "Sure,"), (1.12, "Sure,")]  # the second takes Stop away


async def test_a_message_that_moved_is_not_mistaken_for_the_one_it_replaces() -> None:
    surface = FakeSurface()
    window_closed = MessageFixed("chat.update: edit_window_closed")
    surface.fail.extend([None, window_closed, SlackUnreachable("reset")])
    await shown(surface, words("one two three four five six seven eight"))
    assert list(surface.messages.values()) == ["one", "one two three four five six seven eight"]


async def test_a_last_edit_whose_answer_was_lost_is_read_back_and_not_repeated() -> None:
    class Silent(FakeSurface):
        edits = 0

        async def update(self, call: Update) -> str:
            self.edits += 1
            ts = await super().update(call)
            if call.last:
                raise SlackUnreachable("no answer")
            return ts

    surface = Silent()
    await shown(surface, words("one two three"))
    assert list(surface.messages.values()) == ["one two three"]
    assert surface.edits == 1


async def test_stop_finishes_what_is_there() -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier, asyncio.TaskGroup() as tasks:
        tasks.create_task(replier.show(an_answer("1.0"), words("a b c d e f g h i j", every=1.0)))
        await asyncio.sleep(3.5)
        replier.stop()
    assert list(surface.messages.values()) == [
        "a b c\n\n*I was stopped while writing this. Please ask again.*"
    ]


async def test_stop_before_the_first_word_says_so_too() -> None:
    surface = FakeSurface()
    async with a_replier(surface) as replier, asyncio.TaskGroup() as tasks:
        tasks.create_task(replier.show(an_answer("1.0"), words("a b", every=9.0), footnote="Tiny model."))
        await asyncio.sleep(0)
        replier.stop()
    assert list(surface.messages.values()) == [
        "*I was stopped while writing this. Please ask again.*\n\n*Tiny model.*"
    ]


async def test_of_each_call_it_is_told_how_old_its_newest_word_was_and_how_many_deltas_it_carried() -> None:
    told: list[Fact] = []
    with subscribe(told.append):
        await shown(FakeSurface(), words("one two three four five six seven eight"))
    sent = [one for one in told if isinstance(one, EditSent)]
    assert [(one.method, one.deltas, round(one.age or 0.0, 2)) for one in sent] == [
        ("chat.postMessage", 1, 0.1),
        ("chat.update", 4, 0.17),
        ("chat.update", 3, 0.1),
    ]


async def test_a_call_that_brings_no_word_has_no_age() -> None:
    told: list[Fact] = []
    with subscribe(told.append):
        await shown(FakeSurface(), words("half", then=ModelStalled("silent for 60 s")))
    assert [(one.deltas, one.age) for one in told if isinstance(one, EditSent)][-1] == (0, None)


async def test_a_429_that_teaches_something_is_told_as_a_lower_budget() -> None:
    told: list[Fact] = []
    surface = FakeSurface()
    surface.fail.extend([None, RateLimited(2)])
    with subscribe(told.append):
        await shown(surface, words("one two three four five six", every=0.5))
    assert [one for one in told if isinstance(one, SlackLimited | BudgetLowered)] == [
        SlackLimited(retry_after=2.0, method="chat.update"),
        BudgetLowered(method="chat.update", limit=25),
    ]


async def test_what_an_answer_has_cost_is_told_once_at_its_end() -> None:
    async def costly() -> DeltaStream:
        yield Usage(3, 1)
        yield Text("Yes.")
        yield Usage(3, 2)
        yield Finish(Reason.STOP)

    told: list[Fact] = []
    with subscribe(told.append):
        await shown(FakeSurface(), costly())
    assert [one for one in told if isinstance(one, TokensUsed)] == [
        TokensUsed(thread=an_answer().thread, input_tokens=3, output_tokens=2)
    ]


class Spent:
    """A quota of which others have taken the first call."""

    def __init__(self) -> None:
        self._answers = [False]

    async def ask(self, budget: Budget, name: str, *, slots: int, urgent: bool) -> bool:
        return self._answers.pop() if self._answers else True

    def answered(self, budget: Budget) -> None:
        """Nobody else wants to know."""


async def test_a_call_for_which_others_leave_no_room_is_told_and_made_later() -> None:
    told: list[Fact] = []
    surface = FakeSurface()
    with subscribe(told.append):
        async with a_replier(surface, purse=Spent()) as replier:
            await replier.show(an_answer(), words("one two"))
    assert [one.method for one in told if isinstance(one, EditWithdrawn)] == ["chat.postMessage"]
    assert list(surface.messages.values()) == ["one two"]


@dataclass
class FileKeeper:
    """Keeps files of answers, or does not take them."""

    takes: bool = True
    kept: list[AnswerFile] = field(default_factory=list[AnswerFile])
    there: list[SharedFile] = field(default_factory=list[SharedFile])
    deleted: list[SharedFile] = field(default_factory=list[SharedFile])

    async def share(self, file: AnswerFile) -> bool:
        await asyncio.sleep(1.0)
        if self.takes:
            self.kept.append(file)
            self.there.append(SharedFile("F2", file.name, "200.0"))
        return self.takes

    async def find(self, answer: AnswerKey) -> list[SharedFile]:
        return list(self.there)

    async def delete(self, thread: ThreadKey, files: Sequence[SharedFile]) -> None:
        self.deleted += files


LONG = "\n\n".join(f"word{number} " * 20 for number in range(150))
"""Three messages of text."""
FORMER = SharedFile("F1", "answer-1-0.md", "150.0")


def fed(text: str) -> list[str]:
    return re.findall(r"word\d+", text)


@asynccontextmanager
async def a_sender_with(files: FileKeeper, surface: FakeSurface) -> AsyncGenerator[Sender]:
    makers = {Update.method: lambda: Budget(50, 60.0), Post.method: lambda: Budget(5, 5.0)}
    pacing, clock = Pacing(Budgets(makers)), asyncio.get_running_loop().time
    sender = Sender(surface, pacing, clock=clock, capabilities=Capabilities(file_after=1), files=files)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(sender.run())
        yield sender
        running.cancel()


async def test_what_does_not_fit_its_messages_is_shared_as_a_file_before_the_last_edit() -> None:
    files, surface = FileKeeper(), FakeSurface()
    async with a_sender_with(files, surface) as sender:
        state = await sender.show(an_answer(), words(LONG, every=0.001))
    (text,), (file,) = surface.messages.values(), files.kept
    assert state is ReplyState.DONE
    assert text.endswith(in_file(ENGLISH))
    assert fed(text + file.content.decode()) == fed(LONG)
    assert surface.live == {"100.0": False}
    assert files.deleted == []


async def test_what_is_no_file_after_all_is_said_in_messages() -> None:
    files, surface = FileKeeper(takes=False), FakeSurface()
    async with a_sender_with(files, surface) as sender:
        state = await sender.show(an_answer(), words(LONG, every=0.001))
    assert state is ReplyState.DONE
    assert fed(" ".join(surface.messages.values())) == fed(LONG)


async def test_an_answer_that_is_stopped_keeps_what_was_written_by_then() -> None:
    files, surface = FileKeeper(), FakeSurface()
    async with a_sender_with(files, surface) as sender, asyncio.TaskGroup() as tasks:
        showing = tasks.create_task(sender.show(an_answer(), words(LONG, every=0.01)))
        await asyncio.sleep(25.0)
        assert sender.halt(an_answer())
        assert await showing is ReplyState.DONE
    (text,), (file,) = surface.messages.values(), files.kept
    said = fed(text + file.content.decode())
    assert said == fed(LONG)[: len(said)]
    assert len(said) > 2_000
    assert text.endswith(notes.aside(notes.HALTED.english))


@pytest.mark.parametrize(
    ("anew", "deleted"), [(True, [FORMER]), (False, [])], ids=["written anew", "as it stands"]
)
async def test_the_file_of_a_former_process_is_replaced_by_what_is_written_anew(
    anew: bool, deleted: list[SharedFile]
) -> None:
    files, surface = FileKeeper(there=[FORMER]), FakeSurface()
    surface.messages["100.0"] = "One"
    async with a_sender_with(files, surface) as sender:
        await sender.show(an_answer(), words("One two."), posted={0: "100.0"}, seen=3, anew=anew)
    assert files.deleted == deleted
