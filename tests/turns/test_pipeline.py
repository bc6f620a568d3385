"""Who takes a prompt, in which order, with what the model is asked, and how a turn ends."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import texts as notes
from bot.core.conversation import turn_order as order
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.deltas import Text
from bot.core.conversation.history import ChatMessage, Role, ThreadMessage
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey, Vanished
from bot.core.pacing.budget import workspace_budgets
from bot.core.pacing.pacing import Pacing
from bot.delivery.sender import Sender
from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.durable.workflow import SegmentPosted
from bot.errors import RateLimited, SlackDenied, ThreadGone
from bot.turns import context as reading
from bot.turns import thread_queue as floor
from bot.turns.context import TRIES, ThreadContext
from bot.turns.pipeline import Turns
from tests.fakes import FakeEngine, FakeModel, FakeSurface, words
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.delivery.calls import SetStatus
    from bot.durable.database import Database
    from bot.durable.turn_store import Entry


def a_prompt(
    text: str = "Sing",
    *,
    ts: str = "5.0",
    thread_ts: str = "5.0",
    kind: Kind = Kind.MENTION,
    user: str = "U1",
) -> Prompt:
    return Prompt(ThreadKey("T", "C", thread_ts), ts, user, text, kind)


@dataclass(frozen=True)
class Stage:
    """Running turns, and what they run on."""

    turns: Turns
    engine: FakeEngine
    record: TurnStore


@asynccontextmanager
async def a_stage(
    surface: FakeSurface,
    model: FakeModel,
    *,
    lasting: bool = False,
    database: Database | None = None,
    kind: type[TurnStore] = TurnStore,
    mention_asker: bool = False,
) -> AsyncGenerator[Stage]:
    """Turns that run while the block does. Leaving it waits until all of them are over."""
    clock = asyncio.get_running_loop().time
    replier = Sender(surface, Pacing(workspace_budgets(posts=50)), clock=clock)
    async with AsyncExitStack() as stack:
        if database is None:
            database = await stack.enter_async_context(open_database(None))
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        engine, record = FakeEngine(), kind(database, "me")
        await record.prepare()
        engine.worker = turns = Turns(
            engine,
            record,
            ThreadContext(surface, record),
            replier,
            model,
            replica="me",
            lasting=lasting,
            system="Be kind.",
            history_tokens=1000,
            mention_asker=mention_asker,
        )
        running = [tasks.create_task(replier.run()), tasks.create_task(turns.watch())]
        async with turns.open():
            yield Stage(turns, engine, record)
            await turns.drain(60.0)
        for task in running:
            task.cancel()


async def until(look: Callable[[], bool]) -> None:
    """Wait until `look` says so."""
    async with asyncio.timeout(HANGING):
        while True:
            if look():
                return
            await asyncio.sleep(0.005)


@asynccontextmanager
async def turns_with(surface: FakeSurface, model: FakeModel) -> AsyncGenerator[Turns]:
    async with a_stage(surface, model) as stage:
        yield stage.turns


async def answered(surface: FakeSurface, model: FakeModel, *prompts: Prompt) -> None:
    async with turns_with(surface, model) as turns:
        for prompt in prompts:
            await turns.take(prompt)


async def test_a_mention_is_asked_and_answered() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    await answered(surface, model, a_prompt())
    assert list(surface.messages.values()) == ["La la"]
    assert model.asked == [[ChatMessage(Role.SYSTEM, "Be kind."), ChatMessage(Role.USER, "Sing")]]
    assert surface.statuses == ["is thinking…"]
    assert surface.reads == 0  # there is nothing before the first message of a thread


@pytest.mark.parametrize(
    ("allowed", "said"), [(False, "Hi &lt;@U1>, &lt;@U2>"), (True, "Hi <@U1>, &lt;@U2>")]
)
async def test_whoever_asked_is_mentioned_only_where_that_is_allowed(*, allowed: bool, said: str) -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Hi <@U1>, <@U2>", every=0))
    async with a_stage(surface, model, mention_asker=allowed) as stage:
        await stage.turns.take(a_prompt())
    assert list(surface.messages.values()) == [said]


async def test_in_a_thread_the_model_reads_what_was_said_before_and_nothing_later() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = [
        ThreadMessage("1.0", "U1", "Is the sea blue?"),
        ThreadMessage("2.0", "UBOT", "It is.", ours=True),
        ThreadMessage("5.0", "U1", "Why?"),
        ThreadMessage("6.0", "U1", "Hello?"),
    ]
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert [message.text for message in model.asked[0]] == ["Be kind.", "Is the sea blue?", "It is.", "Why?"]


async def test_a_follow_up_is_answered_where_we_took_part_as_the_record_says() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("One", every=0), words("Two", every=0))
    follow_up = a_prompt("And?", ts="7.0", kind=Kind.FOLLOW_UP, user="U2")
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await turns.drain(60.0)
        await turns.take(follow_up)
    assert list(surface.messages.values()) == ["One", "Two"]


async def test_a_follow_up_is_answered_where_slack_remembers_that_we_spoke() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Yes", every=0))
    surface.thread = [ThreadMessage("1.0", "U1", "Hi"), ThreadMessage("2.0", "UBOT", "Hello!", ours=True)]
    await answered(surface, model, a_prompt("And?", ts="7.0", thread_ts="1.0", kind=Kind.FOLLOW_UP))
    assert list(surface.messages.values()) == ["Yes"]


async def test_other_peoples_threads_are_left_alone_and_asked_about_once() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = [ThreadMessage("1.0", "U1", "Lunch?"), ThreadMessage("2.0", "U2", "Sure")]
    talk = [a_prompt("ok", ts=f"{n}.0", thread_ts="1.0", kind=Kind.FOLLOW_UP) for n in range(3, 6)]
    await answered(surface, model, *talk)
    assert surface.messages == {}
    assert surface.statuses == []
    assert surface.reads == 1


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
    assert list(surface.messages.values()) == [notes.HELLO]


async def test_a_thread_that_cannot_be_read_is_answered_and_said_so() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = SlackDenied("conversations.replies: missing_scope", code="missing_scope")
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert list(surface.messages.values()) == [f"Because.\n\n*{notes.UNREAD}*"]


@pytest.mark.parametrize(("retry_after", "reads"), [(0.001, TRIES), (600.0, 1)], ids=["short", "long"])
async def test_a_rate_limit_on_reading_is_waited_for_only_when_it_is_short(
    retry_after: float, reads: int
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = RateLimited(retry_after)
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert surface.reads == reads
    assert list(surface.messages.values()) == [f"Because.\n\n*{notes.UNREAD}*"]


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
    assert sorted(surface.messages.values()) == ["fine", f"⚠️ {notes.CRASHED}"]
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
        ThreadMessage("5.0", "U1", "One?"),
        ThreadMessage("6.0", "U1", "Two?"),
        ThreadMessage(
            "8.0", "UBOT", "One.", ours=True
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
        surface.thread = [ThreadMessage("1.0", "U1", "Hi"), ThreadMessage("2.0", "UBOT", "Hello!", ours=True)]
        await turns.take(replace(follow_up, ts="8.0"))
    assert list(surface.messages.values()) == ["Yes."]


async def test_a_prompt_is_taken_once() -> None:
    surface = FakeSurface(latency=0)
    async with turns_with(surface, FakeModel(words("La", every=0))) as turns:
        assert await turns.take(a_prompt())
        assert not await turns.take(a_prompt())
    assert list(surface.messages.values()) == ["La"]


async def test_what_is_not_finished_in_time_is_ended_with_a_word() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await turns.drain(0.01)
    (message,) = surface.messages.values()
    assert message.endswith(f"*{notes.STOPPED}*")


async def test_who_still_waits_when_we_are_stopped_is_told_and_the_model_is_not_asked() -> None:
    surface = FakeSurface(latency=0)
    model = FakeModel(words("never " * 1000, every=0.01), words("never"), words("never"))
    async with turns_with(surface, model) as turns:
        for ts in ("5.0", "6.0", "7.0"):
            await turns.take(a_prompt(ts=ts, user=f"U{ts}"))
        await until(lambda: bool(surface.messages))
        await turns.drain(0.01)
    assert [message.split("\n")[-1] for message in surface.messages.values()] == [f"*{notes.STOPPED}*"] * 3


async def test_a_stop_does_not_wait_for_a_rate_limit() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never", every=0))
    surface.thread = RateLimited(15.0)
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt(thread_ts="1.0"))
        await until(lambda: surface.reads == 1)
        await turns.drain(0.01)
    assert [message.split("\n")[0] for message in surface.messages.values()] == [f"*{notes.STOPPED}*"]


async def test_between_the_record_and_the_beginning_a_prompt_is_waited_for() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt())
        await turns.drain(5.0)
        assert list(surface.messages.values()) == ["La la"]


async def test_the_same_person_writing_again_before_anything_is_shown_supersedes() -> None:
    surface = FakeSurface(latency=0)
    surface.thread = [ThreadMessage("5.0", "U1", "Sing"), ThreadMessage("6.0", "U1", "no, dance")]
    model = FakeModel(words("La " * 1000, every=0.5), words("Dancing", every=0))
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
    monkeypatch.setattr(floor, "WAITS_LONG", floor.LOOK)
    surface = FakeSurface(latency=0)
    model = FakeModel(words("one " * 20, every=0.03), words("two", every=0))
    async with turns_with(surface, model) as turns:
        await turns.take(a_prompt("a"))
        await turns.take(a_prompt("b", ts="6.0", user="U2"))
    assert notes.NEXT in surface.statuses
    assert [text.split()[0] for text in surface.messages.values()] == ["one", "two"]


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
    assert first.endswith(f"*{notes.HALTED}*")
    assert second == "next"


async def test_a_stop_on_another_replica_reaches_the_turn() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with open_database(None) as database, a_stage(surface, model, database=database) as stage:
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await TurnStore(database, "another").stop(a_prompt().thread)
        await stage.turns.drain(10.0)
    (message,) = surface.messages.values()
    assert message.endswith(f"*{notes.HALTED}*")


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


async def endless(closed: asyncio.Event) -> DeltaStream:
    """An answer without an end, which says when nobody reads it any more."""
    try:
        while True:
            await asyncio.sleep(0.01)
            yield Text("more ")
    finally:
        closed.set()


# ---- begun by another process


def a_reply(text: str, *, part: str = "0", ts: str = "100.0") -> ThreadMessage:
    """A message of the turn of `a_prompt()`, as Slack keeps it."""
    return ThreadMessage(ts, "UBOT", text, ours=True, marker=f"T:C:5.0:{part}")


async def resumed(
    surface: FakeSurface, model: FakeModel, *checkpoints: SegmentPosted, deaths: int = 0
) -> FakeEngine:
    """The turn of `a_prompt()`, which was at work alone in so many processes that died."""
    turn = AnswerKey(a_prompt().turn)
    async with open_database(None) as database, a_stage(surface, model, database=database) as stage:
        dead = TurnStore(database, "dead")
        for _ in range(deaths):
            await dead.begin(turn)
            await dead.think(turn)
            await dead.work(turn)
            await dead.bury("dead")
        stage.engine.checkpoints[turn] = list(checkpoints)
        stage.engine.resume(turn)
        await until(lambda: turn in stage.engine.how)
    return stage.engine


async def test_a_resumed_turn_reads_its_question_and_goes_on_in_the_same_message() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("one two three", every=0.01))
    surface.thread = [ThreadMessage("5.0", "U1", "Count"), a_reply("one two")]
    surface.messages["100.0"] = "one two"
    engine = await resumed(surface, model, SegmentPosted(0, "100.0"))
    assert surface.messages == {"100.0": "one two three"}
    assert [message.text for message in model.asked[0]] == ["Be kind.", "Count"]
    assert engine.how[AnswerKey(a_prompt().turn)] == "done"


async def test_a_message_whose_checkpoint_was_lost_is_found_by_what_slack_keeps_of_it() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("one two three", every=0.01))
    surface.thread = [ThreadMessage("5.0", "U1", "Count"), a_reply("one")]
    surface.messages["100.0"] = "one"
    await resumed(surface, model)
    assert surface.messages == {"100.0": "one two three"}


async def test_readers_of_a_resumed_answer_never_see_less_than_they_saw() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("a b c d e f g h i j", every=0.01))
    surface.thread = [ThreadMessage("5.0", "U1", "Spell"), a_reply("a b c d e f")]
    surface.messages["100.0"] = "a b c d e f"
    await resumed(surface, model)
    assert min(len(text) for _, text in surface.shown) >= len("a b c d e f")


async def test_what_a_resumed_answer_has_no_need_of_is_taken_away() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("short", every=0))
    surface.thread = [
        ThreadMessage("5.0", "U1", "Count"),
        a_reply("long"),
        a_reply("longer", part="1", ts="101.0"),
    ]
    surface.messages |= {"100.0": "long", "101.0": "longer"}
    await resumed(surface, model)
    assert surface.messages == {"100.0": "short"}


async def test_a_question_that_was_deleted_meanwhile_is_not_answered() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = ThreadGone("conversations.replies: thread_not_found")
    engine = await resumed(surface, model)
    assert surface.messages == {}
    assert engine.how[AnswerKey(a_prompt().turn)] == "gone"


async def test_a_turn_that_killed_three_processes_is_given_up_and_says_so() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = [ThreadMessage("5.0", "U1", "Divide by zero"), a_reply("Well,")]
    surface.messages["100.0"] = "Well,"
    await resumed(surface, model, deaths=3)
    assert surface.messages == {"100.0": f"Well,\n\n⚠️ {notes.GAVE_UP}"}
    assert model.asked == []


@pytest.mark.parametrize(
    ("deaths", "told"), [(4, [f"⚠️ {notes.GAVE_UP}"]), (5, [])], ids=["in words of our own", "without a word"]
)
async def test_a_turn_that_kills_while_it_is_given_up_is_ended_without_what_it_read(
    caplog: pytest.LogCaptureFixture, deaths: int, told: list[str]
) -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    await resumed(surface, model, deaths=deaths)
    assert (list(surface.messages.values()), surface.reads, model.asked) == (told, 0, [])
    assert "turn.given_up" in caplog.text


async def test_a_turn_that_was_adopted_is_not_taken_for_another_replica_s_before_it_begins() -> None:
    class Slow(TurnStore):
        async def begin(self, turn: AnswerKey) -> Entry:
            await asyncio.sleep(0.1)  # several looks of the watch
            return await super().begin(turn)

    surface, model, turn = (
        FakeSurface(latency=0),
        FakeModel(words("Yes.", every=0)),
        AnswerKey(a_prompt().turn),
    )
    surface.thread = [ThreadMessage("5.0", "U1", "Well?")]
    async with (
        open_database(None) as database,
        a_stage(surface, model, database=database, kind=Slow) as stage,
    ):
        await TurnStore(database, "dead").begin(turn)
        stage.engine.resume(turn)
        await until(lambda: turn in stage.engine.how)
    assert list(surface.messages.values()) == ["Yes."]


async def test_what_was_over_when_its_process_died_is_not_begun_again() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    async with open_database(None) as database, a_stage(surface, model, database=database) as stage:
        await TurnStore(database, "dead").begin(AnswerKey(a_prompt().turn))
        await TurnStore(database, "dead").finish(AnswerKey(a_prompt().turn))
        stage.engine.resume(AnswerKey(a_prompt().turn))
        await until(lambda: bool(stage.engine.how))
    assert surface.messages == {}
    assert stage.engine.how == {AnswerKey(a_prompt().turn): "over"}


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


async def test_what_could_not_be_put_on_record_is_told_when_its_process_ends() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with a_stage(surface, model, lasting=True) as stage:
        stage.engine.unkept = True
        await stage.turns.take(a_prompt())
        await until(lambda: bool(surface.messages))
        await stage.turns.drain(0.01)
    (message,) = surface.messages.values()
    assert notes.STOPPED in message


async def test_a_turn_that_another_replica_has_taken_is_left_without_a_word() -> None:
    surface, heard = FakeSurface(latency=0), asyncio.Event()
    async with open_database(None) as database:
        async with a_stage(surface, FakeModel(endless(heard)), database=database) as stage:
            await stage.turns.take(a_prompt())
            await until(lambda: bool(surface.messages))
            await TurnStore(database, "another").begin(AnswerKey(a_prompt().turn))
            await asyncio.wait_for(heard.wait(), 10)
        left = (await stage.record.entries([AnswerKey(a_prompt().turn)]))[AnswerKey(a_prompt().turn)]
    assert stage.engine.how == {}
    assert (left.stage, left.replica) == (order.TurnStage.WRITING, "another")
