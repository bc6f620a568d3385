"""Which turns a process takes, which of them end early, and what becomes of them when it has to leave."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation import notices as notes
from bot.core.conversation import turn_order as order
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import CONTINUE_PROMPT, ThreadMessage
from bot.core.conversation.incoming import Kind, Vanished
from bot.core.delivery.controls import AnswerEnd, Controls
from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import SegmentPosted, TurnOver
from bot.errors import RateLimited
from bot.model.late_models import LateModels
from bot.observability.facts import Fact
from bot.observability.hooks import subscribe
from tests.fakes import FakeModel, FakeSurface, words
from tests.patience import HANGING
from tests.turns.stage import (
    a_prompt,
    a_stage,
    endless,
    turns_with,
    until,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.core.conversation.incoming import ThreadKey
    from bot.durable.turn_store import Entry
    from bot.model.model_choice import ModelChoice
    from bot.turns.registry import Turns


async def test_a_prompt_is_taken_once() -> None:
    surface = FakeSurface(latency=0)
    async with turns_with(surface, FakeModel(words("La", every=0))) as turns:
        assert await turns.take(a_prompt())
        assert not await turns.take(a_prompt())
    assert list(surface.messages.values()) == ["La"]


async def test_between_the_record_and_the_beginning_a_prompt_is_waited_for() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await turns.drain(5.0)
        assert list(surface.messages.values()) == ["La la"]


async def test_what_is_not_finished_in_time_is_ended_with_a_word() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await turns.drain(0.01)
    (message,) = surface.messages.values()
    assert message.endswith(f"*{notes.STOPPED.english}*")


async def test_who_still_waits_when_we_are_stopped_is_told_and_the_model_is_not_asked() -> None:
    surface = FakeSurface(latency=0)
    model = FakeModel(words("never " * 1000, every=0.01), words("never"), words("never"))
    async with turns_with(surface, model) as turns:
        for ts in ("5.0", "6.0", "7.0"):
            await turns.take(a_prompt(ts=ts, user=f"U{ts}"))
        await until(lambda: bool(surface.messages))
        await turns.drain(0.01)
    assert [message.split("\n")[-1] for message in surface.messages.values()] == [
        f"*{notes.STOPPED.english}*"
    ] * 3


async def test_a_stop_does_not_wait_for_a_rate_limit() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never", every=0))
    surface.thread = RateLimited(15.0)
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt(thread_ts="1.0"))
        await until(lambda: surface.reads == 1)
        await turns.drain(0.01)
    assert [message.split("\n")[0] for message in surface.messages.values()] == [f"*{notes.STOPPED.english}*"]


async def test_a_stop_keeps_what_is_written_and_frees_the_thread() -> None:
    surface = FakeSurface(latency=0)
    model = FakeModel(words("never " * 1000, every=0.01), words("next", every=0))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await until(lambda: "never never" in "".join(surface.messages.values()))
        await turns.stop(a_prompt().thread)
        await turns.drain(10.0)
        await turns.take(a_prompt("next", ts="6.0", user="U2"))
    first, second = surface.messages.values()
    assert first.startswith("never never")
    assert first.endswith(f"*{notes.HALTED.english}*")
    assert second == "next"


async def test_a_stop_on_another_replica_reaches_the_turn() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with open_database(None) as database, a_stage(surface, model, database=database) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await TurnStore(database, "another").stop(a_prompt().thread)
        await stage.turns.drain(10.0)
    (message,) = surface.messages.values()
    assert message.endswith(f"*{notes.HALTED.english}*")


async def test_a_thread_is_left_without_a_word_in_it() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("One", every=0))
    follow_up = a_prompt("two?", ts="7.0", kind=Kind.FOLLOW_UP)
    async with a_stage(surface, model) as stage:
        await stage.turns.take(a_prompt())
        await stage.turns.drain(10.0)
        await stage.turns.leave(a_prompt().thread, since="6.0")
        await stage.turns.take(follow_up)
    assert list(surface.messages.values()) == ["One"]
    assert stage.engine.how[AnswerKey(follow_up.turn)] == "not ours: asked to leave"


async def test_who_waits_is_stopped_as_well_and_says_nothing() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with a_stage(surface, model) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await stage.turns.take(a_prompt(ts="6.0", user="U2"))
        async with asyncio.timeout(HANGING):
            await waiting(stage.record)
        await stage.turns.stop(a_prompt().thread)
    assert len(surface.messages) == 1
    assert stage.engine.how[AnswerKey(a_prompt(ts="6.0", user="U2").turn)] == "stopped"


async def waiting(record: TurnStore) -> None:
    """Until the question of ts 6.0 waits for its turn."""
    while True:
        if await record.entries([AnswerKey(a_prompt(ts="6.0", user="U2").turn)]):
            return


async def test_a_deleted_question_ends_its_turn_without_a_word() -> None:
    surface, heard = FakeSurface(latency=0), asyncio.Event()
    async with a_stage(surface, FakeModel(endless(heard))) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await stage.turns.vanish(Vanished("T", "C", "5.0", "5.0", ours=False))
        await asyncio.wait_for(heard.wait(), 10)
    (message,) = surface.messages.values()
    assert set(message.split()) == {"more"}
    assert list(stage.engine.how.values()) == ["gone"]


async def test_a_deleted_reply_ends_its_turn_and_is_not_posted_again() -> None:
    surface, heard = FakeSurface(latency=0), asyncio.Event()
    async with a_stage(surface, FakeModel(endless(heard))) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        (ts,) = surface.messages
        surface.delete_as_a_person(ts)
        await stage.turns.vanish(Vanished("T", "C", "5.0", ts, ours=True))
        await asyncio.wait_for(heard.wait(), 10)
    assert surface.messages == {}
    assert list(stage.engine.how.values()) == ["gone"]


async def test_that_an_older_reply_is_deleted_concerns_no_running_turn() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("one two three", every=0.03))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await turns.vanish(Vanished("T", "C", "5.0", "3.0", ours=True))
    assert list(surface.messages.values()) == ["one two three"]


async def test_a_turn_that_was_adopted_is_not_taken_for_another_replica_s_before_it_begins() -> None:
    class Slow(TurnStore):
        async def claim(self, turn: AnswerKey, *, at_work: bool) -> Entry:
            await asyncio.sleep(0.1)  # several looks
            return await super().claim(turn, at_work=at_work)

    surface, model, turn = (
        FakeSurface(latency=0),
        FakeModel(words("Yes.", every=0)),
        AnswerKey(a_prompt().turn),
    )
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Well?"))]
    async with (
        open_database(None) as database,
        a_stage(surface, model, database=database, kind=Slow) as stage,
    ):
        await TurnStore(database, "dead").claim(turn, at_work=False)
        stage.engine.resume(turn)
        await until(lambda: turn in stage.engine.how)
    assert list(surface.messages.values()) == ["Yes."]


async def test_a_turn_that_is_over_is_let_be_while_the_engine_still_records_its_last_message() -> None:
    surface, turn, told = FakeSurface(latency=0), AnswerKey(a_prompt().turn), list[Fact]()
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Well?"))]
    with subscribe(told.append):
        async with a_stage(surface, FakeModel(words("Yes.", every=0))) as stage:
            posted = await stage.turns.go_on(turn, [])
            await until(lambda: "turn.over" in {one.name for one in told})
            await stage.turns.look()
            assert await stage.turns.go_on(turn, [cast("SegmentPosted", posted)]) == TurnOver("done")


async def test_a_stopped_turn_is_let_be_as_well_once_it_is_over() -> None:
    surface, turn, told = FakeSurface(latency=0), AnswerKey(a_prompt().turn), list[Fact]()
    surface.thread = [ThreadMessage("5.0", "U1", text_parts("Well?"))]
    with subscribe(told.append):
        async with a_stage(surface, FakeModel(words("never " * 1000, every=0.01))) as stage:
            posted = await stage.turns.go_on(turn, [])
            await stage.turns.stop(turn.thread)
            await until(lambda: "turn.over" in {one.name for one in told})
            await stage.turns.look()
            assert await stage.turns.go_on(turn, [cast("SegmentPosted", posted)]) == TurnOver("done")


# ---- leaving, and being left behind


async def test_what_is_lasting_is_left_to_others_without_a_word() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with open_database(None) as database:
        async with a_stage(surface, model, database=database, lasting=True) as stage:
            await stage.turns.take(a_prompt())
            await until(lambda: bool(surface.messages))
            await stage.turns.drain(0.01)
        await stage.record.bury("me")
        left = (await stage.record.entries([AnswerKey(a_prompt().turn)]))[AnswerKey(a_prompt().turn)]
    (message,) = surface.messages.values()
    assert set(message.split()) == {"never"}
    assert stage.engine.how == {}
    assert (left.stage, left.attempts) == (order.TurnStage.WRITING, 1)  # to have to leave is no failure


async def test_what_waits_for_a_model_that_cannot_be_loaded_is_left_to_others_at_once() -> None:
    surface, turn, told = FakeSurface(latency=0), AnswerKey(a_prompt().turn), list[Fact]()
    late = LateModels(["fake"], broken)
    async with open_database(None) as database:
        with subscribe(told.append):
            async with a_stage(surface, FakeModel(), database=database, lasting=True, models=late) as stage:
                await stage.turns.take(a_prompt())
                await until(lambda: bool(surface.statuses))
                with pytest.raises(ImportError):
                    await late.load()
                await asyncio.wait_for(stage.turns.drain(2 * HANGING), HANGING)
        await stage.record.bury("me")
        left = (await stage.record.entries([turn]))[turn]
    assert (surface.messages, stage.engine.how) == ({}, {})
    assert (left.stage, left.attempts, left.runs) == (order.TurnStage.THINKING, 1, True)
    assert "turn.crashed" not in {one.name for one in told}


async def test_what_waits_for_a_model_that_cannot_be_loaded_is_told_where_nobody_else_can_answer() -> None:
    surface, late = FakeSurface(latency=0), LateModels(["fake"], broken)
    async with a_stage(surface, FakeModel(), models=late) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.statuses))
        with pytest.raises(ImportError):
            await late.load()
        await asyncio.wait_for(stage.turns.drain(2 * HANGING), HANGING)
    (message,) = surface.messages.values()
    assert notes.CRASHED.english in message
    assert None not in stage.engine.how.values()
    assert len(stage.engine.how) == 1


async def broken() -> ModelChoice:
    raise ImportError("half of a package")


async def test_what_could_not_be_put_on_record_is_told_when_its_process_ends() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with a_stage(surface, model, lasting=True) as stage:
        stage.engine.unkept = True
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await stage.turns.drain(0.01)
    (message,) = surface.messages.values()
    assert notes.STOPPED.english in message


async def test_a_turn_that_another_replica_has_taken_is_left_without_a_word() -> None:
    surface, heard = FakeSurface(latency=0), asyncio.Event()
    async with open_database(None) as database:
        async with a_stage(surface, FakeModel(endless(heard)), database=database) as stage:
            await stage.turns.take(a_prompt())
            await until(lambda: bool(surface.messages))
            await TurnStore(database, "another").claim(AnswerKey(a_prompt().turn), at_work=False)
            await asyncio.wait_for(heard.wait(), 10)
        left = (await stage.record.entries([AnswerKey(a_prompt().turn)]))[AnswerKey(a_prompt().turn)]
    assert stage.engine.how == {}
    assert (left.stage, left.replica) == (order.TurnStage.WRITING, "another")


async def test_stop_that_was_left_below_an_answer_is_the_next_process_s_to_take_away() -> None:
    surface, turn = FakeSurface(latency=0), AnswerKey(a_prompt().turn)
    model = FakeModel(words("one two three four five six", every=0.2))
    async with open_database(None) as database:
        async with a_stage(surface, model, database=database, lasting=True) as stage:
            await stage.turns.take(a_prompt())
            await until(lambda: surface.messages == {"100.0": "one"})
            surface.fail.append(RateLimited(30))
            await until(lambda: surface.live == {"100.0": True, "101.0": False})
            await over(stage.record, turn)
            await stage.turns.drain(HANGING)  # at once: nothing is being written any more
        assert stage.engine.how == {}
        async with a_stage(surface, FakeModel(), database=database, lasting=True) as next_one:
            next_one.engine.checkpoints[turn] = [SegmentPosted(0, "100.0"), SegmentPosted(1, "101.0")]
            next_one.engine.resume(turn)
            await until(lambda: turn in next_one.engine.how)
    assert surface.messages == {"100.0": "one", "101.0": "two three four five six"}
    assert surface.live == {"100.0": False, "101.0": False}


async def over(record: TurnStore, turn: AnswerKey) -> None:
    """Wait until the turn is over on record."""
    async with asyncio.timeout(HANGING):
        while True:
            if await record.over([turn.claim]):
                return
            await asyncio.sleep(0.01)


QUESTION_GONE = Vanished("T", "C", "5.0", "5.0", ours=False)


# ---- further takes


def a_thread() -> list[ThreadMessage]:
    said = [("5.0", "U1", "Sing", ""), ("6.0", "UBOT", "La la", "T:C:5.0:0"), ("7.0", "U2", "Thanks", "")]
    return [ThreadMessage(ts, user, text_parts(text), bool(mark), mark) for ts, user, text, mark in said]


async def test_a_further_take_is_begun_once_and_reads_its_question_from_slack() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Fa la", every=0))
    surface.thread = a_thread()
    again = AnswerKey(a_prompt().turn, 1)
    async with turns_with(surface, model) as turns:
        assert [await turns.again(again), await turns.again(again)] == [True, False]
    assert list(surface.messages.values()) == ["Fa la"]
    assert [one.text for one in model.asked[0][1:]] == ["Sing"]
    (controls,) = surface.controls.values()
    assert controls == Controls("5.0+01", AnswerEnd.WHOLE, former=("https://sparkling.example/C/6.0",))
    assert surface.statuses == [notes.IS_THINKING.english]


async def test_a_take_that_goes_on_is_told_what_was_written() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("la", every=0))
    surface.thread = a_thread()
    async with turns_with(surface, model) as turns:
        assert await turns.again(AnswerKey(a_prompt().turn, 1, continues=0))
    assert [one.text for one in model.asked[0][1:]] == ["Sing", "La la", CONTINUE_PROMPT]


async def test_what_was_stopped_while_nobody_wrote_is_finished_as_it_stands() -> None:
    surface, turn = FakeSurface(latency=0), AnswerKey(a_prompt().turn)
    surface.thread = a_thread()
    surface.messages["6.0"] = "La la"
    async with open_database(None) as database:
        dead = TurnStore(database, "dead")
        await dead.prepare()
        await dead.claim(turn, at_work=True)
        await dead.write(turn)
        await dead.stop(turn.thread)
        async with a_stage(surface, FakeModel(), database=database) as stage:
            stage.engine.checkpoints[turn] = [SegmentPosted(0, "6.0")]
            stage.engine.resume(turn)
            await until(lambda: turn in stage.engine.how)
    assert surface.messages == {"6.0": f"La la\n\n*{notes.HALTED.english}*"}
    assert surface.controls["6.0"] == Controls("5.0", AnswerEnd.STOPPED)
    assert stage.engine.how[turn] == "stopped"


@pytest.mark.parametrize(
    ("end", "text", "controls"),
    [
        (
            lambda turns: turns.stop(a_prompt().thread),
            f"La la\n\n*{notes.HALTED.english}*",
            Controls("5.0", AnswerEnd.STOPPED),
        ),
        (lambda turns: turns.vanish(QUESTION_GONE), "La la", Controls("5.0", AnswerEnd.CLOSED)),
    ],
    ids=["stopped", "its question is gone"],
)
async def test_what_another_process_has_written_is_finished_where_its_turn_ends_while_it_waits(
    end: Callable[[Turns], Awaitable[None]], text: str, controls: Controls
) -> None:
    turn, reading = AnswerKey(a_prompt().turn), asyncio.Event()

    class Reading(FakeSurface):
        async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]:
            if not reading.is_set():
                reading.set()
                await asyncio.sleep(HANGING)
            return a_thread()

    surface = Reading(latency=0)
    surface.messages["6.0"], surface.live["6.0"] = "La la", True
    async with open_database(None) as database:
        dead = TurnStore(database, "dead")
        await dead.prepare()
        await dead.claim(turn, at_work=True)
        await dead.write(turn)
        async with a_stage(surface, FakeModel(), database=database, lasting=True) as stage:
            stage.engine.checkpoints[turn] = [SegmentPosted(0, "6.0")]
            stage.engine.resume(turn)
            await asyncio.wait_for(reading.wait(), HANGING)
            await end(stage.turns)
            await until(lambda: turn in stage.engine.how)
    assert surface.messages == {"6.0": text}
    assert surface.live == {"6.0": False}
    assert surface.controls == {"6.0": controls}


async def test_a_deleted_question_leaves_nothing_to_press_below_its_answer() -> None:
    surface, heard = FakeSurface(latency=0), asyncio.Event()
    async with a_stage(surface, FakeModel(endless(heard))) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await stage.turns.vanish(Vanished("T", "C", "5.0", "5.0", ours=False))
    assert list(surface.controls.values()) == [None]
