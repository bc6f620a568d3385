"""Several processes of the bot in one workspace, on one database: killed, told to leave, asked to stop."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from benchmarks.chaos.front import Troubles, front_of
from benchmarks.chaos.model import answer_words, model_server
from benchmarks.chaos.replicas import Replicas, database_url
from bot.core.conversation import notices as notes
from bot.core.conversation.quarantine import CONVICTED, DANGEROUS
from slack_emulator.server import Workspace
from tests.patience import HANGING, SLACK_WAITS
from tests.stories.test_answering import replies
from tests.stories.test_controls import AFTER, offered

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from benchmarks.chaos.model import Model
    from benchmarks.chaos.replicas import Replica


WORDS = 40
WHOLE = " ".join(answer_words(1, WORDS))
DRAIN = 0.2  # seconds that a process which is told to leave lets answers run
CALM = Troubles(0.0, 0.0, 0.0)


@dataclass
class Stage:
    """A workspace, a model that takes four seconds for an answer, and who answers."""

    slack: Workspace
    model: Model
    replicas: Replicas

    async def serve(self) -> Replica:
        """One replica, ready to answer."""
        replica = await self.replicas.start()
        await replica.until_ready(HANGING)
        return replica

    async def ask(self, number: int = 1) -> str:
        """A question whose answer has begun to be shown; its ts."""
        ts = await self.slack.say("general", "ada", f"@Teleprinter question {number}")
        await self.slack.wait_for(lambda: len("".join(replies(self.slack, ts)).split()) > 3)
        return ts

    async def answered(self, ts: str, *texts: str) -> None:
        await self.slack.wait_for(lambda: replies(self.slack, ts) == list(texts))


@asynccontextmanager
async def a_stage(where: Path | str, folder: Path, **settings: str) -> AsyncGenerator[Stage]:
    async with (
        Workspace.start(patience=SLACK_WAITS) as slack,
        front_of(slack.api_url, troubles=CALM) as (_, front_url),
        model_server(words=WORDS, every=0.1, failing=0.0) as (model, model_url),
        asyncio.TaskGroup() as tasks,
    ):
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:chaos",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": database_url(where),
            "TELEPRINTER_DRAIN_SECONDS": str(DRAIN),
            **settings,
        }
        stage = Stage(slack, model, Replicas(folder, front_url, environment, tasks))
        try:
            yield stage
        finally:
            await stage.replicas.close()
            sys.stdout.write(stage.replicas.logged())  # shown where the test fails


async def test_what_a_killed_replica_was_writing_another_finishes_in_the_same_message(
    somewhere: Path | str, tmp_path: Path
) -> None:
    async with a_stage(somewhere, tmp_path) as stage:
        first, second = await stage.serve(), await stage.serve()
        ts = await stage.ask()
        writer = first if any("turn.started" in line for line in first.said) else second
        await stage.replicas.kill(writer)
        await stage.answered(ts, WHOLE)
        await stage.slack.redeliver(ts)
        (gap,) = stage.model.gaps()
    assert gap < 10.0  # two seconds on a machine of its own: see `python -m benchmarks chaos`


@pytest.mark.slow
async def test_who_is_told_to_leave_hands_its_turns_over(somewhere: Path | str, tmp_path: Path) -> None:
    async with a_stage(somewhere, tmp_path) as stage:
        before = await stage.serve()
        ts = await stage.ask()
        after = await stage.replicas.start()
        assert await stage.replicas.leave(before) == 0
        await after.until_ready(HANGING)
        await stage.answered(ts, WHOLE)
    assert any("turns.left" in line for line in before.said)


async def test_a_bot_alone_goes_on_when_it_is_started_again(tmp_path: Path) -> None:
    async with a_stage(tmp_path / "turns.sqlite", tmp_path) as stage:
        ts = await ask_and_kill(stage)
        await stage.serve()
        await stage.answered(ts, WHOLE)


@pytest.mark.slow
async def test_a_native_stream_whose_process_was_killed_goes_on_in_the_same_message_by_edits(
    somewhere: Path | str, tmp_path: Path
) -> None:
    async with a_stage(somewhere, tmp_path, TELEPRINTER_NATIVE_STREAMS="dms") as stage:
        slack, direct = stage.slack, stage.slack.direct("ada", stage.slack.app)
        first = await stage.serve()
        ts = await slack.say(direct, "ada", "question 1")
        await slack.wait_for(lambda: len("".join(replies(slack, ts, direct)).split()) > 3)
        (begun,) = slack.messages(direct, ts)
        await stage.replicas.kill(first)
        await stage.serve()
        await slack.wait_for(lambda: replies(slack, ts, direct) == [WHOLE])
        await slack.wait_for(lambda: offered(slack.messages(direct, ts)[0]) == AFTER)
    (message,) = slack.messages(direct, ts)
    assert (begun.streaming_state, message.streaming_state) == ("in_progress", "completed")
    assert message.ts == begun.ts


async def ask_and_kill(stage: Stage) -> str:
    """A question whose answer broke off with its process."""
    alone = await stage.serve()
    ts = await stage.ask()
    await stage.replicas.kill(alone)
    return ts


async def test_a_deleted_reply_ends_the_model_s_work_on_whichever_replica(tmp_path: Path) -> None:
    async with a_stage(tmp_path / "turns.sqlite", tmp_path) as stage:
        await stage.serve()
        await stage.serve()
        ts = await stage.ask()
        (reply,) = stage.slack.messages("general", ts)
        await stage.slack.delete("general", reply.ts)
        (call,) = stage.model.calls[1]
        await asyncio.wait_for(call.ended.wait(), 10)
    assert call.cut_at is not None
    assert replies(stage.slack, ts) == []


async def test_stop_ends_the_model_s_work_on_whichever_replica(somewhere: Path | str, tmp_path: Path) -> None:
    async with a_stage(somewhere, tmp_path) as stage:
        await stage.serve()
        await stage.serve()
        asked = [await stage.ask(number) for number in (1, 2)]
        for ts in asked:  # Slack gives what happens to each of the two by turns
            (reply,) = stage.slack.messages("general", ts)
            await stage.slack.press("general", reply.ts, "ada", "teleprinter.stop")
        for number in (1, 2):
            (call,) = stage.model.calls[number]
            await asyncio.wait_for(call.ended.wait(), HANGING)
            assert call.cut_at is not None
        for ts in asked:
            await stage.slack.wait_for(lambda: replies(stage.slack, ts)[0].endswith("*Stopped.*"))  # noqa: B023
    heard = [one.name for one in stage.replicas.all if any("control.pressed" in line for line in one.said)]
    assert len(heard) == 2


async def test_no_word_of_a_question_or_an_answer_is_kept(tmp_path: Path) -> None:
    where = tmp_path / "kept.sqlite"
    async with a_stage(where, tmp_path) as stage:
        replica = await stage.serve()
        ts = await stage.ask()
        await stage.answered(ts, WHOLE)
        await stage.replicas.kill(replica)
        logged = "\n".join(replica.said)
    kept = where.read_bytes() + where.with_name("kept.sqlite-wal").read_bytes()
    assert ts.encode() in kept
    assert [word for word in ("question 1", "q1w0") if word.encode() in kept or word in logged] == []


INNOCENT, KILLER = (1, 2, 3), 13  # the numbers of questions


@pytest.mark.slow
@pytest.mark.timeout(600)  # a bot is started six times
async def test_a_turn_that_kills_its_process_is_given_up_and_those_beside_it_are_answered(
    somewhere: Path | str, tmp_path: Path
) -> None:
    async with a_stage(somewhere, tmp_path) as stage:
        supervisor = asyncio.create_task(start_again_and_again(stage))
        async with asyncio.timeout(HANGING):
            await serving(stage)
        asked = {
            number: await stage.slack.say("general", "ada", f"@Teleprinter question {number}")
            for number in (*INNOCENT, KILLER)
        }
        answers = {asked[number]: [" ".join(answer_words(number, WORDS))] for number in INNOCENT}
        answers[asked[KILLER]] = [f"⚠️ {notes.GAVE_UP.english}"]
        await stage.slack.wait_for(
            lambda: {ts: replies(stage.slack, ts) for ts in answers} == answers, within=10 * HANGING
        )
        supervisor.cancel()
    assert len(stage.model.calls[KILLER]) <= DANGEROUS + CONVICTED


async def start_again_and_again(stage: Stage) -> None:
    """One replica at a time, which ends whenever the model is asked the killing question."""
    while True:
        seen = len(stage.model.calls.get(KILLER, ()))
        replica = await stage.replicas.start()
        await asked_again(stage.model, seen)
        await stage.replicas.kill(replica)


async def serving(stage: Stage) -> None:
    while True:
        await asyncio.sleep(0.02)
        if stage.replicas.serving:
            return


async def asked_again(model: Model, seen: int) -> None:
    while True:
        await asyncio.sleep(0.02)
        if len(model.calls.get(KILLER, ())) > seen:
            return
