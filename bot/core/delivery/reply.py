"""One reply: the model's text in, edits out.

    THINKING --words--> WRITING --end--> CLOSING --all shown--> DONE
        \\___________________|____end with nothing to show____/
    any but DONE --deleted in Slack, or refused for good--> LOST
    WRITING, CLOSING --as many messages as one answer may fill--> FULL

An edit is a snapshot of the newest text, not a queue item: one is in flight at a time, and what came meanwhile leaves
with the next. A text too long for one message becomes parts: a part that is full gets one last edit and is never
touched again, then the next is posted. Where Slack takes less than we thought, a part is cut shorter; where it does not
take the block, the text goes out as mrkdwn.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from bot.core.delivery.message_format import Capabilities, Dialect, Edit, InFlight
from bot.core.delivery.segments import Segment, Segments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.conversation.incoming import ThreadKey

SHRINK = 0.8  # of the room, after Slack found a text too long that we thought would fit
LEAST = 0.05  # of the room: whoever finds even that too long means something else
SMALL = 0.5  # of the room: a block that is refused with less in it was not refused for its size


class ReplyState(Enum):
    """Where a reply stands."""

    THINKING = "thinking"  # nothing to show yet
    WRITING = "writing"  # the model adds words
    CLOSING = "closing"  # the model is done; the last edit is still owed
    DONE = "done"  # everything is shown
    LOST = "lost"  # its message is gone: nothing more is sent
    FULL = "full"  # it has had all the messages that one answer may have: the rest is left out


_OVER = (ReplyState.LOST, ReplyState.FULL)


class Reply:
    """What one answer still owes its reader. Times are in seconds, on whatever clock `now` is.

    `asker` is the user whose mention notifies them; by default nobody's does. A resumed one goes on in the messages
    `posted`, by their part's number. Its readers have seen `seen` characters of an answer: a shorter text would take away
    what they read, so none is sent before the end.
    """

    def __init__(
        self,
        thread: ThreadKey,
        *,
        marker: str = "",
        asker: str = "",
        capabilities: Capabilities | None = None,
        posted: Mapping[int, str] | None = None,
        seen: int = 0,
    ) -> None:
        self.thread = thread
        self.marker = marker
        self.state = ReplyState.THINKING
        self.began_at: float | None = None  # when the first text came
        self.ended_at: float | None = None  # when the model was done
        self.edits = 1 if posted else 0  # sent so far, the post included
        self.sent_at = float("-inf")  # when the last one left
        self.unseen_since: float | None = None  # when the oldest text came that no edit has carried yet
        self.not_before = float("-inf")  # after a failure: when to try again
        self.failures = 0  # in a row
        self.unsure = False  # a call's answer was lost: it may have been carried out
        self._capabilities = capabilities or Capabilities()
        dialect = Dialect.BLOCK if self._capabilities.block else Dialect.TEXT
        self._parts = Segments(dialect, asker=asker, posted=posted)
        self._room_left = 1.0  # of what we thought that a message holds
        self._unread = -seen  # characters that no reader has seen; below 0 until the text is as long again
        self._whole = self._spilling = False  # a message that cannot be edited is posted when it is complete
        self._in_flight: InFlight | None = None

    # ---- the model's side

    def feed(self, text: str, now: float) -> None:
        """The model added `text`."""
        if self.state in _OVER or not text:
            return
        if self.state not in (ReplyState.THINKING, ReplyState.WRITING):
            raise ValueError(f"a reply that is {self.state.value} takes no more words")
        self._parts.feed(text)
        self._unread += len(text)
        self._came(now)
        if self._parts.current.number > 0 or not self._parts.current.source.isspace():
            self.state = ReplyState.WRITING

    def end(self, now: float, *, note: str = "", broken_off: bool = False) -> None:
        """The model is done, or its answer is `broken_off`. `note` is what else the reader should know, below it, in Markdown."""
        if self.state in _OVER:
            return
        if self.state not in (ReplyState.THINKING, ReplyState.WRITING):
            raise ValueError(f"a reply that is {self.state.value} cannot end again")
        self._parts.finish(note, broken_off=broken_off)
        if note:
            self._came(now)
        self.ended_at = now
        self.state = ReplyState.CLOSING
        self._settle()

    # ---- what is owed

    @property
    def running(self) -> bool:
        """Whether anything may still be sent for it."""
        return self.state not in (ReplyState.DONE, *_OVER)

    @property
    def wants(self) -> bool:
        """Whether it has something to send that nothing in flight already carries."""
        if self._in_flight or self.state not in (ReplyState.WRITING, ReplyState.CLOSING):
            return False
        if self.closing:
            return True
        return self.unseen_since is not None and not self._whole and self._unread >= 0

    @property
    def parts(self) -> Segments:
        """The messages that it is cut into."""
        return self._parts

    @property
    def unposted(self) -> bool:
        """Whether what it sends next is a post: its first words, or a further part's."""
        return self._spilling or self._parts.current.ts is None

    @property
    def begun(self) -> bool:
        """Whether there is a whole word to show: a message that begins as "S" is read as a mistake."""
        return self.edits > 0 or self._parts.begun

    @property
    def at_boundary(self) -> bool:
        """Whether a sentence or a line has just ended: a good place for readers to pause."""
        return self._parts.at_boundary

    @property
    def closing(self) -> bool:
        """Whether what it sends next completes a message: it must leave at once, and must not be dropped."""
        return self.state is ReplyState.CLOSING or self._parts.current.cut is not None

    @property
    def spillable(self) -> bool:
        """Whether what completes its message may as well go into one of its own: what readers see of it is known."""
        part, busy = self._parts.current, self._spilling or self._in_flight or self.unsure
        return self.closing and not busy and part.ts is not None and part.upto > 0

    def take(self, now: float) -> Edit | None:
        """The edit that is owed, now in flight; None where the reader would see no difference.

        After it exactly one of `sent`, `refused`, `found`, `shortened`, `simplified`, `moved` or `lose` must follow.
        """
        if self._spilling:
            self._parts.spill()
            self._spilling = False
        part = self._parts.current
        text = self._parts.render()
        since, self.unseen_since = self.unseen_since, None
        if text == part.shown or not text:
            self._complete(part)
            return None
        last = part.cut is not None or self.state is ReplyState.CLOSING
        marker, fallback = f"{self.marker}:{part.name}", self._parts.fallback()
        edit = Edit(part.ts, part.number, text, fallback, self._parts.dialect, last, marker)
        self._in_flight = InFlight(edit, since, self._parts.upto())
        self.sent_at = now
        part.shown = text
        return edit

    # ---- what became of it

    def sent(self, edit: Edit, ts: str) -> None:
        """Slack shows `edit`, in the message `ts`."""
        landed = self._land(edit)
        self.edits += 1
        self.failures, self.unsure = 0, False
        part = self._parts[edit.part]
        part.ts, part.upto = ts, landed.upto
        if edit.last:
            self._complete(part)

    def refused(self, edit: Edit, *, not_before: float, unsure: bool = False) -> None:
        """Slack did not take it, or did not say. Never sent again as it was: what is due then is the newest text.

        `unsure`: it may have been carried out all the same.
        """
        self._unsend(edit)
        # A refusal is an answer: only calls that got none say that Slack may be gone.
        self.failures += unsure
        self.not_before = not_before
        self.unsure = self.unsure or unsure

    def found(self, edit: Edit, ts: str) -> None:
        """The post that `edit` would repeat stands in Slack after all, as `ts`: what is owed is an edit of it."""
        self._unsend(edit)
        self.failures, self.unsure = 0, False
        self._parts[edit.part].ts = ts

    def shortened(self, edit: Edit) -> None:
        """Slack found the text too long: this message takes less of it, the next one the rest."""
        self._unsend(edit)
        if self._parts.dialect is Dialect.BLOCK and self._room_left < 1:
            self._go_plain()
        else:
            self._shrink()

    def simplified(self, edit: Edit) -> None:
        """Slack does not take the block: for its size, or from now on the workspace gets mrkdwn text."""
        if self._parts.dialect is Dialect.TEXT and edit.ts is not None:
            self.moved(edit)  # no text takes the place of what stands there
            return
        self._unsend(edit)
        small = self._parts.room.fill(edit.text) < SMALL
        if self._parts.dialect is Dialect.TEXT:
            self.lose()
        elif small or self._room_left < 1:
            self._capabilities.block = self._capabilities.block and not small
            self._go_plain()
        else:
            self._shrink()

    def moved(self, edit: Edit) -> None:
        """This message takes no edit any more: the whole of its text goes into a new one, once it is complete."""
        self._unsend(edit)
        part = self._parts[edit.part]
        part.ts = None
        part.moves += 1
        self._whole = True

    def spill(self) -> None:
        """No edit can be had in time for what completes this message: the unseen rest goes into a message of its own.

        For a reply that is `closing`, has been posted and has nothing in flight.
        """
        if not self.spillable:
            raise ValueError("only a posted reply whose last edit is owed can spill")
        self._spilling = True

    def lose(self) -> None:
        """The message is gone, or can never be written: nothing more is sent."""
        self._in_flight = None
        self.unseen_since = None
        self.state = ReplyState.LOST

    # ---- inside

    def _came(self, now: float) -> None:
        """Text came that no reader has seen."""
        if self.began_at is None:
            self.began_at = now
            # A resumed one was edited last by somebody else: when, nobody knows.
            self.sent_at = max(self.sent_at, now) if self.edits else self.sent_at
        if self.unseen_since is None:
            self.unseen_since = now

    def _shrink(self) -> None:
        self._room_left *= SHRINK
        self._parts.shrink(SHRINK)
        if self._room_left < LEAST:
            self.lose()

    def _go_plain(self) -> None:
        self._room_left = 1.0
        self._parts.speak(Dialect.TEXT)

    def _complete(self, part: Segment) -> None:
        """`part` shows all it will ever show, as far as is known: go on to the next, or be done."""
        if part.cut is not None and part.last:
            self.state = ReplyState.FULL
        elif part.cut is not None and part is self._parts.current:
            self._parts.advance()
            # What follows the cut came at the latest with it, and is not shown yet.
            self.unseen_since = self.sent_at if self.unseen_since is None else self.unseen_since
        self._settle()

    def _settle(self) -> None:
        if self.state is ReplyState.CLOSING and not self._in_flight and self._parts.shows_all():
            self.state = ReplyState.DONE

    def _land(self, edit: Edit) -> InFlight:
        """`edit` is no longer in flight."""
        if self._in_flight is None or self._in_flight.edit is not edit:
            raise ValueError("this edit is not in flight")
        landed, self._in_flight = self._in_flight, None
        return landed

    def _unsend(self, edit: Edit) -> None:
        since = self._land(edit).since
        # What Slack shows now is unknown: the text before, or this one where only its answer was lost.
        self._parts[edit.part].shown = ""
        self.unseen_since = self.sent_at if since is None else since
