"""Drives the replies of one workspace: asks the core what may leave, sends it, and tells the core what became of it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING

from bot.core.conversation import notices as notes
from bot.core.conversation.deltas import Finish, HistoryRead, Reason, Text, ToolState, ToolStep, Usage
from bot.core.delivery.controls import AnswerEnd
from bot.core.delivery.message_format import Capabilities
from bot.core.delivery.reply import ReplyState
from bot.core.delivery.slack_calls import BEGINNING
from bot.core.delivery.stream import open_reply
from bot.delivery.edit_call import READING, delete_surplus, deliver, failed, whisper
from bot.delivery.errands import Errands
from bot.delivery.leftover_controls import LeftoverControls
from bot.delivery.paid_calls import PaidCalls
from bot.delivery.session import Closing, DeliverySession, Landed
from bot.errors import MessageGone, ModelError, RateLimited, SlackError, ThreadGone
from bot.language.catalogue import ENGLISH
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.levels import Level, LevelKind, offer_levels
from bot.observability.logs import way_to

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.delivery.delivery import Delivery
    from bot.core.delivery.reply import Reply
    from bot.core.delivery.slack_calls import Edit
    from bot.core.pacing.budget import Budget
    from bot.core.pacing.mixed_pacing import MixedPacing
    from bot.core.pacing.pacing import Pacing
    from bot.delivery.leftover_controls import Leftover
    from bot.delivery.session import AnswerFileKeeper, DeliveryObserver, Heard, MessageSurface, SharedQuota
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

LONG = 10.0  # seconds that Slack may make a reply wait before its reader is told
_ENDS = {
    Reason.LENGTH: AnswerEnd.CUT,
    Reason.OURS: AnswerEnd.CLOSED,
    Reason.BROKEN: AnswerEnd.FAILED,
    Reason.HALTED: AnswerEnd.STOPPED,
}


class Sender:
    """Shows replies, all of a workspace together. `run` must be running while `show` is used.

    Whatever Slack or the model raises ends in a reply's `ReplyState`; none of the methods raises it.
    """

    def __init__(
        self,
        surface: MessageSurface,
        pacing: Pacing | MixedPacing,
        *,
        clock: Callable[[], float],
        purse: SharedQuota | None = None,
        capabilities: Capabilities | None = None,
        files: AnswerFileKeeper | None = None,
    ) -> None:
        self._surface = surface
        self._pacing = pacing
        self._clock = clock
        self._changed = asyncio.Event()
        self._stopped = False
        self._capabilities = capabilities or Capabilities()
        self._files = files
        self._shows: dict[Delivery, DeliverySession] = {}
        self._paid = PaidCalls(surface, clock=clock, purse=purse)
        self._leftovers = LeftoverControls(surface, self._paid, pacing.updates, clock=clock)
        self.errands = Errands(self._paid, pacing, clock=clock, poke=self.poke)
        """Makes calls of no answer, which are paid from what answers are."""

    async def run(self) -> None:
        """Sends what is due, until cancelled. Owns every call to Slack that shows a reply."""
        try:
            with offer_levels(self._levels):
                async with asyncio.TaskGroup() as calls:
                    while True:
                        self._changed.clear()
                        await self._until(await self._send_due(calls))
        finally:
            self.errands.close()

    def _levels(self) -> list[Level]:
        free = self._pacing.budgets.least_free(self._clock())
        return [Level(LevelKind.BUDGET_LEFT, left, method) for method, left in free.items()]

    async def show(
        self,
        answer: AnswerKey,
        deltas: DeltaStream,
        *,
        footnote: str = "",
        asker: str = "",
        witness: DeliveryObserver | None = None,
        posted: Mapping[int, str] | None = None,
        seen: int = 0,
        read: int = 0,
        former: Sequence[str] = (),
        language: Language = ENGLISH,
        footer: Callable[[Usage | None], Translatable | None] | None = None,
        anew: bool = True,
    ) -> ReplyState:
        """Shows an answer as it is written. Returns when all of it is in Slack that can be: DONE, FULL where there was more than
        an answer may have, or LOST where Slack took no more.

        `answer` names it, in Slack as well. `footnote` goes below the answer, apart from it. `asker` is the user whom the
        answer may mention. A resumed reply goes on in the messages `posted`, by their part's number, of which readers have
        `seen` so many characters. `read` is how many messages of the thread the model was given, and `former` are the addresses of
        earlier takes. Whatever we say ourselves is in the `language`. `anew`: it is not what stands in Slack
        already, with its file. `footer` says in a line what the answer took. Closes `deltas`,
        however it ends.
        """
        may = self._capabilities
        reply = open_reply(
            answer,
            asker=asker,
            capabilities=may,
            posted=posted,
            seen=seen,
            former=former,
            language=language,
        )
        reply.activity.read = read
        show = self._shows[reply] = DeliverySession(reply, witness, opened=witness is None or bool(posted))
        self._pacing.add(reply, self._clock())
        try:
            word, how = await self._read(reply, deltas, show)
            if witness is not None:
                witness.ended(show.used, how)
            note = "\n\n".join(filter(None, (word, notes.aside(footnote))))
            line = footer(show.used) if footer else None
            await show.work(
                lambda: reply.end(self._clock(), note=note, broken_off=bool(word), end=how, footer=line)
            )
            self._settle(reply)
            self.poke()
            await show.settled.wait()
            await self._keep_file(show, resumed=bool(posted) and anew)
            self._leftovers.add(answer, reply.leftovers)
            await delete_surplus(self._surface, reply)
        finally:
            self._pacing.remove(reply)
            del self._shows[reply]
            self.poke()
        tell(facts.ReplyShown(thread=reply.thread, state=reply.state.value, edits=reply.timeline.landed))
        return reply.state

    async def _keep_file(self, show: DeliverySession, *, resumed: bool) -> None:
        """Puts what does not fit the messages of an answer into a file, and takes one away that a former process has left."""
        reply = show.reply
        former = await self._files.find(reply.answer) if self._files and resumed else []
        if owed := reply.files():
            for file in owed:
                kept = self._files is not None and await self._files.share(file)
                await show.work(partial(reply.filed, self._clock(), kept=kept))
            show.settled.clear()
            self._settle(reply)
            self.poke()
            await show.settled.wait()
        if self._files is not None:
            await self._files.delete(reply.thread, former)

    def stop(self) -> None:
        """Ends every running answer as it stands, and every later one before it begins, with a word to its reader."""
        self._stopped = True
        for show in self._shows.values():
            show.end(notes.STOPPED, AnswerEnd.FAILED)

    def halt(
        self,
        answer: AnswerKey,
        word: Translatable | None = notes.HALTED,
        how: AnswerEnd = AnswerEnd.STOPPED,
    ) -> bool:
        """Ends the answer as it stands, because its reader wants so; `word` stands below it, and `how` says what it offers then.

        Returns False where it is not running.
        """
        found = [show for show in self._shows.values() if show.reply.answer == answer]
        for show in found:
            show.end(word, how)
        return bool(found)

    def messages(self, answer: AnswerKey) -> frozenset[str]:
        """Returns the ts of the messages that the answer stands in; none where it is not running."""
        found = [show.reply.parts.messages for show in self._shows.values() if show.reply.answer == answer]
        return found[0] if found else frozenset()

    async def tidy(
        self, answer: AnswerKey, posted: Mapping[int, str], language: Language, *, end: AnswerEnd
    ) -> None:
        """Finishes what another process left of an answer that is over: see `bot.delivery.leftover_controls`."""
        await self._leftovers.look_for(answer, posted, language, end=end)
        self.poke()

    def is_untidy(self, answer: AnswerKey) -> bool:
        """Tells whether something is left to be done below the answer, which is over."""
        return self._leftovers.owes(answer)

    async def tidied(self, answer: AnswerKey) -> None:
        """Returns once nothing is left to be done below the answer, which is over."""
        await self._leftovers.removed(answer)

    # ---- the model's side

    async def _read(self, reply: Reply, deltas: DeltaStream, show: DeliverySession) -> Closing:
        """Feed the answer into `reply` to its end, or to ours."""
        if self._stopped:
            await deltas.aclose()
            return Closing(_aside(notes.STOPPED, reply.language), AnswerEnd.FAILED)
        async with aclosing(deltas), asyncio.TaskGroup() as tasks:
            reading = show.reading = tasks.create_task(self._feed(reply, deltas, show, tasks))
        if show.used is not None:
            used = show.used
            tell(
                facts.TokensUsed(
                    thread=reply.thread, input_tokens=used.input_tokens, output_tokens=used.output_tokens
                )
            )
        # Only the reading was cancelled: what is there is still finished.
        return (
            Closing(_aside(show.word, reply.language), show.how) if reading.cancelled() else reading.result()
        )

    async def _feed(
        self, reply: Reply, deltas: DeltaStream, show: DeliverySession, tasks: asyncio.TaskGroup
    ) -> Closing:
        closing = Closing("")
        try:
            async for delta in deltas:
                reply.hear(delta, self._clock())
                if isinstance(delta, Text):
                    await self._show_text(reply, delta, show)
                elif isinstance(delta, ToolStep | HistoryRead):
                    await self._show_step(reply, delta, show, tasks)
                elif isinstance(delta, Usage):  # thoughts are not part of what is shown
                    show.used = delta
                elif isinstance(delta, Finish):
                    words = delta.note or notes.aside(notes.ending(delta, reply.language))
                    closing = Closing(words, _ENDS.get(delta.reason, AnswerEnd.WHOLE))
        except ModelError as error:
            tell(facts.AnswerFailed(kind=type(error).__name__, error=str(error)))
            word = notes.warning(reply.language.say(error.told))
            return Closing(word, AnswerEnd.FAILED if error.again else AnswerEnd.WHOLE)
        except Exception as error:
            # A turn ends here, whatever broke it: the operator gets the trace, the person a word.
            tell(facts.AnswerCrashed(thread=reply.thread, way=way_to(error)))
            return Closing(notes.warning(reply.language.say(notes.CRASHED)), AnswerEnd.FAILED)
        return closing

    async def _show_text(self, reply: Reply, delta: Text, show: DeliverySession) -> None:
        came = self._clock()
        async with show.lock:
            show.hear(len(delta.text), came)
            if reply.feed(delta.text, self._clock()):
                self.poke()

    async def _show_step(
        self, reply: Reply, step: ToolStep | HistoryRead, show: DeliverySession, tasks: asyncio.TaskGroup
    ) -> None:
        """Let its reader see what the answer does now: in its message, or below the thread where it has none yet."""
        is_shown, is_asked = False, False
        if isinstance(step, ToolStep):
            is_asked = step.state is ToolState.ASKED
            async with show.lock:
                is_shown = reply.show_step(step, self._clock())
        if is_shown:
            self.poke()
        elif not reply.parts.messages and not is_asked:
            # Beside the reading: the model is not to wait for a courtesy.
            words = reply.language.say(reply.activity.status)
            tasks.create_task(whisper(self._surface, reply.thread, words))

    # ---- Slack's side

    async def _send_due(self, calls: asyncio.TaskGroup) -> float:
        """Send what may leave now. Returns when to look again, if nothing happens until then."""
        while True:
            now = self._clock()
            due, wake_at = self._pacing.survey(now)
            if (errand := self.errands.due(now, rival=due)) is not None:
                calls.create_task(self.errands.send(errand), context=errand.context)
                continue
            if due is None:
                if self._pacing.budgets.is_closed(now):
                    self._tell_who_waits(now, calls)
                if (left := self._leftovers.due(now)) is not None:
                    calls.create_task(self._clear(left))
                return min(wake_at, self._leftovers.wake_at(now), self.errands.wake_at(now))
            show = self._shows[due]
            if await show.was_busy():  # what it wants was not known before that was done
                continue
            reply, slots = show.reply, self._pacing.slots(due, now)
            if (edit := await show.work(partial(reply.take, now))) is None:
                self._settle(reply)
            else:
                budget = self._pacing.budgets.of(edit.method, edit.thread.channel)
                budget.leave()
                sending = self._send(reply, edit, budget, slots, show.heard)
                calls.create_task(sending, context=show.context)

    async def _clear(self, left: Leftover) -> None:
        await self._leftovers.send(left)
        self.poke()  # one after the other, as long as there are some to spare

    def _tell_who_waits(self, now: float, calls: asyncio.TaskGroup) -> None:
        """A long 429 is told, once, to the readers of replies that have something to show and may not."""
        for reply, show in self._shows.items():
            wait = self._pacing.budget(reply).closed_for(now) if reply.wants else 0.0
            if wait > 0:
                show.reply.activity.limited = True
            if not show.told and wait >= LONG:
                show.told = True
                words = show.reply.language.say(notes.LIMITED)
                calls.create_task(whisper(self._surface, reply.thread, words), context=show.context)

    async def _send(self, reply: Reply, edit: Edit, budget: Budget, slots: int, heard: Heard) -> None:
        if not await self._paid.fits(edit, budget, slots=slots, urgent=edit.last):
            # Other replicas have spent what seemed to be free. What is due then is the newest text.
            tell(facts.EditWithdrawn(thread=reply.thread, method=edit.method))
            reply.refused(edit, not_before=self._clock())
            self.poke()
            return
        word: str | None = None
        try:
            await deliver(self._surface, reply, edit, self._shows.get(reply))
        except SlackError as error:
            word = self._failed(reply, edit, budget, error)
        except Exception as error:
            # A bug must not take the answers of all others with it.
            tell(facts.EditCrashed(thread=reply.thread, way=way_to(error)))
            reply.lose()
        else:
            word = self._landed(reply, edit, budget, heard)
        finally:
            self._paid.answered(budget)
            self._settle(reply)
            self.poke()
        if word is not None:
            await whisper(self._surface, reply.thread, word)

    def _landed(self, reply: Reply, edit: Edit, budget: Budget, heard: Heard) -> str | None:
        """Slack has taken it. Returns what the line below the thread should say now, None where it may stay as it is."""
        now, show = self._clock(), self._shows.get(reply)
        budget.taken(now)
        landed = show.land(heard, now) if show is not None else Landed()
        tell(
            facts.EditSent(
                thread=reply.thread,
                chars=len(edit.body.text),
                method=edit.method,
                age=now - heard.at if landed.deltas else None,
                deltas=landed.deltas,
                fresh=landed.chars,
                delay=landed.delay,
            )
        )
        if show is None:
            return None
        show.refusals, told, show.told = 0, show.told, False
        # A post takes the line away by itself.
        return "" if told and edit.method not in BEGINNING else None

    def _failed(self, reply: Reply, edit: Edit, budget: Budget, error: SlackError) -> str | None:
        """Slack has not taken it, or has not said so. Returns what its reader has to be told beside the thread, or None."""
        if isinstance(error, RateLimited):
            tell(facts.SlackLimited(retry_after=error.retry_after, method=error.method or edit.method))
            if error.method != READING:
                # Not retried here: by the time we may call again there is newer text to send.
                self._limited(budget, edit.method, error.retry_after)
                reply.refused(edit, not_before=self._clock())
                return None
        else:
            gone = isinstance(error, MessageGone | ThreadGone)
            tell(facts.EditFailed(kind=type(error).__name__, error=str(error), method=edit.method, gone=gone))
        failed(reply, edit, error, self._shows.get(reply), self._clock())
        is_lost = reply.state is ReplyState.LOST and not isinstance(error, ThreadGone)
        return reply.language.say(notes.UNPOSTED) if is_lost else None

    def _limited(self, budget: Budget, method: str, retry_after: float) -> None:
        _, before = budget.verdict
        budget.limited(self._clock(), retry_after)
        _, lowered = budget.verdict
        if lowered is not None and lowered != before:
            tell(facts.BudgetLowered(method=method, limit=int(lowered[0])))

    def _settle(self, reply: Reply) -> None:
        """Tell whoever waits for `reply` that nothing more will come of it."""
        if reply.running and not reply.owes_file:
            return
        if (show := self._shows.get(reply)) is None:
            return
        show.settled.set()
        if reply.state in (ReplyState.LOST, ReplyState.FULL) and show.reading is not None:
            # Nobody will see the rest: every further token would be paid for nothing.
            show.reading.cancel()

    # ---- waiting

    def poke(self) -> None:
        """Makes `run` look again at what is due: more is known."""
        self._changed.set()

    async def _until(self, when: float) -> None:
        """Wait for a change, or for `when`."""
        wait = None if when == float("inf") else max(0.0, when - self._clock())
        try:
            async with asyncio.timeout(wait):
                await self._changed.wait()
        except TimeoutError:
            return


def _aside(words: Translatable | None, language: Language) -> str:
    return notes.aside(language.say(words)) if words else ""
