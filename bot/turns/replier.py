"""Drives the replies of one workspace: asks the core what may leave, sends it, and tells the core what became of it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING, Protocol

from bot.core import notes
from bot.core.deltas import Finish, Text
from bot.core.reply import Reply, State
from bot.core.shapes import Capabilities
from bot.errors import (
    BlocksRefused,
    MessageGone,
    MessageTooLong,
    ModelError,
    RateLimited,
    SlackError,
    SlackUnreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.budget import Budget
    from bot.core.deltas import DeltaStream
    from bot.core.events import ThreadKey
    from bot.core.pacing import Pacing
    from bot.core.reply import Edit

log = logging.getLogger(__name__)

# Seconds until a call that got no answer is made again: twice as long each time.
FIRST_RETRY, LONGEST_RETRY = 1.0, 30.0
# A post that fails this often in a row is given up: with nothing to see there is nothing to finish.
MOST_FAILURES = 12


class Surface(Protocol):
    """What a workspace can do for a reply; see `bot.slack.surface`."""

    async def post(self, thread: ThreadKey, edit: Edit, *, marker: str) -> str: ...
    async def edit(self, thread: ThreadKey, edit: Edit) -> None: ...
    async def find(self, thread: ThreadKey, marker: str) -> str | None: ...
    async def read(self, thread: ThreadKey, ts: str) -> str | None: ...


class Replier:
    """Shows replies, all of a workspace together. `run` must be running while `show` is used."""

    def __init__(self, surface: Surface, pacing: Pacing, *, clock: Callable[[], float]) -> None:
        self._surface = surface
        self._pacing = pacing
        self._clock = clock
        self._changed = asyncio.Event()
        self._stopped = False
        self._capabilities = Capabilities()
        self._shows: dict[Reply, _Show] = {}

    async def run(self) -> None:
        """Send what is due, until cancelled. Owns every call to Slack that shows a reply."""
        async with asyncio.TaskGroup() as calls:
            while True:
                self._changed.clear()
                await self._until(self._send_due(calls))

    async def show(
        self, thread: ThreadKey, deltas: DeltaStream, *, marker: str, footnote: str = "", asker: str = ""
    ) -> State:
        """Show an answer as it is written; returns when all of it is in Slack that can be.

        `marker` names the reply inside Slack. `footnote` goes below the answer, apart from it. `asker` is the user whom the
        answer may mention. Closes `deltas`, however it ends.
        """
        reply = Reply(thread, marker=marker, asker=asker, capabilities=self._capabilities)
        show = self._shows[reply] = _Show()
        self._pacing.add(reply, self._clock())
        try:
            note = await self._read(reply, deltas, show)
            reply.end(self._clock(), note="\n\n".join(filter(None, (note, _aside(footnote)))))
            self._settle(reply)
            self._poke()
            await show.settled.wait()
        finally:
            self._pacing.remove(reply)
            del self._shows[reply]
            self._poke()
        log.info(
            "reply.shown",
            extra={"thread_ts": thread.thread_ts, "state": reply.state.value, "edits": reply.edits},
        )
        return reply.state

    def stop(self) -> None:
        """End every running answer as it stands, and every later one before it begins, with a word to its reader."""
        self._stopped = True
        for show in self._shows.values():
            if show.reading is not None:
                show.reading.cancel()

    # ---- the model's side

    async def _read(self, reply: Reply, deltas: DeltaStream, show: _Show) -> str:
        """Feed the answer into `reply` to its end, or to ours. Returns what else the reader should know."""
        if self._stopped:
            await deltas.aclose()
            return _aside(notes.STOPPED)
        async with aclosing(deltas), asyncio.TaskGroup() as tasks:
            reading = show.reading = tasks.create_task(self._feed(reply, deltas))
        # Only the reading was cancelled, by `stop` or because the message is gone: what is there is still finished.
        return _aside(notes.STOPPED) if reading.cancelled() else reading.result()

    async def _feed(self, reply: Reply, deltas: DeltaStream) -> str:
        note = ""
        try:
            async for delta in deltas:
                match delta:
                    case Text(text):
                        self._add(reply, text)
                    case Finish():
                        note = delta.note or _aside(notes.ending(delta))
                    case _:
                        pass  # reasoning, tools and usage are not part of what is shown
        except ModelError as error:
            log.warning("model.failed", extra={"kind": type(error).__name__, "error": str(error)})
            return f"⚠️ {error.told}"
        except Exception:
            # A turn ends here, whatever broke it: the operator gets the trace, the person a word.
            log.exception("turn.crashed", extra={"thread_ts": reply.thread.thread_ts})
            return f"⚠️ {notes.CRASHED}"
        return note

    def _add(self, reply: Reply, text: str) -> None:
        wanted, begun = reply.wants, reply.begun
        reply.feed(text, self._clock())
        if reply.wants and (not wanted or reply.at_boundary or reply.begun is not begun):
            # What is due next, and when, changes with the first delta after an edit, the first whole word and the end
            # of a sentence. Any other delta only makes an edit longer.
            self._poke()

    # ---- Slack's side

    def _send_due(self, calls: asyncio.TaskGroup) -> float:
        """Send what may leave now. Returns when to look again, if nothing happens until then."""
        now = self._clock()
        while True:
            reply, wake_at = self._pacing.survey(now)
            if reply is None:
                return wake_at
            budget = self._pacing.budget(reply)
            if (edit := reply.take(now)) is None:
                self._settle(reply)
                continue
            budget.leave()
            calls.create_task(self._send(reply, edit, budget))

    async def _send(self, reply: Reply, edit: Edit, budget: Budget) -> None:
        try:
            await self._deliver(reply, edit)
        except RateLimited as limit:
            # Not retried here: by the time we may call again there is newer text to send.
            log.info("slack.limited", extra={"retry_after": limit.retry_after, "post": edit.ts is None})
            budget.limited(self._clock(), limit.retry_after)
            reply.refused(edit, not_before=self._clock())
        except SlackError as error:
            level = (
                logging.INFO if isinstance(error, MessageGone) else logging.WARNING
            )  # a reader may delete it
            log.log(level, "edit.failed", extra={"kind": type(error).__name__, "error": str(error)})
            self._failed(reply, edit, error)
        except Exception:
            # A bug must not take the answers of all others with it.
            log.exception("edit.crashed", extra={"thread_ts": reply.thread.thread_ts})
            reply.lose()
        else:
            log.debug("edit.sent", extra={"thread_ts": reply.thread.thread_ts, "chars": len(edit.text)})
        finally:
            budget.answered(self._clock())
            self._settle(reply)
            self._poke()

    async def _deliver(self, reply: Reply, edit: Edit) -> None:
        if edit.ts is not None:
            # A last edit whose answer was lost may have landed: then nothing is left to say.
            if not (reply.unsure and edit.last and await self._stands(reply, edit)):
                await self._surface.edit(reply.thread, edit)
            reply.sent(edit, edit.ts)
        elif reply.unsure and (ts := await self._surface.find(reply.thread, edit.marker)) is not None:
            # The post whose answer was lost is there after all: a second one would be the same answer twice.
            reply.found(edit, ts)
        else:
            reply.sent(edit, await self._surface.post(reply.thread, edit, marker=edit.marker))

    async def _stands(self, reply: Reply, edit: Edit) -> bool:
        return await self._surface.read(reply.thread, str(edit.ts)) == edit.text

    def _failed(self, reply: Reply, edit: Edit, error: SlackError) -> None:
        match error:
            case MessageTooLong():
                reply.shortened(edit)
            case BlocksRefused():
                reply.simplified(edit)
            case SlackUnreachable() if reply.failures < MOST_FAILURES:
                wait = min(FIRST_RETRY * 2**reply.failures, LONGEST_RETRY)
                reply.refused(edit, not_before=self._clock() + wait, unsure=True)
            case MessageGone():
                reply.lose()
            case _ if edit.ts is not None:
                reply.moved(edit)
            case _:
                log.error("reply.lost", extra={"thread_ts": reply.thread.thread_ts, "error": str(error)})
                reply.lose()

    def _settle(self, reply: Reply) -> None:
        """Tell whoever waits for `reply` that nothing more will come of it."""
        if reply.running:
            return
        show = self._shows.get(reply)
        if show is None:
            return
        show.settled.set()
        if reply.state is not State.DONE and show.reading is not None:
            # Nobody will see the rest: every further token would be paid for nothing.
            show.reading.cancel()

    # ---- waiting

    def _poke(self) -> None:
        self._changed.set()

    async def _until(self, when: float) -> None:
        """Wait for a change, or for `when`."""
        wait = None if when == float("inf") else max(0.0, when - self._clock())
        try:
            async with asyncio.timeout(wait):
                await self._changed.wait()
        except TimeoutError:
            return


class _Show:
    """The shell's side of one running reply."""

    def __init__(self) -> None:
        self.reading: asyncio.Task[str] | None = None
        self.settled = asyncio.Event()


def _aside(text: str) -> str:
    """What we say ourselves stands apart from what the model wrote."""
    return f"*{text}*" if text else ""
