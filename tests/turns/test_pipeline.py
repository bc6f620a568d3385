"""With what the model is asked, in which order, and how a turn ends."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from bot.core.conversation import notices as notes
from bot.core.conversation.addressees import Addressees
from bot.core.conversation.admission import CHANNEL_OFF, OperatorRules, Preferences, Refusal
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.answer_settings import AnswerSettings
from bot.core.conversation.app_context import OpenEntity, context_note
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text, Usage
from bot.core.conversation.history import ChatMessage, Role, ThreadMessage, as_message
from bot.core.conversation.incoming import Kind, Vanished
from bot.core.conversation.reply_policy import Follow, ReplyRules
from bot.core.conversation.wishes import Wishes
from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import SegmentPosted, prepare
from bot.errors import ModelStalled, RateLimited, SlackDenied, ThreadGone
from bot.language.translatable import Translatable
from bot.model.late_models import LateModels
from bot.model.model_choice import ModelChoice
from bot.observability.current_turn import TURN
from bot.turns import thread_queue
from bot.turns import turn_context as reading
from bot.turns.patient_reader import DOUBTS
from bot.turns.turn_context import TRIES, TRIES_UNSEEN
from tests.fakes import FakeDesk, FakeDirectory, FakeEngine, FakeModel, FakeSurface, words
from tests.patience import HANGING
from tests.turns.stage import (
    OPERATORS,
    a_prompt,
    a_stage,
    answered,
    as_operators_want,
    by_rules,
    turns_with,
    until,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection
    from pathlib import Path

    from bot.core.conversation.admission import Admission
    from bot.core.conversation.deltas import Delta, DeltaStream
    from bot.core.conversation.incoming import Prompt, TurnKey
    from bot.core.delivery.slack_calls import Post, SetStatus
    from bot.durable.spending_store import Reservation
    from tests.turns.stage import Stage


async def test_a_mention_is_asked_and_answered() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    await answered(surface, model, a_prompt())
    assert list(surface.messages.values()) == ["La la"]
    assert model.asked == [
        [ChatMessage(Role.SYSTEM, text_parts("Be kind.")), ChatMessage(Role.USER, text_parts("Sing"))]
    ]
    assert surface.statuses == ["is thinking…"]
    assert surface.reads == 0  # there is nothing before the first message of a thread


async def test_the_model_is_told_first_what_its_asker_has_open() -> None:
    model = FakeModel(words("La la", every=0))
    prompt = replace(a_prompt(), opened=(opened := (OpenEntity("channel", "C0123"),)))
    situated = Preferences("Be kind.", 1000, situated=True)
    async with a_stage(FakeSurface(latency=0), model, resolve=lambda _: situated) as stage:
        await stage.turns.take(prompt)
    first, question = model.asked[0]
    assert first.text.startswith("Be kind.")
    assert first.text.endswith(context_note(opened))
    assert "C0123" not in question.text


async def test_a_model_that_is_not_told_where_it_stands_is_not_told_what_is_open_either() -> None:
    model = FakeModel(words("La la", every=0))
    prompt = replace(a_prompt(), opened=(OpenEntity("channel", "C0123"),))
    async with a_stage(FakeSurface(latency=0), model, resolve=lambda _: Preferences("", 1000)) as stage:
        await stage.turns.take(prompt)
    assert [one.text for one in model.asked[0]] == ["Sing"]


@pytest.mark.parametrize(
    ("allowed", "said"), [(False, "Hi &lt;@U1>, &lt;@U2>"), (True, "Hi <@U1>, &lt;@U2>")]
)
async def test_whoever_asked_is_mentioned_only_where_that_is_allowed(*, allowed: bool, said: str) -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Hi <@U1>, <@U2>", every=0))
    async with a_stage(surface, model, resolve=as_operators_want(mention_asker=allowed)) as stage:
        await stage.turns.take(a_prompt())
    assert list(surface.messages.values()) == [said]


async def test_the_model_reads_names_and_where_it_stands_behind_its_prompt() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = [ThreadMessage("1.0", "U0000000RAJ", text_parts("Ask @U0000000ADA"))]
    directory = FakeDirectory(names={"U0000000ADA": "Ada", "U0000000RAJ": "Raj", "C": "general"})
    rules = OperatorRules("Be kind.", 1000, situated=True)
    async with a_stage(surface, model, resolve=by_rules(rules), directory=directory) as stage:
        await stage.turns.take(a_prompt("Why?", thread_ts="1.0", user="U0000000ADA"))
    system, asked = model.asked[0]
    assert system.text.startswith('Be kind.\n\nYou are in the channel "general" of the workspace "Sparkling"')
    assert 'The last message is from "Ada".' in system.text
    assert asked.text == "@Raj: Ask @Ada\n\n@Ada: Why?"


@pytest.mark.parametrize(
    ("kind", "shown", "whispered"),
    [
        (Kind.MENTION, [], ["Only members can ask me."]),
        (Kind.DIRECT, ["Only members can ask me."], []),
        (Kind.FOLLOW_UP, [], []),
    ],
)
async def test_who_is_refused_alone_reads_why_if_they_asked_and_the_model_is_not_asked(
    kind: Kind, shown: list[str], whispered: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    rules = ReplyRules(Follow.EVERYONE)
    async with a_stage(
        surface,
        model,
        resolve=lambda _: Refusal("guest", Translatable("Only members can ask me.")),
        rules=rules,
    ) as stage:
        await stage.record.claim(AnswerKey(a_prompt(ts="4.0").turn), at_work=False)
        await stage.record.finish(AnswerKey(a_prompt(ts="4.0").turn))
        await stage.turns.take(prompt := a_prompt(kind=kind))
    assert list(surface.messages.values()) == shown
    assert [one.text for one in surface.whispers] == whispered
    assert stage.engine.how == {AnswerKey(prompt.turn): "refused: guest"}
    assert model.asked == []
    assert surface.statuses == []
    assert "turn.refused" in caplog.text


async def test_a_mention_costs_two_transactions_before_its_first_word_and_one_more_till_its_end(
    somewhere: Path | str,
) -> None:
    transactions: list[object] = []

    class Counting(FakeSurface):
        async def post(self, call: Post) -> str:
            self.before = len(transactions)
            return await super().post(call)

    surface = Counting(latency=0)
    async with open_database(somewhere) as database:
        await prepare(database)
        async with a_stage(surface, FakeModel(words("La la", every=0)), database=database) as stage:
            event.listen(database.connections.engine, "begin", transactions.append)
            await stage.turns.take(a_prompt())
            await stage.turns.drain(60.0)
            assert (surface.before, len(transactions)) == (2, 3)


async def test_in_a_thread_the_model_reads_what_was_said_before_and_nothing_later() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = [
        ThreadMessage("1.0", "U1", text_parts("Is the sea blue?")),
        ThreadMessage("2.0", "UBOT", text_parts("It is."), ours=True),
        ThreadMessage("5.0", "U1", text_parts("Why?")),
        ThreadMessage("6.0", "U1", text_parts("Hello?")),
    ]
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert [message.text for message in model.asked[0]] == ["Be kind.", "Is the sea blue?", "It is.", "Why?"]


async def test_a_follow_up_is_answered_where_we_took_part_as_the_record_says() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("One", every=0), words("Two", every=0))
    follow_up = a_prompt("And?", ts="7.0", kind=Kind.FOLLOW_UP)
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await turns.drain(60.0)
        await turns.take(follow_up)
    assert list(surface.messages.values()) == ["One", "Two"]


class NothingSet:
    """Nobody has set anything; `reads` are those who were asked for."""

    def __init__(self) -> None:
        self.reads: list[tuple[str, str, str]] = []

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings:
        self.reads.append((team, person, channel))
        return AnswerSettings()


async def test_what_is_set_for_a_follow_up_is_read_once_before_it_is_heard() -> None:
    model, settings, desk = FakeModel(words("One"), words("Two")), NothingSet(), FakeDesk(OPERATORS)
    follow_up = a_prompt("And?", ts="7.0", kind=Kind.FOLLOW_UP)
    async with a_stage(FakeSurface(latency=0), model, desk=desk, settings=settings) as stage:
        await stage.turns.take(a_prompt())
        await stage.turns.drain(60.0)
        assert (settings.reads, desk.given) == ([], [None])
        await stage.turns.take(follow_up)
    assert (settings.reads, desk.given) == ([("T", "U1", "C")], [None, AnswerSettings()])


async def test_a_follow_up_is_answered_where_slack_remembers_that_we_spoke() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Yes", every=0))
    surface.thread = [
        ThreadMessage("1.0", "U1", text_parts("Hi")),
        ThreadMessage("2.0", "UBOT", text_parts("Hello!"), ours=True),
    ]
    await answered(surface, model, a_prompt("And?", ts="7.0", thread_ts="1.0", kind=Kind.FOLLOW_UP))
    assert list(surface.messages.values()) == ["Yes"]


async def test_other_peoples_threads_are_left_alone_and_asked_about_once() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = [
        ThreadMessage("1.0", "U1", text_parts("Lunch?")),
        ThreadMessage("2.0", "U2", text_parts("Sure")),
    ]
    talk = [a_prompt("ok", ts=f"{n}.0", thread_ts="1.0", kind=Kind.FOLLOW_UP) for n in range(3, 6)]
    await answered_one_by_one(surface, model, *talk)
    assert surface.messages == {}
    assert surface.statuses == []
    assert surface.reads == 1


async def answered_one_by_one(surface: FakeSurface, model: FakeModel, *prompts: Prompt) -> None:
    """Each is heard when what came of the one before is over."""
    async with turns_with(surface, model) as turns:
        for prompt in prompts:
            await turns.take(prompt)
            await turns.drain(HANGING)


async def test_the_memory_of_other_peoples_threads_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "STRANGERS", 1)
    surface, model = FakeSurface(latency=0), FakeModel()
    talk = [a_prompt("ok", ts=f"{n}.5", thread_ts=f"{n}.0", kind=Kind.FOLLOW_UP) for n in (1, 2)]
    async with turns_with(surface, model) as turns:
        again = replace(talk[0], ts="9.5")
        for prompt in (*talk, again):
            await turns.take(prompt)
            await turns.drain(60.0)
    assert surface.reads == 3


async def test_a_mention_without_a_question_is_greeted() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    await answered(surface, model, a_prompt(""))
    assert list(surface.messages.values()) == [notes.HELLO.english]


async def test_a_thread_that_cannot_be_read_is_answered_and_said_so() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = SlackDenied("conversations.replies: missing_scope", code="missing_scope")
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert list(surface.messages.values()) == [f"Because.\n\n*{notes.UNREAD.english}*"]


@pytest.mark.parametrize(("retry_after", "reads"), [(0.001, TRIES), (600.0, 1)], ids=["short", "long"])
async def test_a_rate_limit_on_reading_is_waited_for_only_when_it_is_short(
    retry_after: float, reads: int
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = RateLimited(retry_after)
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert surface.reads == reads
    assert list(surface.messages.values()) == [f"Because.\n\n*{notes.UNREAD.english}*"]


async def test_a_workspace_without_status_lines_gets_its_answer() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    surface.fail.append(SlackDenied("assistant.threads.setStatus: missing_scope"))
    await answered(surface, model, a_prompt())
    assert list(surface.messages.values()) == ["La la"]


async def test_two_questions_in_one_thread_are_answered_in_order() -> None:
    surface = FakeSurface(latency=0)
    model = FakeModel(words("one one one one", every=0.002), words("two", every=0))
    await answered(surface, model, a_prompt("a"), a_prompt("b", ts="6.0", user="U2"))
    assert list(surface.messages.values()) == ["one one one one", "two"]
    texts = [text for _, text in surface.shown]
    assert texts.index("one one one one") < texts.index("two")


async def test_a_turn_that_breaks_says_so_and_does_not_take_the_others_with_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("fine", every=0))
    surface.fail.append(ZeroDivisionError())
    await answered(surface, model, a_prompt(), a_prompt(ts="6.0", thread_ts="6.0"))
    assert sorted(surface.messages.values()) == ["fine", f"⚠️ {notes.CRASHED.english}"]
    assert "turn.crashed" in caplog.text


async def test_a_status_that_hangs_holds_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    class Mute(FakeSurface):
        async def set_status(self, call: SetStatus) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(reading, "COURTESY", 0.01)
    surface = Mute(latency=0)
    await answered(surface, FakeModel(words("La la", every=0)), a_prompt())
    assert list(surface.messages.values()) == ["La la"]


async def test_a_queued_question_knows_the_answer_before_it() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Two.", every=0))
    surface.thread = [
        ThreadMessage("5.0", "U1", text_parts("One?")),
        ThreadMessage("6.0", "U1", text_parts("Two?")),
        ThreadMessage(
            "8.0", "UBOT", text_parts("One."), ours=True
        ),  # posted after the second question, which waited for it
    ]
    await answered(surface, model, a_prompt("Two?", ts="6.0", thread_ts="5.0"))
    assert [message.text for message in model.asked[0][1:]] == ["One?", "One.", "Two?"]


async def test_a_thread_that_could_not_be_read_is_not_taken_for_somebody_elses() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Yes.", every=0))
    follow_up = a_prompt("And?", ts="7.0", thread_ts="1.0", kind=Kind.FOLLOW_UP)
    async with turns_with(surface, model) as turns:
        surface.thread = SlackDenied("conversations.replies: missing_scope", code="missing_scope")
        await turns.take(follow_up)
        await turns.drain(60.0)
        surface.thread = [
            ThreadMessage("1.0", "U1", text_parts("Hi")),
            ThreadMessage("2.0", "UBOT", text_parts("Hello!"), ours=True),
        ]
        await turns.take(replace(follow_up, ts="8.0"))
    assert list(surface.messages.values()) == ["Yes."]


async def test_the_same_person_writing_again_before_anything_is_shown_supersedes() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [
        ThreadMessage("5.0", "U1", text_parts("Sing")),
        ThreadMessage("6.0", "U1", text_parts("no, dance")),
    ]
    model = FakeModel(words("La", every=HANGING), words("Dancing", every=0))
    async with a_stage(surface, model) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(model.asked))
        await stage.turns.take(a_prompt("no, dance", ts="6.0"))
    assert list(surface.messages.values()) == ["Dancing"]
    assert stage.engine.how == {
        AnswerKey(a_prompt().turn): "superseded",
        AnswerKey(a_prompt(ts="6.0").turn): "done",
    }
    assert [message.text for message in model.asked[1]] == ["Be kind.", "Sing\n\nno, dance"]


async def test_a_question_that_waits_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thread_queue, "WAITS_LONG", 0.1)
    surface = FakeSurface(latency=0)
    model = FakeModel(words("one " * 20, every=0.03), words("two", every=0))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt("a"))
        await turns.take(a_prompt("b", ts="6.0", user="U2"))
    assert notes.NEXT.english in surface.statuses
    assert [text.split()[0] for text in surface.messages.values()] == ["one", "two"]


async def test_who_asks_it_to_leave_reads_that_it_has_left_and_the_model_is_not_asked() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("One", every=0))
    leave = replace(a_prompt("leave", ts="6.0"), to=Addressees(us=True))
    later = [a_prompt("two?", ts=ts, kind=Kind.FOLLOW_UP) for ts in ("5.5", "7.0")]
    async with a_stage(surface, model) as stage:
        await stage.turns.take(a_prompt())
        await stage.turns.drain(60.0)
        await stage.turns.take(leave)
        await stage.turns.drain(60.0)
        left = [(await stage.record.participation(AnswerKey(one.turn))).left for one in later]
        await stage.turns.take(later[1])
    assert list(surface.messages.values()) == ["One", notes.LEFT.english]
    assert left == [False, True]
    assert stage.engine.how[AnswerKey(later[1].turn)] == "not ours: asked to leave"


async def test_a_follow_up_costs_one_reading_of_its_thread_unless_it_waited_for_it() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(*[words("Yes", every=0) for _ in range(3)])
    surface.thread = [
        ThreadMessage("1.0", "U1", text_parts("Hi"), to=Addressees(us=True)),
        ThreadMessage("2.0", "UBOT", text_parts("Hello!"), ours=True),
    ]
    follow_up = a_prompt("And?", ts="7.0", thread_ts="1.0", kind=Kind.FOLLOW_UP)
    async with turns_with(surface, model) as turns:
        await turns.take(follow_up)
        await turns.drain(60.0)
        first, surface.reads = surface.reads, 0
        await turns.take(a_prompt("Wait", ts="8.0", thread_ts="1.0", user="U2"))
        await turns.take(replace(follow_up, ts="9.0"))
    assert first == 1
    assert surface.reads == 3


# ---- begun by another process


def a_reply(text: str, *, part: str = "0", ts: str = "100.0") -> ThreadMessage:
    """A message of the turn of `a_prompt()`, as Slack keeps it."""
    return ThreadMessage(ts, "UBOT", text_parts(text), ours=True, marker=f"T:C:5.0:{part}")


async def resumed(
    surface: FakeSurface,
    model: FakeModel,
    *checkpoints: SegmentPosted,
    deaths: int = 0,
    desk: FakeDesk | None = None,
) -> FakeEngine:
    """The turn of `a_prompt()`, which was at work alone in so many processes that died."""
    turn = AnswerKey(a_prompt().turn)
    desk = desk or FakeDesk(as_operators_want())
    async with (
        open_database(None) as database,
        a_stage(surface, model, database=database, desk=desk) as stage,
    ):
        dead = TurnStore(database, "dead")
        for _ in range(deaths):
            await dead.claim(turn, at_work=True)
            await dead.work(turn)
            await dead.bury("dead")
        stage.engine.checkpoints[turn] = list(checkpoints)
        stage.engine.resume(turn)
        await until(lambda: turn in stage.engine.how)
    return stage.engine


async def test_a_resumed_turn_reads_its_question_and_goes_on_in_the_same_message() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("one two three", every=0.01))
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Count")), a_reply("one two")]
    surface.messages["100.0"] = "one two"
    engine = await resumed(surface, model, SegmentPosted(0, "100.0"))
    assert surface.messages == {"100.0": "one two three"}
    assert [message.text for message in model.asked[0]] == ["Be kind.", "Count"]
    assert engine.how[AnswerKey(a_prompt().turn)] == "done"


async def test_a_message_whose_checkpoint_was_lost_is_found_by_what_slack_keeps_of_it() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("one two three", every=0.01))
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Count")), a_reply("one")]
    surface.messages["100.0"] = "one"
    await resumed(surface, model)
    assert surface.messages == {"100.0": "one two three"}


async def test_readers_of_a_resumed_answer_never_see_less_than_they_saw() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("a b c d e f g h i j", every=0.01))
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Spell")), a_reply("a b c d e f")]
    surface.messages["100.0"] = "a b c d e f"
    await resumed(surface, model)
    assert min(len(text) for _, text in surface.shown) >= len("a b c d e f")


async def test_what_a_resumed_answer_has_no_need_of_is_taken_away() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("short", every=0))
    surface.thread = [
        ThreadMessage("5.0", "U1", text_parts("Count")),
        a_reply("long"),
        a_reply("longer", part="1", ts="101.0"),
    ]
    surface.messages |= {"100.0": "long", "101.0": "longer"}
    await resumed(surface, model)
    assert surface.messages == {"100.0": "short"}


@pytest.mark.parametrize(
    "admission", [None, Refusal(CHANNEL_OFF, notes.CHANNEL_OFF)], ids=["on", "switched off there"]
)
async def test_who_asked_a_process_that_died_for_the_settings_is_shown_them_by_the_next(
    admission: Refusal | None,
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    asked = ThreadMessage("5.0", "U1", text_parts("settings"), to=Addressees(us=True))
    surface.thread = [asked]
    desk = FakeDesk(lambda turn: admission or as_operators_want()(turn))
    engine = await resumed(surface, model, desk=desk)
    assert [one.text for one in surface.whispers] == [notes.SETTINGS_HERE.english]
    assert (surface.messages, model.asked, desk.settled) == ({}, [], [])
    assert engine.how[AnswerKey(a_prompt().turn)] == "settings"


async def test_a_question_that_was_deleted_meanwhile_is_not_answered() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = ThreadGone("conversations.replies: thread_not_found")
    engine = await resumed(surface, model)
    assert surface.messages == {}
    assert engine.how[AnswerKey(a_prompt().turn)] == "gone"


async def test_a_question_that_is_gone_is_looked_for_once_and_costs_nobody_anything() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = ThreadGone("conversations.replies: thread_not_found")
    desk = FakeDesk(as_operators_want())
    await resumed(surface, FakeModel(), desk=desk)
    assert surface.reads == TRIES_UNSEEN + 1 + DOUBTS  # heard once, and read once
    assert desk.settled == []


async def test_a_turn_that_killed_three_processes_is_given_up_and_says_so() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Divide by zero")), a_reply("Well,")]
    surface.messages["100.0"] = "Well,"
    await resumed(surface, model, deaths=3)
    assert surface.messages == {"100.0": f"Well,\n\n⚠️ {notes.GAVE_UP.english}"}
    assert model.asked == []


@pytest.mark.parametrize(
    ("deaths", "told"),
    [(4, [f"⚠️ {notes.GAVE_UP.english}"]), (5, [])],
    ids=["in words of our own", "without a word"],
)
async def test_a_turn_that_kills_while_it_is_given_up_is_ended_without_what_it_read(
    caplog: pytest.LogCaptureFixture, deaths: int, told: list[str]
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    await resumed(surface, model, deaths=deaths)
    assert (list(surface.messages.values()), surface.reads, model.asked) == (told, 0, [])
    assert "turn.given_up" in caplog.text


async def test_what_was_over_when_its_process_died_is_not_begun_again() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    async with open_database(None) as database, a_stage(surface, model, database=database) as stage:
        await TurnStore(database, "dead").claim(AnswerKey(a_prompt().turn), at_work=False)
        await TurnStore(database, "dead").finish(AnswerKey(a_prompt().turn))
        stage.engine.resume(AnswerKey(a_prompt().turn))
        await until(lambda: bool(stage.engine.how))
    assert surface.messages == {}
    assert stage.engine.how == {AnswerKey(a_prompt().turn): "over"}


async def metered(*deltas: Delta) -> DeltaStream:
    for delta in deltas:
        yield delta


async def failing() -> DeltaStream:
    raise ModelStalled("silent for 60 s")
    yield Text("")


@pytest.mark.parametrize(
    ("answer", "used", "answered"),
    [
        (metered(Text("Four."), Usage(12, 3), Finish(Reason.STOP)), Usage(12, 3), True),
        (words("Four.", every=0), None, True),
        (failing(), None, False),
    ],
)
async def test_what_a_turn_has_used_is_settled_once_when_it_is_over(
    answer: DeltaStream, used: Usage | None, *, answered: bool
) -> None:
    desk = FakeDesk(as_operators_want())
    async with a_stage(FakeSurface(latency=0), FakeModel(answer), desk=desk) as stage:
        await stage.turns.take(prompt := a_prompt())
    place = await desk.reserve("T", "U1", AnswerKey(prompt.turn))
    assert desk.settled == [(place, used, answered)]


async def test_a_take_that_somebody_else_wanted_is_paid_by_them_and_they_hear_why_it_is_not_written() -> None:
    surface, desk = FakeSurface(latency=0), FakeDesk(as_operators_want())
    surface.thread = [as_message(prompt := a_prompt())]
    wanted = AnswerKey(prompt.turn, 1, payer="U9")
    async with a_stage(surface, FakeModel(words("La la", every=0)), desk=desk) as stage:
        await stage.turns.again(wanted)
    assert [place.person for place, *_ in desk.settled] == ["U9"]
    desk.spent = Refusal("budget-of-person", Translatable("Enough for today."))
    async with a_stage(surface, FakeModel(), desk=desk) as stage:
        await stage.turns.again(replace(wanted, take=2))
    assert [(one.user, one.text) for one in surface.whispers] == [("U9", "Enough for today.")]


@pytest.mark.parametrize("kind", [Kind.MENTION, Kind.DIRECT, Kind.FOLLOW_UP])
async def test_where_a_budget_is_used_up_whoever_asked_reads_so(kind: Kind) -> None:
    surface, model, desk = FakeSurface(latency=0), FakeModel(), FakeDesk(as_operators_want())
    desk.spent = Refusal("budget-of-person", Translatable("Enough for today."))
    rules = ReplyRules(Follow.EVERYONE)
    async with a_stage(surface, model, desk=desk, rules=rules) as stage:
        await stage.record.claim(AnswerKey(a_prompt(ts="4.0").turn), at_work=False)
        await stage.record.finish(AnswerKey(a_prompt(ts="4.0").turn))
        await stage.turns.take(a_prompt(kind=kind))
    shown = [*surface.messages.values(), *(one.text for one in surface.whispers)]
    assert shown == ["Enough for today."]
    assert (model.asked, desk.settled) == ([], [])


class ClosingDesk:
    """Notes which turns are over; what is said of their actions is said when it is `told`."""

    def __init__(self) -> None:
        self.closed: list[AnswerKey] = []
        self.gone: set[str] = set()
        self.told = asyncio.Event()

    async def close(self, turn: AnswerKey) -> None:
        self.closed.append(turn)

    async def withdraw(self, turn: AnswerKey, gone: Collection[str]) -> None:
        self.gone.update(gone)

    def is_untidy(self, turn: AnswerKey) -> bool:
        return not self.told.is_set()

    async def tidied(self, turn: AnswerKey) -> None:
        await self.told.wait()


async def test_tools_know_for_whom_they_work_and_hear_when_that_is_over() -> None:
    desk, worked_for = ClosingDesk(), []

    async def answer() -> DeltaStream:
        worked_for.append(TURN.get())
        async for delta in words("La", every=0):
            yield delta

    prompt = a_prompt()
    async with a_stage(FakeSurface(latency=0), FakeModel(answer()), approvals=desk) as stage:
        await stage.turns.take(prompt)
    assert worked_for == desk.closed == [AnswerKey(prompt.turn)]
    assert TURN.get() is None


@pytest.mark.parametrize("desk", [ClosingDesk(), None], ids=["tools", "no tools"])
async def test_of_a_message_that_is_deleted_and_no_part_of_the_answer_its_tools_hear(
    desk: ClosingDesk | None,
) -> None:
    heard, go = asyncio.Event(), asyncio.Event()

    async def answer() -> DeltaStream:
        heard.set()
        await go.wait()
        async for delta in words("La", every=0):
            yield delta

    async with a_stage(FakeSurface(latency=0), FakeModel(answer()), approvals=desk) as stage:
        await stage.turns.take(a_prompt())
        await heard.wait()
        await stage.turns.vanish(Vanished("T", "C", "5.0", "5.5", ours=True))
        go.set()
    assert desk is None or desk.gone == {"5.5"}


async def test_a_turn_is_over_for_the_engine_when_all_that_was_asked_in_it_says_what_became_of_it() -> None:
    desk, surface = ClosingDesk(), FakeSurface(latency=0)
    model = FakeModel(words("La", every=0), words("La la", every=0))
    async with a_stage(surface, model, approvals=desk, lasting=True) as stage:
        await stage.turns.take(first := a_prompt(ts="5.0"))
        await stage.turns.take(a_prompt(ts="6.0", user="U2"))
        # The next question of the thread waits for none of it.
        await until(lambda: "La la" in surface.messages.values() and len(desk.closed) == 2)
        assert stage.engine.how == {}
        desk.told.set()
    assert AnswerKey(first.turn) in stage.engine.how


@pytest.mark.parametrize("text", ["", "leave"])
async def test_what_no_model_is_asked_for_takes_no_place_in_a_budget(text: str) -> None:
    surface, model, desk = FakeSurface(latency=0), FakeModel(), FakeDesk(as_operators_want())
    desk.spent = Refusal("budget-of-person", notes.SPENT_PERSON)
    prompt = replace(a_prompt(text or "x"), to=Addressees(us=True))
    async with a_stage(surface, model, desk=desk) as stage:
        await stage.turns.take(prompt if text else replace(prompt, parts=()))
    assert notes.SPENT_PERSON.english not in "".join(surface.messages.values())
    assert (len(surface.messages), desk.settled, surface.whispers) == (1, [], [])


class ChargingDesk(FakeDesk):
    """Keeps which models were paid for."""

    def __init__(self, resolve: Callable[[TurnKey], Admission]) -> None:
        super().__init__(resolve)
        self.models: list[str] = []

    async def settle(
        self, place: Reservation, used: Usage | None, *, answered: bool, model: str = ""
    ) -> None:
        self.models.append(model)


async def test_who_has_chosen_a_model_is_answered_by_it_and_it_is_paid_for() -> None:
    usual, other = FakeModel(), FakeModel(words("La la", every=0))
    other.label = "other"
    wanted = Preferences("Be kind.", 1000, model="other", wishes=Wishes("Rhyme."), language="ja")
    desk = ChargingDesk(lambda _: wanted)
    async with a_stage(FakeSurface(latency=0), usual, others=[other], desk=desk) as stage:
        await stage.turns.take(a_prompt())
    system, question = other.asked[0]
    assert (usual.asked, desk.models) == ([], ["other"])
    assert ("Rhyme." in question.text, "Rhyme." in system.text) == (True, False)


@asynccontextmanager
async def asked_before_its_model_is_there(
    surface: FakeSurface, model: FakeModel
) -> AsyncGenerator[tuple[Stage, LateModels]]:
    """Somebody has asked, and reads that it is thought about."""

    async def opened() -> ModelChoice:
        return ModelChoice(model)

    late = LateModels(["fake"], opened)
    async with a_stage(surface, model, models=late) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.statuses))
        yield stage, late


async def test_who_asks_before_the_model_is_there_sees_as_always_that_it_thinks_and_is_answered_then() -> (
    None
):
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    async with asked_before_its_model_is_there(surface, model) as (_, late):
        assert surface.messages == {}
        await late.load()
    assert list(surface.messages.values()) == ["La la"]


async def test_what_is_stopped_before_the_model_is_there_is_not_asked() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    async with asked_before_its_model_is_there(surface, model) as (stage, late):
        await stage.turns.stop(a_prompt().thread)
        await until(lambda: AnswerKey(a_prompt().turn) in stage.engine.how)
        await late.load()
    assert (surface.messages, model.asked) == ({}, [])
