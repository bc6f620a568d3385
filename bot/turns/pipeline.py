"""A turn: one prompt and its reply. Who takes it, when it may speak in its thread, and how it ends.

heard --on record--> go_on --its thread is free--> answered --all shown--> over
                        \\______stopped, gone, superseded, or left to another replica______/
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from bot.core.conversation import texts as notes
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.history import to_messages
from bot.core.conversation.quarantine import CONVICTED
from bot.core.conversation.turn_order import Ending, TurnStage
from bot.durable.workflow import News, SegmentPosted, TurnOver
from bot.turns.isolation_gate import Gate
from bot.turns.running import Model, Running, RunningRecord, Starter, said
from bot.turns.thread_queue import ThreadQueue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.incoming import Prompt, ThreadKey, Vanished
    from bot.delivery.sender import Sender
    from bot.durable.turn_store import Entry
    from bot.turns.context import Scene, ThreadContext

log = logging.getLogger(__name__)

THINKING = "is thinking…"
LAST_WORDS = 10.0  # seconds that a reply which is ended has to reach Slack
HANDING_OVER = 5.0  # seconds that the record has to take what we leave to others
LOOK = 0.25  # seconds between two looks whether a turn has been ended somewhere else


class Turns:
    """The turns of one process. `take`, `vanish` and `stop` belong inside the block of `open`.

    What is `lasting` is left to other processes where this one has to end; else its readers are told.
    """

    def __init__(
        self,
        starter: Starter,
        record: RunningRecord,
        reading: ThreadContext,
        replier: Sender,
        model: Model,
        *,
        replica: str,
        lasting: bool,
        system: str,
        history_tokens: int,
        mention_asker: bool = False,
    ) -> None:
        self._starter = starter
        self._record = record
        self._reading = reading
        self._replier = replier
        self._model = model
        self._replica = replica
        self._lasting = lasting
        self._system = system
        self._history_tokens = history_tokens
        self._mention_asker = mention_asker
        self._group = asyncio.TaskGroup()
        self._taking: dict[AnswerKey, asyncio.Event] = {}  # set once it is on record
        self._heard: dict[AnswerKey, Prompt] = {}  # and not begun yet
        self._running: dict[AnswerKey, Running] = {}
        self._changed = asyncio.Event()
        self._floor = ThreadQueue(record, reading)
        self._gate = Gate(record)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Turns can run, and are owned, while the block does. End it with `drain`; what is left is cancelled."""
        async with asyncio.TaskGroup() as self._group:
            try:
                yield
            finally:
                self._cancel()

    # ---- from Slack

    async def take(self, prompt: Prompt) -> bool:
        """Put the prompt on record and begin to answer it; to be awaited before Slack gets its ack.

        False where it was taken before, in whichever process: whatever Slack delivers again is answered once.
        """
        turn = AnswerKey(prompt.turn)
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
        """Somebody deleted the message: where it was a question or part of a running reply, the turn ends."""
        await self._record.vanish(message)
        await self.look()

    async def stop(self, thread: ThreadKey) -> None:
        """End what is being answered in the thread, on whichever replica; what is written stays."""
        await self._record.stop(thread)
        await self.look()

    # ---- for the engine

    async def go_on(self, turn: AnswerKey, posted: Sequence[SegmentPosted]) -> News:
        """Work on the turn until its next message is posted, or it is over. See `bot.durable.workflow.Worker`."""
        running = self._running.get(turn)
        if running is None:
            running = self._running[turn] = Running(turn, self._record)
            running.life = self._group.create_task(self._live(running, posted))
        news = await running.news.get()
        if isinstance(news, TurnOver):
            del self._running[turn]
            self._changed.set()
        return news

    async def look(self) -> None:
        """Look on record whether any of our turns has been ended, or taken on by another replica."""
        # Before it has begun here, a turn that we have adopted is the dead replica's on record.
        begun = [turn for turn, running in self._running.items() if running.begun]
        entries = await self._record.entries(begun)
        for turn, entry in entries.items():
            if (running := self._running.get(turn)) is None:
                continue
            if entry.replica != self._replica:
                await self._leave(running)
            elif entry.ending is not None:
                self._end(running, entry.ending)
            elif entry.vanished & self._replier.messages(running.turn):
                self._end(running, Ending.GONE)

    async def watch(self) -> None:
        """Look a few times a second, until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            await self.look()

    async def drain(self, grace: float) -> None:
        """Let running turns finish for `grace` seconds. Then the rest is left to others, or ends with a word to its readers."""
        if await self._idle_within(grace):
            return
        # What could not be put on record is nobody else's to finish.
        lasting = self._lasting and not self._starter.unkept
        log.warning("turns.left", extra={"turns": len(self._running), "lasting": lasting})
        if lasting:
            await self._hand_over()
        else:
            self._reading.leave()
            self._replier.stop()
            await self._idle_within(LAST_WORDS)

    async def _hand_over(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HANDING_OVER):
                await self._record.hand_over()
        self._cancel()
        await self._starter.abandon()
        self._running.clear()

    # ---- one turn

    async def _live(self, running: Running, posted: Sequence[SegmentPosted]) -> None:
        async with asyncio.TaskGroup() as tasks:
            running.work = tasks.create_task(self._work(running, posted))
        # Only `_end` cancels the work alone.
        ended = running.ending.value if running.ending else ""
        how = ended if running.work.cancelled() else running.work.result()
        await self._record.finish(running.turn)
        self._floor.leave(running.turn.thread)
        log.info("turn.over", extra=_fields(running.turn, how=how))
        running.news.put_nowait(TurnOver(how))

    async def _work(self, running: Running, posted: Sequence[SegmentPosted]) -> str:
        turn = running.turn
        heard = self._heard.pop(turn, None)
        try:
            if not await self._reading.is_ours(turn):
                return "not ours"
            entry = await self._record.begin(turn)
            running.begun = True
            if entry.stage is TurnStage.OVER or entry.ending is not None:
                return entry.ending.value if entry.ending else "over"
            log.info("turn.started", extra=_fields(turn, attempt=entry.attempts))
            if entry.stage is TurnStage.WAITING:
                await self._floor.take(turn)
            await self._record.join(turn.thread)
            async with self._gate.at_work(turn, deaths=entry.attempts - 1):
                return await self._answer(running, entry, heard, posted)
        except Exception:
            # A turn ends here: one that breaks must not take the others with it.
            log.exception("turn.crashed", extra=_fields(turn))
            return await self._show(running, said(f"⚠️ {notes.CRASHED}"))

    async def _answer(
        self, running: Running, entry: Entry, heard: Prompt | None, posted: Sequence[SegmentPosted]
    ) -> str:
        if entry.alone > CONVICTED:
            return await self._give_up(running, entry)
        scene = await self._scene(running.turn, heard, {one.part: one.ts for one in posted})
        if scene is None or entry.vanished & set(scene.posted.values()):
            return Ending.GONE.value
        return await self._show(running, self._deltas(running.turn, scene, entry), scene)

    async def _give_up(self, running: Running, entry: Entry) -> str:
        """It killed while it was given up as well: without the thread and what is written, and then without a word."""
        log.error("turn.given_up", extra=_fields(running.turn, attempts=entry.attempts, alone=entry.alone))
        if entry.alone > CONVICTED + 1:
            return "given up"
        return await self._show(running, said(f"⚠️ {notes.GAVE_UP}"))

    async def _scene(self, turn: AnswerKey, heard: Prompt | None, posted: Mapping[int, str]) -> Scene | None:
        if heard is None:
            return await self._reading.scene_again(turn, posted)
        async with asyncio.TaskGroup() as tasks:
            # Beside the reading: it is a courtesy, and has to be over before the first post.
            if heard.text:
                tasks.create_task(self._reading.status(turn.thread, THINKING))
            return await self._reading.scene(heard)

    async def _show(self, running: Running, deltas: DeltaStream, scene: Scene | None = None) -> str:
        state = await self._replier.show(
            running.turn,
            deltas,
            footnote=scene.note if scene else "",
            asker=running.turn.user if self._mention_asker else "",
            witness=running,
            posted=scene.posted if scene else {},
            seen=len(scene.seen) if scene else 0,
        )
        return state.value

    def _deltas(self, turn: AnswerKey, scene: Scene, entry: Entry) -> DeltaStream:
        if entry.alone >= CONVICTED:
            log.error("turn.given_up", extra=_fields(turn, attempts=entry.attempts, alone=entry.alone))
            return said(scene.seen, note=f"⚠️ {notes.GAVE_UP}")
        if not scene.prompt.text:
            return said(notes.HELLO)
        messages = to_messages(scene.said, system=self._system, budget=self._history_tokens)
        return self._model.stream(messages)

    # ---- its early end

    def _end(self, running: Running, ending: Ending) -> None:
        if running.ending is not None or running.work is None:
            return
        if ending is Ending.STOPPED and self._replier.halt(running.turn):
            return  # what is there is finished as it stands
        running.ending = ending
        running.work.cancel()

    async def _leave(self, running: Running) -> None:
        """Another replica has the turn: not a word more of it from us."""
        log.warning("turn.taken", extra=_fields(running.turn))
        if running.life is not None:
            running.life.cancel()
        self._running.pop(running.turn, None)
        await self._starter.abandon(running.turn)

    def _cancel(self) -> None:
        for running in self._running.values():
            if running.life is not None:
                running.life.cancel()

    async def _idle_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._busy:
                    self._changed.clear()
                    await self._changed.wait()
        return not self._busy

    @property
    def _busy(self) -> bool:
        """Between `take` and the engine's first `go_on` a turn is only heard."""
        return bool(self._running or self._heard)


def _fields(turn: AnswerKey, **more: object) -> dict[str, object]:
    return {"channel": turn.thread.channel, "ts": turn.name, "kind": turn.kind.value, **more}
