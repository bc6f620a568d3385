"""Turns on a stage: a fake workspace, a fake model, and a real record."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from bot.core.conversation.access_rules import AskerStanding
from bot.core.conversation.admission import OperatorRules, admit
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Text
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey
from bot.core.pacing.budget import workspace_budgets
from bot.core.pacing.pacing import Pacing
from bot.delivery.sender import Sender
from bot.durable.change_poller import look_out
from bot.durable.database import open_database
from bot.durable.turn_store import TurnStore
from bot.model.model_choice import ModelChoice
from bot.turns.pipeline import Pipeline
from bot.turns.quarantine_gate import Gate
from bot.turns.registry import Turns, open_turns
from bot.turns.turn_context import ThreadContext
from tests.fakes import FakeDesk, FakeDirectory, FakeEngine, FakeModel, FakeSurface
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bot.core.conversation.admission import Admission
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.incoming import TurnKey
    from bot.core.conversation.reply_policy import ReplyRules
    from bot.durable.database import Database
    from bot.model.answering import Models
    from bot.turns.admission_desk import Admitting, KnownSettings
    from bot.turns.pipeline import TurnApprovals


def a_prompt(
    text: str = "Sing",
    *,
    ts: str = "5.0",
    thread_ts: str = "5.0",
    kind: Kind = Kind.MENTION,
    user: str = "U1",
) -> Prompt:
    return Prompt(ThreadKey("T", "C", thread_ts), ts, user, text_parts(text), kind)


def by_rules(rules: OperatorRules) -> Callable[[TurnKey], Admission]:
    """How turns are answered where everybody is from the same workspace."""
    return partial(admit, rules, standing=AskerStanding(shared=False))


def as_operators_want(*, mention_asker: bool = False) -> Callable[[TurnKey], Admission]:
    """How turns are answered where the settings alone say so."""
    return by_rules(OperatorRules("Be kind.", 1000, mention_asker=mention_asker))


OPERATORS = as_operators_want()


@dataclass(frozen=True)
class OneWorkspace:
    """The workspace T has installed us, and no other."""

    only: Pipeline

    @property
    def pipelines(self) -> list[Pipeline]:
        return [self.only]

    async def pipeline(self, team: str) -> Pipeline | None:
        return self.only if team == "T" else None


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
    resolve: Callable[[TurnKey], Admission] = OPERATORS,
    desk: Admitting | None = None,
    rules: ReplyRules | None = None,
    directory: FakeDirectory | None = None,
    approvals: TurnApprovals | None = None,
    others: Sequence[FakeModel] = (),
    settings: KnownSettings | None = None,
    models: Models | None = None,
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
        context = ThreadContext(surface, record, directory or FakeDirectory(), rules, settings=settings)
        pipeline = Pipeline(
            record,
            context,
            replier,
            models or ModelChoice(model, *others),
            desk or FakeDesk(resolve),
            Gate(),
            approvals=approvals,
        )
        replying = tasks.create_task(replier.run())
        async with open_turns(engine, record, OneWorkspace(pipeline), replica="me", lasting=lasting) as turns:
            engine.worker = turns
            looking = tasks.create_task(look_out(turns.look))
            yield Stage(turns, engine, record)
            await turns.drain(60.0)
        looking.cancel()
        replying.cancel()


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


async def endless(closed: asyncio.Event) -> DeltaStream:
    """An answer without an end, which says when nobody reads it any more."""
    try:
        while True:
            await asyncio.sleep(0.01)
            yield Text("more ")
    finally:
        closed.set()
