"""Who takes a prompt, in which order, and with what the model is asked."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.core import notes
from bot.core.budget import Budget
from bot.core.events import Kind, Prompt, ThreadKey
from bot.core.history import Message, Role, Said
from bot.core.pacing import Pacing
from bot.errors import RateLimited, SlackDenied
from bot.turns import turns as module
from bot.turns.claims import Claims
from bot.turns.replier import Replier
from bot.turns.turns import Turns
from tests.fakes import FakeModel, FakeSurface, words

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


def a_prompt(
    text: str = "Sing",
    *,
    ts: str = "5.0",
    thread_ts: str = "5.0",
    kind: Kind = Kind.MENTION,
    user: str = "U1",
) -> Prompt:
    return Prompt(ThreadKey("T", "C", thread_ts), ts, user, text, kind)


@asynccontextmanager
async def turns_with(
    surface: FakeSurface, model: FakeModel, *, mention_asker: bool = False
) -> AsyncGenerator[Turns]:
    """Running turns. Leaving the block waits until all of them are over."""
    clock = asyncio.get_running_loop().time
    replier = Replier(surface, Pacing(Budget(50, 60.0), lambda _: Budget(50, 60.0)), clock=clock)
    async with Claims.open(None) as claims, asyncio.TaskGroup() as tasks:
        turns = Turns(
            claims,
            surface,
            replier,
            model,
            system="Be kind.",
            history_tokens=1000,
            mention_asker=mention_asker,
        )
        running = tasks.create_task(replier.run())
        async with turns.open():
            yield turns
            await turns.drain(60.0)
        running.cancel()


async def answered(surface: FakeSurface, model: FakeModel, *prompts: Prompt) -> None:
    async with turns_with(surface, model) as turns:
        for prompt in prompts:
            turns.start(prompt)


async def test_a_mention_is_asked_and_answered() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    await answered(surface, model, a_prompt())
    assert list(surface.messages.values()) == ["La la"]
    assert model.asked == [[Message(Role.SYSTEM, "Be kind."), Message(Role.USER, "Sing")]]
    assert surface.statuses == ["is thinking…"]
    assert surface.reads == 0  # there is nothing before the first message of a thread


@pytest.mark.parametrize(
    ("allowed", "said"), [(False, "Hi &lt;@U1>, &lt;@U2>"), (True, "Hi <@U1>, &lt;@U2>")]
)
async def test_whoever_asked_is_mentioned_only_where_that_is_allowed(*, allowed: bool, said: str) -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Hi <@U1>, <@U2>", every=0))
    async with turns_with(surface, model, mention_asker=allowed) as turns:
        turns.start(a_prompt())
    assert list(surface.messages.values()) == [said]


async def test_in_a_thread_the_model_reads_what_was_said_before_and_nothing_later() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = [
        Said("1.0", "U1", "Is the sea blue?"),
        Said("2.0", "UBOT", "It is.", ours=True),
        Said("5.0", "U1", "Why?"),
        Said("6.0", "U1", "Hello?"),
    ]
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert [message.text for message in model.asked[0]] == ["Be kind.", "Is the sea blue?", "It is.", "Why?"]


async def test_a_follow_up_is_answered_where_we_took_part_as_the_record_says() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("One", every=0), words("Two", every=0))
    follow_up = a_prompt("And?", ts="7.0", kind=Kind.FOLLOW_UP)
    await answered(surface, model, a_prompt(), follow_up)
    assert list(surface.messages.values()) == ["One", "Two"]


async def test_a_follow_up_is_answered_where_slack_remembers_that_we_spoke() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Yes", every=0))
    surface.thread = [Said("1.0", "U1", "Hi"), Said("2.0", "UBOT", "Hello!", ours=True)]
    await answered(surface, model, a_prompt("And?", ts="7.0", thread_ts="1.0", kind=Kind.FOLLOW_UP))
    assert list(surface.messages.values()) == ["Yes"]


async def test_other_peoples_threads_are_left_alone_and_asked_about_once() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    surface.thread = [Said("1.0", "U1", "Lunch?"), Said("2.0", "U2", "Sure")]
    talk = [a_prompt("ok", ts=f"{n}.0", thread_ts="1.0", kind=Kind.FOLLOW_UP) for n in range(3, 6)]
    await answered(surface, model, *talk)
    assert surface.messages == {}
    assert surface.statuses == []
    assert surface.reads == 1


async def test_the_memory_of_other_peoples_threads_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STRANGERS", 1)
    surface, model = FakeSurface(latency=0), FakeModel()
    talk = [a_prompt("ok", ts=f"{n}.5", thread_ts=f"{n}.0", kind=Kind.FOLLOW_UP) for n in (1, 2)]
    async with turns_with(surface, model) as turns:
        for prompt in (*talk, talk[0]):
            turns.start(prompt)
            await turns.drain(60.0)
    assert surface.reads == 3


async def test_a_mention_without_a_question_is_greeted() -> None:
    surface, model = FakeSurface(latency=0), FakeModel()
    await answered(surface, model, a_prompt(""))
    assert list(surface.messages.values()) == [notes.HELLO]


async def test_a_thread_that_cannot_be_read_is_answered_and_said_so() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Because.", every=0))
    surface.thread = SlackDenied("conversations.replies: missing_scope")
    await answered(surface, model, a_prompt("Why?", thread_ts="1.0"))
    assert list(surface.messages.values()) == [f"Because.\n\n*{notes.UNREAD}*"]


@pytest.mark.parametrize(("retry_after", "reads"), [(0.001, 2), (600.0, 1)], ids=["short", "long"])
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
    await answered(surface, model, a_prompt("a"), a_prompt("b", ts="6.0"))
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
        async def status(self, thread: ThreadKey, text: str) -> None:
            await asyncio.Event().wait()

    monkeypatch.setattr(module, "COURTESY", 0.01)
    surface = Mute(latency=0)
    await answered(surface, FakeModel(words("La la", every=0)), a_prompt())
    assert list(surface.messages.values()) == ["La la"]


async def test_a_queued_question_knows_the_answer_before_it() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Two.", every=0))
    surface.thread = [
        Said("5.0", "U1", "One?"),
        Said("6.0", "U1", "Two?"),
        Said("8.0", "UBOT", "One.", ours=True),  # posted after the second question, which waited for it
    ]
    await answered(surface, model, a_prompt("Two?", ts="6.0", thread_ts="5.0"))
    assert [message.text for message in model.asked[0][1:]] == ["One?", "One.", "Two?"]


async def test_a_thread_that_could_not_be_read_is_not_taken_for_somebody_elses() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("Yes.", every=0))
    follow_up = a_prompt("And?", ts="7.0", thread_ts="1.0", kind=Kind.FOLLOW_UP)
    async with turns_with(surface, model) as turns:
        surface.thread = SlackDenied("conversations.replies: internal_error")
        turns.start(follow_up)
        await turns.drain(60.0)
        surface.thread = [Said("1.0", "U1", "Hi"), Said("2.0", "UBOT", "Hello!", ours=True)]
        turns.start(follow_up)
    assert list(surface.messages.values()) == ["Yes."]


async def test_a_claim_is_given_once() -> None:
    async with turns_with(FakeSurface(latency=0), FakeModel(words("La", every=0))) as turns:
        assert await turns.claim(a_prompt())
        assert not await turns.claim(a_prompt())
        turns.start(a_prompt())


async def test_what_is_not_finished_in_time_is_ended_with_a_word() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with turns_with(surface, model) as turns:
        turns.start(a_prompt())
        await asyncio.sleep(0.05)
        await turns.drain(0.01)
    (message,) = surface.messages.values()
    assert message.endswith(f"*{notes.STOPPED}*")


async def test_who_still_waits_when_we_are_stopped_is_told_and_the_model_is_not_asked() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never " * 1000, every=0.01))
    async with turns_with(surface, model) as turns:
        for ts in ("5.0", "6.0", "7.0"):
            turns.start(a_prompt(ts=ts))
        await asyncio.sleep(0.05)
        await turns.drain(0.01)
    assert [message.split("\n")[-1] for message in surface.messages.values()] == [f"*{notes.STOPPED}*"] * 3


async def test_a_stop_does_not_wait_for_a_rate_limit() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("never", every=0))
    surface.thread = RateLimited(15.0)
    async with turns_with(surface, model) as turns:
        turns.start(a_prompt(thread_ts="1.0"))
        await asyncio.sleep(0.05)
        await turns.drain(0.01)
    assert [message.split("\n")[0] for message in surface.messages.values()] == [f"*{notes.STOPPED}*"]


async def test_between_claim_and_start_a_prompt_is_waited_for() -> None:
    surface, model = FakeSurface(latency=0), FakeModel(words("La la", every=0))
    async with turns_with(surface, model) as turns:
        assert await turns.claim(a_prompt())
        draining = asyncio.ensure_future(turns.drain(5.0))
        await asyncio.sleep(0)
        turns.start(a_prompt())
        await draining
    assert list(surface.messages.values()) == ["La la"]
