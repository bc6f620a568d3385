"""The way of one turn, from a prompt that is on record to the end of its reply.

    hear  --> claim --> read --> answer --> finish
      |         |        |          |
      |         |        |          +-- stopped: what is written stays; given up: it killed too many processes
      |         |        +-- gone: the question was deleted
      |         +-- over: it was before; stopped or superseded while it waited for its thread
      +-- not ours: see `bot.core.conversation.reply_policy`

Each stage is a method of `Pipeline`. A turn whose task is cancelled anywhere still has to `finish`, by whoever cancels it;
see `bot.turns.registry`. What each stage may write on record is a table in `bot.durable.turn_store`.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices as notes
from bot.core.conversation.admission import Refusal
from bot.core.conversation.channel_form import settings_button
from bot.core.conversation.deltas import Reason
from bot.core.conversation.incoming import Kind
from bot.core.conversation.quarantine import CONVICTED
from bot.core.conversation.reply_policy import Ruling, is_leave, is_settings
from bot.core.conversation.situation import spoken_to
from bot.core.conversation.turn_order import Ending, TurnStage
from bot.core.delivery.controls import AnswerEnd
from bot.model.answering import ModelsGoneError
from bot.observability import facts
from bot.observability.current_turn import TURN
from bot.observability.hooks import tell
from bot.observability.logs import way_to
from bot.turns.model_request import answer_budget, ask_model
from bot.turns.running import said
from bot.turns.thread_queue import ThreadQueue

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence

    from bot.core.conversation.admission import Preferences
    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import DeltaStream, Usage
    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import Prompt, ThreadKey
    from bot.delivery.sender import Sender
    from bot.durable.turn_store import Entry
    from bot.durable.workflow import SegmentPosted
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering, Models
    from bot.turns.admission_desk import Admitting
    from bot.turns.quarantine_gate import Gate
    from bot.turns.running import Running, RunningRecord
    from bot.turns.turn_context import Hearing, Scene, ThreadContext


class TurnApprovals(Protocol):
    """Knows what people were asked in a turn; see `bot.turns.approvals`."""

    async def close(self, turn: AnswerKey) -> None: ...
    async def withdraw(self, turn: AnswerKey, gone: Collection[str]) -> None: ...
    def is_untidy(self, turn: AnswerKey) -> bool: ...
    async def tidied(self, turn: AnswerKey) -> None: ...


class TurnFiles(Protocol):
    """Reads what is attached to a conversation; see `bot.turns.thread_files`."""

    async def read(
        self, said: Sequence[ThreadMessage], thread: ThreadKey, *, history: int, pictures: bool
    ) -> list[ThreadMessage]: ...


class Pipeline:
    """Takes turns through their stages. One for all turns of a process in a workspace; the gate is for all workspaces."""

    def __init__(
        self,
        record: RunningRecord,
        context: ThreadContext,
        sender: Sender,
        models: Models,
        desk: Admitting,
        gate: Gate,
        *,
        approvals: TurnApprovals | None = None,
        footer: Callable[[str, Usage | None], Translatable | None] | None = None,
        files: TurnFiles | None = None,
    ) -> None:
        self._record = record
        self._context = context
        self._sender = sender
        self._models = models
        self._desk = desk
        self._gate = gate
        self._approvals = approvals
        self._footer = footer
        self.files = files
        self.queue = ThreadQueue(context)

    async def run(
        self, running: Running, heard: Prompt | None, posted: Sequence[SegmentPosted]
    ) -> str | None:
        """Takes the turn from its admission to the end of its reply; returns how it ended, None where this process cannot end it.

        `heard` is its question, None where another process heard it: then it is read again. `posted` are its messages so far.
        """
        # For its tools, and for whoever hears what happens in it: each turn is a task of its own.
        TURN.set(running.turn)
        try:
            return await self._through(running, heard, {one.part: one.ts for one in posted})
        except ModelsGoneError:
            return None
        except Exception as error:
            # A turn ends here: one that breaks must not take the others with it.
            tell(facts.TurnCrashed(turn=running.turn, way=way_to(error)))
            return await self.break_off(running)

    async def break_off(self, running: Running) -> str:
        """Tells its readers that the turn cannot be answered, through a fault of ours; returns how it ended."""
        language = await self._context.language(running.turn)
        words = notes.warning(language.say(notes.CRASHED))
        return await self._show(running, said(words, reason=Reason.BROKEN), language)

    async def end_early(self, running: Running, posted: Sequence[SegmentPosted]) -> None:
        """Finishes what another process has written of a turn that was ended while it was not shown here."""
        try:
            await self._leave_tidy(running, running.ending, {one.part: one.ts for one in posted})
        except Exception as error:
            # It is over all the same.
            tell(facts.TurnCrashed(turn=running.turn, way=way_to(error)))

    async def finish(self, running: Running, how: str) -> None:
        """Puts on record that the turn is over and what it used, and lets the next one of its thread begin."""
        if self._approvals is not None:
            await self._approvals.close(running.turn)
        await self._record.finish(running.turn)
        # Before the next one begins: its beginning is to be the last that is shown of the thread.
        await self._context.end(running.turn)
        self.queue.leave(running.turn.thread)
        # Nobody waits for it, and what could be lost is the guess at one answer.
        await self._settle(running)
        tell(facts.TurnEnded(turn=running.turn, how=how, seconds=running.seconds()))

    def is_untidy(self, running: Running) -> bool:
        """Tells whether something is still to be done below the reply of a turn that is over."""
        asked = self._approvals is not None and self._approvals.is_untidy(running.turn)
        return asked or self._sender.is_untidy(running.turn)

    async def tidied(self, running: Running) -> None:
        """Returns once nothing is left to be done below the reply of a turn that is over."""
        if self._approvals is not None:
            await self._approvals.tidied(running.turn)
        await self._sender.tidied(running.turn)

    def halt(self, running: Running, word: Translatable | None, how: AnswerEnd) -> bool:
        """Ends the reply as it stands, as `bot.delivery.sender` does; False where none is being shown."""
        return self._sender.halt(running.turn, word, how)

    async def withdraw(self, running: Running, gone: Collection[str]) -> None:
        """Somebody has deleted these messages of ours in the thread: what is asked in them is not done."""
        if self._approvals is not None:
            await self._approvals.withdraw(running.turn, gone)

    def messages(self, running: Running) -> frozenset[str]:
        """The messages that the reply stands in so far."""
        return self._sender.messages(running.turn)

    def leave(self) -> None:
        """Ends all replies with a word to their readers, and waits for no rate limit any more."""
        self._context.leave()
        self._sender.stop()

    # ---- the stages

    async def _through(self, running: Running, heard: Prompt | None, posted: Mapping[int, str]) -> str:
        hearing = await self._context.hear(running.turn, heard)
        if hearing.ruling is not Ruling.ANSWER:
            return f"not ours: {hearing.ruling.value}"
        return await self._in_its_thread(running, heard, hearing, posted)

    async def _in_its_thread(
        self, running: Running, heard: Prompt | None, hearing: Hearing, posted: Mapping[int, str]
    ) -> str:
        shared = heard.shared if heard else None
        admission = await self._desk.admit(running.turn.turn, shared=shared, settings=hearing.settings)
        async with self._claim(running) as entry:
            if not entry.runs or entry.ending is not None:
                return await self._leave_as_recorded(running, entry, posted)
            adopted = heard is None and not running.turn.take and entry.alone <= CONVICTED
            # Before anything is decided by its words; but not what may be what kills.
            scene = await self._context.scene_again(running.turn, posted) if adopted else None
            if adopted and scene is None:
                return Ending.GONE.value
            asked = scene.prompt if scene else heard
            if asked is not None and asked.kind is not Kind.DIRECT and is_settings(asked):
                return await self._offer_settings(running)
            if isinstance(admission, Refusal):
                return await self._refuse(running, admission)
            if entry.alone > CONVICTED:
                return await self._give_up(running, entry)
            if (spent := await self._reserve(running, asked)) is not None:
                return await self._refuse(running, spent, aloud=True)
            said = None if running.has_waited else hearing.said
            scene = scene or await self._read(running.turn, heard, posted, said)
            if scene is None or entry.vanished & set(scene.posted.values()):
                return Ending.GONE.value
            situation = spoken_to(scene.situation, admission.language)
            return await self._answer(running, entry, replace(scene, situation=situation), admission)

    async def _reserve(self, running: Running, asked: Prompt | None) -> Refusal | None:
        """Takes a place in its payer's budget, where a model is asked for the answer; returns why there is none."""
        if asked is not None and (not asked.parts or is_leave(asked)):
            return None
        place = await self._desk.reserve(running.turn.thread.team, running.turn.spender, running.turn)
        if isinstance(place, Refusal):
            return place
        running.place = place
        return None

    async def _leave_as_recorded(self, running: Running, entry: Entry, posted: Mapping[int, str]) -> str:
        """It was over before, or was ended while it waited."""
        stopped = entry.ending if entry.runs or entry.ending is not Ending.STOPPED else None
        await self._leave_tidy(running, stopped, posted)
        return entry.ending.value if entry.ending else "over"

    async def _offer_settings(self, running: Running) -> str:
        """Shows who asks for it the way to the channel's settings: also where we are switched off there."""
        await self._context.whisper(running.turn, notes.SETTINGS_HERE, settings_button)
        return "settings"

    @asynccontextmanager
    async def _claim(self, running: Running) -> AsyncGenerator[Entry]:
        """Waits until the thread is the turn's, and it may be at work here; yields what is on record of it then."""
        turn = running.turn
        try:
            entry = await self.queue.claim(turn, lambda: self._attempt(running))
            if entry.runs and entry.ending is None and not entry.at_work:
                await self._gate.enter(turn, deaths=entry.attempts - 1)
                await self._record.work(turn)
            yield entry
        finally:
            self._gate.leave(turn)

    async def _attempt(self, running: Running) -> Entry:
        turn = running.turn
        entry = await self._record.claim(turn, at_work=self._gate.reserve(turn))
        running.has_waited = running.has_waited or entry.waits
        if not entry.at_work:
            self._gate.leave(turn)  # who waits is not at work, and holds up nobody
        if not running.begun and entry.stage is not TurnStage.OVER and entry.ending is None:
            tell(facts.TurnStarted(turn=turn, attempt=entry.attempts))
        running.begin()
        return entry

    async def _read(
        self,
        turn: AnswerKey,
        heard: Prompt | None,
        posted: Mapping[int, str],
        said: list[ThreadMessage] | None,
    ) -> Scene | None:
        """The question and its thread, None where the question is gone. `said` is the thread where it was read just before."""
        if heard is None and posted:
            return await self._context.scene_again(turn, posted)
        async with asyncio.TaskGroup() as tasks:
            # Beside the reading: it is a courtesy, and has to be over before the first post.
            if heard is None or heard.parts:
                tasks.create_task(self._context.begin(turn, heard, notes.IS_THINKING))
            if heard is None:
                return await self._context.scene_again(turn, posted)
            return await self._context.scene(heard, said)

    async def _answer(self, running: Running, entry: Entry, scene: Scene, preferences: Preferences) -> str:
        language = scene.language
        if is_leave(scene.prompt):
            await self._record.leave(running.turn.thread, since=running.turn.turn.ts)
            return await self._show(running, said(language.say(notes.LEFT)), language, scene)
        if entry.alone >= CONVICTED:
            tell(facts.TurnGivenUp(turn=running.turn, attempts=entry.attempts, alone=entry.alone))
            deltas = said(scene.seen, note=notes.warning(language.say(notes.GAVE_UP)))
        elif not scene.said[-1].parts:
            deltas = said(language.say(notes.HELLO))
        else:
            model = await self._models.pick(preferences.model)
            scene = await self._with_files(running.turn, scene, preferences, model)
            running.model, running.asked = preferences.model, True
            scene, deltas = ask_model(model, scene, preferences)
        return await self._show(running, deltas, language, scene, preferences)

    async def _with_files(
        self, turn: AnswerKey, scene: Scene, preferences: Preferences, model: Answering
    ) -> Scene:
        if self.files is None:
            return scene
        budget, sees = answer_budget(scene, preferences, model), model.takes_images
        said = await self.files.read(scene.said, turn.thread, history=budget, pictures=sees)
        return replace(scene, said=said)

    async def _leave_tidy(self, running: Running, ending: Ending | None, posted: Mapping[int, str]) -> None:
        """Finishes what another process has written as it stands, where nobody writes it any more."""
        if ending is Ending.STOPPED:
            await self._close(running, posted)
        elif posted:
            how = AnswerEnd.CLOSED if ending is Ending.GONE else AnswerEnd.WHOLE
            language = await self._context.language(running.turn)
            await self._sender.tidy(running.turn, posted, language, end=how)

    async def _close(self, running: Running, posted: Mapping[int, str]) -> None:
        scene = await self._context.scene_again(running.turn, posted)
        if scene is not None and scene.posted:
            word = notes.aside(scene.language.say(notes.HALTED))
            deltas = said(scene.seen, note=word, reason=Reason.HALTED)
            await self._show(running, deltas, scene.language, scene)

    async def _settle(self, running: Running) -> None:
        if running.place is not None:
            answered = running.end not in (None, AnswerEnd.FAILED)
            await self._desk.settle(running.place, running.used, answered=answered, model=running.model)
            running.place = None

    async def _refuse(self, running: Running, refusal: Refusal, *, aloud: bool = False) -> str:
        tell(facts.TurnRefused(turn=running.turn, reason=refusal.reason))
        if running.turn.kind is Kind.DIRECT:
            language = await self._context.language(running.turn)
            await self._show(running, said(language.say(refusal.words)), language)
        elif aloud or running.turn.kind is not Kind.FOLLOW_UP:  # who was not asked need not say no
            await self._context.whisper(running.turn, refusal.words)
        return f"refused: {refusal.reason}"

    async def _give_up(self, running: Running, entry: Entry) -> str:
        """It killed while it was given up as well: without the thread and what is written, and then without a word."""
        tell(facts.TurnGivenUp(turn=running.turn, attempts=entry.attempts, alone=entry.alone))
        if entry.alone > CONVICTED + 1:
            return "given up"
        language = await self._context.language(running.turn)
        return await self._show(running, said(notes.warning(language.say(notes.GAVE_UP))), language)

    async def _show(
        self,
        running: Running,
        deltas: DeltaStream,
        language: Language,
        scene: Scene | None = None,
        preferences: Preferences | None = None,
    ) -> str:
        state = await self._sender.show(
            running.turn,
            deltas,
            footnote="\n".join(language.say(one) for one in scene.notes) if scene else "",
            asker=preferences.mentionable if preferences else "",
            witness=running,
            posted=scene.posted if scene else {},
            seen=len(scene.seen) if scene else 0,
            read=len(scene.said) if scene else 0,
            former=scene.former if scene else (),
            language=language,
            footer=self._footer_of(running),
            anew=running.asked,
        )
        return state.value

    def _footer_of(self, running: Running) -> Callable[[Usage | None], Translatable | None] | None:
        """Returns what says what the turn's answer took; None where no model was asked."""
        if self._footer is None or not running.asked:
            return None
        return partial(self._footer, self._models.name_of(running.model))
