"""The turns of this process: who is taken, who runs, and which of them have to end early.

heard --on record--> go_on --its pipeline--> over
                        \\____stopped, gone, superseded, or left to another replica____/
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices as notes
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.turn_order import Ending
from bot.core.delivery.controls import AnswerEnd
from bot.durable.workflow import News, SegmentPosted, TurnOver
from bot.observability import facts
from bot.observability.facts import NOT_INSTALLED
from bot.observability.hooks import tell
from bot.observability.levels import Level, LevelKind, offer_levels
from bot.turns.running import Running

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from bot.core.conversation.incoming import Prompt, ThreadKey, Vanished
    from bot.durable.turn_store import Entry
    from bot.language.translatable import Translatable
    from bot.turns.pipeline import Pipeline
    from bot.turns.running import RunningRecord, Starter

LAST_WORDS = 10.0  # seconds that a reply which is ended has to reach Slack
_HALTS: dict[Ending, tuple[Translatable | None, AnswerEnd]] = {
    Ending.STOPPED: (notes.HALTED, AnswerEnd.STOPPED),
    Ending.GONE: (None, AnswerEnd.CLOSED),
}
"""Endings after which the reply stays as it is written, each with the word below it, and what it offers then."""
HANDING_OVER = 5.0  # seconds that the record has to take what we leave to others


class PipelineDirectory(Protocol):
    """Knows the pipeline of each workspace; see `bot.installation`."""

    @property
    def pipelines(self) -> Sequence[Pipeline]:
        """Returns those of the workspaces that are at work."""
        ...

    async def pipeline(self, team: str) -> Pipeline | None:
        """Returns that of the workspace `team`, which it may have to wait for; None where it has not installed us."""
        ...


@asynccontextmanager
async def open_turns(
    starter: Starter, record: RunningRecord, workspaces: PipelineDirectory, *, replica: str, lasting: bool
) -> AsyncGenerator[Turns]:
    """Turns can run, and are owned, while the block does. End it with `drain`; what is left is cancelled.

    What is `lasting` is left to other processes where this one has to end; else its readers are told.
    """
    async with asyncio.TaskGroup() as tasks:
        turns = Turns(tasks, starter, record, workspaces, replica=replica, lasting=lasting)

        def levels() -> list[Level]:
            waiting = sum(one.queue.waiting for one in workspaces.pipelines)
            return [Level(LevelKind.TURNS_WAITING, waiting)]

        try:
            with offer_levels(levels):
                yield turns
        finally:
            turns.cancel()


class Turns:
    """The turns of one process. Its tasks are the group's; see `open_turns`."""

    def __init__(
        self,
        tasks: asyncio.TaskGroup,
        starter: Starter,
        record: RunningRecord,
        workspaces: PipelineDirectory,
        *,
        replica: str,
        lasting: bool,
    ) -> None:
        self._tasks = tasks
        self._starter = starter
        self._record = record
        self._workspaces = workspaces
        self._replica = replica
        self._lasting = lasting
        self._taking: dict[AnswerKey, asyncio.Event] = {}  # set once it is on record
        self._heard: dict[AnswerKey, Prompt | None] = {}  # and not begun yet; None: to be read from Slack
        self._running: dict[AnswerKey, Running] = {}
        self._through: dict[AnswerKey, Pipeline] = {}  # of those whose workspace is at work
        self._changed = asyncio.Event()

    # ---- from Slack

    async def take(self, prompt: Prompt) -> bool:
        """Puts the prompt on record and begins to answer it; to be awaited before Slack gets its ack.

        Returns False where it was taken before, in whichever process: whatever Slack delivers again is answered once. Raises
        what DBOS raises where the turn cannot be put on record: then Slack has to deliver it again.
        """
        return await self._begin(AnswerKey(prompt.turn), prompt)

    async def again(self, answer: AnswerKey) -> bool:
        """Begins a further take at a question, which is read from Slack. Returns False where it was begun before, in whichever
        process. Raises as `take` does."""
        return await self._begin(answer, None)

    async def _begin(self, turn: AnswerKey, prompt: Prompt | None) -> bool:
        while turn in self._taking:
            await self._taking[turn].wait()  # a mention comes as two events at once
        if turn in self._heard or turn in self._running:
            return False
        self._taking[turn], self._heard[turn], first = asyncio.Event(), prompt, False
        try:
            first = await self._starter.start(turn)
        finally:
            self._taking.pop(turn).set()
            if not first:
                self._heard.pop(turn, None)
            self._changed.set()
        return first

    async def vanish(self, message: Vanished) -> None:
        """Ends the turn whose question, or part of whose running reply, somebody has deleted.

        Raises what `bot.durable.turn_store.TurnStore` does.
        """
        await self._record.vanish(message)
        await self.look()

    async def stop(self, thread: ThreadKey, name: str = "") -> None:
        """Ends what is being answered in the thread, on whichever replica, or of that the answer `name`; what is written stays.

        Raises as `vanish` does.
        """
        await self._record.stop(thread, name)
        await self.look()

    async def leave(self, thread: ThreadKey, *, since: str) -> None:
        """Ends following the thread: what is written there after the ts `since` without a mention is nothing to us, until we are
        mentioned again. For all replicas. Raises as `vanish` does."""
        await self._record.leave(thread, since=since)

    # ---- for the engine

    async def go_on(self, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        """Works on the turn until its next message is posted, or it is over. See `bot.durable.workflow.Worker`."""
        running = self._running.get(turn)
        if running is None:
            running = self._running[turn] = Running(turn, self._record)
            running.life = self._tasks.create_task(self._live(running, posted))
        news = await running.news.get()
        if isinstance(news, TurnOver):
            del self._running[turn]
            self._changed.set()
        return news

    async def look(self) -> None:
        """Looks on record whether any of our turns has been ended, may begin, or was taken on by another replica.

        Raises as `vanish` does.
        """
        # Before it has begun here, a turn that we have adopted is the dead replica's on record.
        begun = [turn for turn, running in self._running.items() if running.begun]
        pipelines = self._workspaces.pipelines
        waited_for = frozenset(thread for one in pipelines for thread in one.queue.threads)
        seen = await self._record.look(begun, waited_for)
        for turn, entry in seen.entries.items():
            if (running := self._running.get(turn)) is not None:
                await self._heed(running, entry)
        for pipeline in pipelines:
            pipeline.queue.look(seen.threads)

    # ---- the end

    async def drain(self, grace: float) -> None:
        """Lets running turns finish for `grace` seconds. Then the rest is left to others, or ends with a word to its readers.

        Waits HANDING_OVER seconds for the record to take what is left, or LAST_WORDS seconds for those words.
        """
        tell(facts.BotStopping(turns=len(self._running), seconds=grace))
        if await self._idle_within(grace) and not self._running:
            return
        lasting = self._outlives
        tell(facts.TurnsLeft(turns=len(self._running), lasting=lasting))
        if lasting:
            await self._hand_over()
        else:
            for pipeline in self._workspaces.pipelines:
                pipeline.leave()
            await self._idle_within(LAST_WORDS)

    def end_team(self, team: str) -> None:
        """Ends what runs in a workspace as it stands, without a word."""
        for running in [one for one in self._running.values() if one.turn.thread.team == team]:
            self._cancel(running, Ending.GONE)

    def cancel(self) -> None:
        """Cancels what runs, as it stands on record."""
        for running in self._running.values():
            if running.life is not None:
                running.life.cancel()

    async def _hand_over(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HANDING_OVER):
                await self._record.hand_over()
        self.cancel()
        await self._starter.abandon()
        self._running.clear()

    async def _idle_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._busy:
                    self._changed.clear()
                    await self._changed.wait()
        return not self._busy

    @property
    def _outlives(self) -> bool:
        """Tells whether others can go on with our turns: what could not be put on record is nobody else's to finish."""
        return self._lasting and not self._starter.unkept

    @property
    def _busy(self) -> bool:
        """Between `take` and the engine's first `go_on` a turn is only heard."""
        return bool(self._heard) or not all(one.tidying or one.is_stuck for one in self._running.values())

    # ---- one turn

    async def _live(self, running: Running, posted: Sequence[SegmentPosted]) -> None:
        heard = self._heard.pop(running.turn, None)
        pipeline = await self._workspaces.pipeline(running.turn.thread.team)
        if pipeline is None:
            await self._give_back(running)
            return
        self._through[running.turn] = pipeline
        try:
            await self._run(running, pipeline, heard, posted)
        finally:
            del self._through[running.turn]

    async def _run(
        self, running: Running, pipeline: Pipeline, heard: Prompt | None, posted: Sequence[SegmentPosted]
    ) -> None:
        async with asyncio.TaskGroup() as tasks:
            running.work = tasks.create_task(pipeline.run(running, heard, posted))
        # Only `_cancel` cancels the work alone.
        how = running.ending.value if running.ending else running.work.result()
        if how is None and self._outlives:
            running.is_stuck = True
            self._changed.set()
            return
        how = how or await pipeline.break_off(running)
        if running.ending is not None and heard is None:
            await pipeline.end_early(running, posted)
        await pipeline.finish(running, how)
        if self._lasting and pipeline.is_untidy(running):
            running.tidying = True
            self._changed.set()
            await pipeline.tidied(running)
            running.tidying = False
        running.news.put_nowait(TurnOver(how))

    async def _give_back(self, running: Running) -> None:
        """Its workspace has not installed us, or no longer has: nobody can be told anything there."""
        await self._record.finish(running.turn)
        tell(facts.TurnEnded(turn=running.turn, how=NOT_INSTALLED))
        running.news.put_nowait(TurnOver(NOT_INSTALLED))

    async def _heed(self, running: Running, entry: Entry) -> None:
        """What stands on record of the turn by now is for it to follow."""
        if entry.replica != self._replica:
            await self._leave(running)
        elif entry.vanished and entry.vanished & self._messages(running):
            self._cancel(running, Ending.GONE)  # of what is deleted nothing is left to be finished
        elif entry.ending is not None:
            self._end(running, entry.ending)
        elif entry.vanished and (pipeline := self._through.get(running.turn)) is not None:
            await pipeline.withdraw(running, entry.vanished)

    def _messages(self, running: Running) -> frozenset[str]:
        """Returns the messages that the reply stands in so far; none before its workspace is open, or when it is over."""
        pipeline = self._through.get(running.turn)
        return frozenset() if pipeline is None else pipeline.messages(running)

    def _end(self, running: Running, ending: Ending) -> None:
        pipeline = self._through.get(running.turn)
        if pipeline is None or running.ending is not None:
            return
        if ending in _HALTS and pipeline.halt(running, *_HALTS[ending]):
            # What is there is finished as it stands.
            running.ending = ending if ending is Ending.GONE else None
            return
        self._cancel(running, ending)

    def _cancel(self, running: Running, ending: Ending) -> None:
        # Without a pipeline it is over, and the engine has not asked for that news yet: it is still recording the last message.
        if running.work is None or running.work.cancelling() or running.turn not in self._through:
            return
        running.ending = ending
        running.work.cancel()

    async def _leave(self, running: Running) -> None:
        """Another replica has the turn: not a word more of it from us."""
        tell(facts.TurnTaken(turn=running.turn))
        if running.life is not None:
            running.life.cancel()
        self._running.pop(running.turn, None)
        await self._starter.abandon(running.turn)
