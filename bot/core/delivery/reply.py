"""One reply: the model's text in, calls out.

A call carries a snapshot: all that its message has to say by now, not what came since the last one.

    state     what its readers lack                  goes on to
    ========  =====================================  ===================================================================
    THINKING  nothing: there is nothing to show yet  WRITING with the first words, DONE where the model ends without any
    WRITING   what came since the last call          CLOSING where the model ends
    CLOSING   one more edit, the last                DONE once Slack has taken it
    DONE      nothing
    LOST      what is written; nobody will see it    reached from any but DONE: deleted in Slack, or refused for good
    FULL      the rest, and they are told so         reached from WRITING and CLOSING: an answer fills so many messages at most

Where a workspace takes files the rest goes into one instead (`bot.core.delivery.overflow`): the last message stays the one that is
being written until the model ends, and gets its last edit once it is known whether the file stands in the thread (`filed`).

A text too long for one message is cut into segments. The last is being written; one before it got its last edit and is never
touched again. Where Slack takes less than was thought a segment is cut shorter, and where it does not take the block the text
goes out as mrkdwn. What can be pressed stands below the segment that is being written (`bot.core.delivery.controls`), and goes
with its last edit.

A message that a stream has begun takes no edit while Slack takes it for one (`Segment.growing`): what is owed first is the call
that ends the stream, and then the edits as ever. `bot.core.delivery.stream` streams; here such a message is only gone on with.

*What always holds.* One call at most is in flight, and every call that was taken is told of once: that it landed, or how it did
not. `Segment.shown` is what Slack certainly shows, or "" where that is not known; as long as it is not what the segment should
look like now, a call is owed. The text itself is kept here, so no failure of a call can lose a word of it.

*What the simple way gets wrong* is to queue edits, and to try each until it is taken. Slack refuses "one" for thirty seconds; in
the meantime "one two" and "one two three" join the queue. Then three edits leave where one would do, out of fifty that a whole
workspace has in a minute, and the newest words are the last to be seen. Worse: "one two" times out and is sent again while the first try
was only slow; it lands behind "one two three", and a word that was read is gone. Here the refused edit is forgotten, the one that
is due next says "one two three", and nothing else is under way.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation.deltas import ToolUse
from bot.core.conversation.incoming import Kind
from bot.core.delivery.activity import Activity
from bot.core.delivery.charts import ChartRequests, PlacedChart, place_charts
from bot.core.delivery.controls import AnswerEnd, Controls
from bot.core.delivery.data_table import find_data_table
from bot.core.delivery.delivery import Timeline
from bot.core.delivery.message_format import Capabilities, Dialect
from bot.core.delivery.owed_files import OwedFiles
from bot.core.delivery.segments import Segment, Segments
from bot.core.delivery.slack_calls import (
    BEGINNING,
    AppendStream,
    Body,
    Post,
    StartStream,
    StopStream,
    Update,
)
from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import Delta, ToolStep
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.conversation.shared_files import AnswerFile
    from bot.core.delivery.slack_calls import Edit, Figure
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

SHRINK = 0.8  # of the room, after Slack found a text too long that we thought would fit
LEAST = 0.05  # of the room: whoever finds even that too long means something else
MOST_CONFLICTS = 4
"""Times that Slack may call one message a stream still, before the text goes into another."""
SMALL = 0.5  # of the room: a block that is refused with less in it was not refused for its size


class ReplyState(Enum):
    """Says where a reply stands."""

    THINKING = "thinking"  # nothing to show yet
    WRITING = "writing"  # the model adds words
    CLOSING = "closing"  # the model is done; the last edit is still owed
    DONE = "done"  # everything is shown
    LOST = "lost"  # its message is gone: nothing more is sent
    FULL = "full"  # it has had all the messages that one answer may have: the rest is left out


_OVER = (ReplyState.LOST, ReplyState.FULL)
_WRITING = (ReplyState.THINKING, ReplyState.WRITING)
_OWING = (ReplyState.WRITING, ReplyState.CLOSING)


@dataclass(frozen=True, slots=True)
class InFlight:
    """An edit on its way: since when its oldest text had waited as it left, and up to where it shows the answer."""

    edit: Edit
    since: float | None
    upto: int


class Reply:
    """Knows what one answer still owes its reader: a `bot.core.delivery.delivery.Delivery` by snapshots.

    `answer` names it. `asker` is the user whose mention notifies them; by default nobody's does. A resumed one goes on in the messages
    `posted`, by their part's number. Its readers have seen `seen` characters of an answer: a shorter text would take away
    what they read, so none is sent before the end. `former` are the addresses of earlier takes at its question. What we say
    below it is in the `language`.
    """

    def __init__(
        self,
        answer: AnswerKey,
        *,
        asker: str = "",
        capabilities: Capabilities | None = None,
        posted: Mapping[int, str] | None = None,
        seen: int = 0,
        former: Sequence[str] = (),
        language: Language = ENGLISH,
    ) -> None:
        self.answer = answer
        self.language = language
        self.activity = Activity()
        self._charts = ChartRequests()
        self.state = ReplyState.THINKING
        self.timeline = Timeline(landed=1 if posted else 0)
        self.failures = 0  # in a row
        self.unsure = False  # a call's answer was lost: it may have been carried out
        self._capabilities = capabilities or Capabilities()
        dialect = Dialect.BLOCK if self._capabilities.block else Dialect.TEXT
        after = self._capabilities.file_after
        self._parts = Segments(dialect, asker=asker, posted=posted, language=language, file_after=after)
        self._files = OwedFiles(self._parts, language, takes_files=after is not None)
        self._room_left = 1.0  # of what we thought that a message holds
        self._unread = -seen  # characters that no reader has seen; below 0 until the text is as long again
        self._whole = self._spilling = False  # a message that cannot be edited is posted when it is complete
        self._in_flight: InFlight | None = None
        self._changed: Callable[[], object] = _nobody
        self._conflicts = 0
        self._former = tuple(former)
        self._line_owed = False  # what it does is another thing than its message says
        self._end = AnswerEnd.WHOLE
        self._footer: Translatable | None = None

    # ---- the model's side

    def hear(self, delta: Delta, now: float) -> None:
        """The model has sent something: what it does now may be shown, and a chart that it asks for stands below its answer."""
        self.activity.hear(delta, now)
        if isinstance(delta, ToolUse):
            self._charts.hear(delta)

    def feed(self, text: str, now: float) -> bool:
        """The model added `text`. Returns whether something may be due sooner by it; else it makes the next edit longer.

        Raises ValueError where the model had ended.
        """
        if self.state in _OVER or not text:
            return False
        if not self.writing:
            raise ValueError(f"a reply that is {self.state.value} takes no more words")
        if not (text := self._files.feed(text)):
            return False
        begun, closing = self._begun, self.closing
        wanted = self._wants(closing=closing)
        self._parts.feed(text)
        if self._parts.overflow is not None:
            return False
        self._unread += len(text)
        self.timeline.came(now)
        if self._parts.current.number > 0 or not self._parts.current.source.isspace():
            self.state = ReplyState.WRITING
        closes = self.closing
        # The first text after an edit, the first whole word, the end of a sentence, and the end of a message.
        due = self._wants(closing=closes) and (
            not wanted or closes is not closing or self._parts.at_boundary or self._begun is not begun
        )
        if due or self.timeline.began_at == now:
            self._changed()
        return due

    def show_step(self, step: ToolStep, now: float) -> bool:
        """Owes an edit, because a tool has come further. Returns False where neither a line below the answer nor anything else in
        it could say so."""
        del step  # what the line says of all tools is known to `activity`
        shown = self.state is ReplyState.WRITING and self.timeline.landed > 0 and self._has_controls
        if shown:
            self._line_owed = True
            self.timeline.came(now)
            self._changed()
        return shown

    def end(
        self,
        now: float,
        *,
        note: str = "",
        broken_off: bool = False,
        end: AnswerEnd = AnswerEnd.WHOLE,
        footer: Translatable | None = None,
    ) -> None:
        """The model is done, or its answer is `broken_off`. `note` is what else the reader should know, below it, in Markdown.
        How it has ended decides what can be done about it. `footer` is a line that stands above that.

        Raises ValueError where it was done before.
        """
        if self.state in _OVER:
            return
        if not self.writing:
            raise ValueError(f"a reply that is {self.state.value} cannot end again")
        if rest := self._files.finish():
            self._parts.feed(rest)
        below = "\n\n".join(filter(None, (*(one.table for one in self._charts.charts), note)))
        self._parts.finish(below, broken_off=broken_off)
        if below:
            self.timeline.came(now)
        self.timeline.ended_at = now
        self.state, self._end, self._footer = ReplyState.CLOSING, end, footer
        self._settle()
        self._changed()

    # ---- what is owed

    def watch(self, changed: Callable[[], object]) -> None:
        """Calls `changed` from now on whenever what is owed may have changed, or when; not where a text only got longer."""
        self._changed = changed

    @property
    def thread(self) -> ThreadKey:
        """Returns where it goes."""
        return self.answer.thread

    @property
    def running(self) -> bool:
        """Tells whether anything may still be sent for it."""
        return self.state not in (ReplyState.DONE, *_OVER)

    @property
    def writing(self) -> bool:
        """Tells whether its model may still add words."""
        return self.state in _WRITING

    @property
    def wants(self) -> bool:
        """Tells whether it has something to send that nothing in flight already carries."""
        return self._wants(closing=self.closing)

    def _wants(self, *, closing: bool) -> bool:
        if self._in_flight or self.state not in _OWING:
            return False
        if closing:
            return not self.owes_file
        return self.timeline.unseen_since is not None and not self._whole and self._unread >= 0

    @property
    def awaits_file(self) -> bool:
        """Tells whether what does not fit its messages has to be put into a file before the last edit."""
        return self.state is ReplyState.CLOSING and self._files.pending

    @property
    def owes_file(self) -> bool:
        """Tells whether it is time for that: `files` says which, and `filed` what came of each. They are to stand below the last
        message."""
        if not (self.awaits_file and self._parts.current.is_posted):
            return False
        self._parts.render()
        return self._parts.current.cut is None  # else it is not the last

    def files(self) -> list[AnswerFile]:
        """Returns the files that are owed: long blocks of code, and what does not fit the messages."""
        return self._files.of(self.answer) if self.owes_file else []

    def filed(self, now: float, *, kept: bool) -> None:
        """The next of the files stands in the thread; or it does not, and never will: once all are known, that goes on in messages."""
        if not self.owes_file:
            return
        self._files.settle(kept=kept)
        self.timeline.came(now)
        self._settle()
        self._changed()

    @property
    def since(self) -> str:
        """The ts behind which its next message will stand: of its newest one, or of the question."""
        return max((self.answer.turn.ts, *self._parts.messages), key=float)

    @property
    def parts(self) -> Segments:
        """The messages that it is cut into."""
        return self._parts

    @property
    def method(self) -> str:
        """Of the call that it would make next: a post for its first words, or a further segment's, and else an update."""
        if self._owes_end:
            return StopStream.method
        return Update.method if self._parts.current.is_posted and not self._spilling else Post.method

    @property
    def at_boundary(self) -> bool:
        """Tells whether its text ends where readers may pause. A message that begins as "S" is read as a mistake: first words
        end with a whole word, later ones with a sentence or a line."""
        return self._begun if self.method in BEGINNING else self._parts.at_boundary

    @property
    def closing(self) -> bool:
        """Tells whether what it sends next completes a message: it must leave at once, and must not be dropped."""
        return self.state is ReplyState.CLOSING or self._parts.current.cut is not None or self._owes_end

    def take(self, now: float) -> Edit | None:
        """The call that is owed, now in flight; None where the reader would see no difference.

        After it exactly one of `sent`, `refused`, `found`, `shortened`, `simplified`, `moved`, `broken` or `lose` must follow.
        """
        if self._owes_end:
            body = Body("", "", self._parts.dialect, language=self.language)
            return self._fly(self._edit(self._parts.current, body), now)
        if self._spilling:
            self._spilling = False
            if self.state is ReplyState.CLOSING and self._parts.current.cut is None and self._parts.all_seen:
                self._forgo()
                return None
            self._parts.spill()
        part = self._parts.current
        text = self._parts.render()
        if self.owes_file:
            self._wait_for_file()
            return None
        controls = self._controls(part, now)
        ends = part.live and (controls is None or controls.end is not None)
        same = text == part.shown and not ends and not (self._line_owed and part.live)
        self._line_owed = False
        if not text or same:
            self.timeline.unseen_since = None
            self._complete(part)
            self._changed()
            return None
        figures = tuple(self._figures(part, text))
        body = Body(text, self._parts.fallback(), self._parts.dialect, controls, self.language, figures)
        return self._fly(self._edit(part, body), now)

    # ---- what became of it

    def sent(self, edit: Edit, ts: str) -> None:
        """Slack shows `edit`, in the message `ts`."""
        landed = self._land(edit)
        self.timeline.landed += 1
        self.failures, self.unsure = 0, False
        self.activity.land()
        part = self._parts[edit.segment]
        part.ts, part.upto, part.shown, part.live = ts, landed.upto, edit.body.text, edit.body.live
        if isinstance(edit, StartStream | AppendStream):
            part.growing = part.unnamed = part.live = True
        elif isinstance(edit, StopStream) or edit.last:
            part.growing = part.unnamed = False
            if not edit.last:
                self.timeline.withdraw(landed.since)  # it has shown nothing
        if edit.last:
            self._complete(part)

    def refused(self, edit: Edit, *, not_before: float, unsure: bool = False) -> None:
        """Slack did not take it, or did not say. Never sent again as it was: what is due then is the newest text.

        `unsure`: it may have been carried out all the same.
        """
        self._unsend(edit)
        # A refusal is an answer: only calls that got none say that Slack may be gone.
        self.failures += unsure
        self.timeline.not_before = not_before
        self.unsure = self.unsure or unsure

    def found(self, edit: Edit, ts: str) -> None:
        """The post that `edit` would repeat stands in Slack after all, as `ts`: what is owed is an update of it."""
        self._unsend(edit)
        self.failures, self.unsure = 0, False
        part = self._parts[edit.segment]
        part.ts, part.growing = ts, isinstance(edit, StartStream)
        part.unnamed = part.growing
        self._changed()

    def broken(self, edit: Edit, *, growing: bool, possible: bool = True) -> None:
        """Slack does not take it: a call for a stream where there is none (any more), or an edit of what is one. `growing` says
        which of the two the message is: from now on it is edited, once no stream is in the way. Where streams are not `possible`
        in the workspace none is tried again."""
        self._capabilities.streams = self._capabilities.streams and possible
        self._conflicts += isinstance(edit, Update)
        if self._conflicts > MOST_CONFLICTS:
            self.moved(edit)
            return
        self._unsend(edit)
        part = self._parts[edit.segment]
        part.growing = growing and part.is_posted
        self._changed()

    def shortened(self, edit: Edit) -> None:
        """Slack found the text too long: this message takes less of it, the next one the rest."""
        self._unsend(edit)
        if edit.body.figures:
            self._forgo_figures(edit.body)
        elif self._parts.dialect is Dialect.BLOCK and self._room_left < 1:
            self._go_plain()
        else:
            self._shrink()

    def simplified(self, edit: Edit) -> None:
        """Slack does not take the blocks: for the table among them, for the controls, for their size, or from now on the workspace
        gets mrkdwn text."""
        if self._parts.dialect is Dialect.TEXT and isinstance(edit, Update):
            self.moved(edit)  # no text takes the place of what stands there
            return
        self._unsend(edit)
        small = self._parts.room.fill(edit.body.text) < SMALL
        if edit.body.figures:
            self._forgo_figures(edit.body)
        elif self._parts.dialect is Dialect.TEXT:
            self.lose()
        elif small and edit.body.controls is not None:
            self._capabilities.controls = False
        elif small or self._room_left < 1:
            self._capabilities.block = self._capabilities.block and not small
            self._go_plain()
        else:
            self._shrink()

    def moved(self, edit: Edit) -> None:
        """This message takes no edit any more: the whole of its text goes into a new one, once it is complete."""
        self._unsend(edit)
        part = self._parts[edit.segment]
        part.ts, part.live, part.growing = "", False, False
        part.moves += 1
        self._whole = True

    def spill(self) -> None:
        """No update can be had in time for what completes this message: the unseen rest goes into a message of its own.

        Changes nothing where it may not: what readers see has to be known, and where a message for the rest stands already that would
        take an update, too.
        """
        part, known = self._parts.current, self.wants and not self.unsure
        owed = known and self.closing and not self._owes_end
        if owed and part.is_posted and part.upto > 0 and not self._parts.is_followed:
            self._spilling = True
            self._changed()

    def lose(self) -> None:
        """The message is gone, or can never be written: nothing more is sent."""
        self._in_flight = None
        self.timeline.unseen_since = None
        self.state = ReplyState.LOST
        self._changed()

    @property
    def leftovers(self) -> list[Update]:
        """Returns the edits that would take Stop away, of a reply that is over, where it was left below a message."""
        last = max(self._parts.messages, key=float, default="")
        left = () if self.state is ReplyState.LOST else self._parts.left_live
        return [self._leftover(part, last=part.ts == last) for part in left]

    # ---- inside

    @property
    def _begun(self) -> bool:
        """Tells whether there is a whole word to show."""
        return self.timeline.landed > 0 or self._parts.begun

    @property
    def _owes_end(self) -> bool:
        """Tells whether the message has to be made one that takes edits, before anything else."""
        return self._parts.current.growing

    @property
    def _has_controls(self) -> bool:
        """Tells whether something stands below its text: a line of what it does, and what can be pressed."""
        return self._capabilities.controls and self._parts.dialect is not Dialect.TEXT

    def _is_last(self, part: Segment) -> bool:
        """Tells whether the next edit of `part` completes its message."""
        return part.cut is not None or (self.state is ReplyState.CLOSING and not self.awaits_file)

    def _figures(self, part: Segment, text: str) -> Sequence[Figure]:
        """Returns what in the text is shown as a chart, or as a table that can be sorted, in the end."""
        may = self._capabilities
        if self._parts.dialect is not Dialect.BLOCK or not self._is_last(part):
            return ()
        if may.charts and (charts := place_charts(text, self._charts.charts)):
            return charts
        cut = part.cut is not None
        table = find_data_table(text, begins_cut=part.number > 0, ends_cut=cut) if may.tables else None
        return () if table is None else (table,)

    def _forgo_figures(self, body: Body) -> None:
        """The workspace does not take what stands in their place: from now on they are shown as text."""
        if any(isinstance(one, PlacedChart) for one in body.figures):
            self._capabilities.charts = False
        else:
            self._capabilities.tables = False

    def _edit(self, part: Segment, body: Body) -> Edit:
        last = self._is_last(part)
        marker = f"{self.answer.marker}:{part.name}"
        if self._owes_end:
            return StopStream(self.thread, part.number, part.ts, body, "", marker, last=False)
        if part.is_posted:
            name = marker if last and part.unnamed else ""
            return Update(self.thread, part.number, part.ts, body, last, name)
        return Post(self.thread, part.number, body, marker, last)

    def _fly(self, edit: Edit, now: float) -> Edit:
        """`edit` leaves."""
        self._in_flight = InFlight(edit, self.timeline.leave(now), self._parts.upto())
        self._changed()
        return edit

    def _controls(self, part: Segment, now: float) -> Controls | None:
        """Returns what stands below `part`, now that its text is rendered; None for nothing."""
        if not self._has_controls:
            return None
        if part.cut is not None and not part.last:
            return None  # more follows in the next message
        if not self._is_last(part):
            return Controls(self.answer.tag, None, line=self.activity.line(now))
        return self._over()

    def _over(self) -> Controls | None:
        """Returns what the last message offers in the end."""
        direct = self.answer.kind is Kind.DIRECT
        over = Controls(self.answer.tag, self._end, self._footer, former=self._former, direct=direct)
        return over if over.offers else None

    def _leftover(self, part: Segment, *, last: bool) -> Update:
        text, source = (part.cut.shown, part.cut.head) if part.cut else (self._parts.render(), part.source)
        controls = self._over() if last else None
        body = Body(text, self._parts.beginning(source), Dialect.BLOCK, controls, self.language)
        return Update(self.thread, part.number, part.ts, body, last=True)

    def _wait_for_file(self) -> None:
        """The last edit waits for the file that it tells of."""
        self.timeline.unseen_since = None
        self._changed()

    def _forgo(self) -> None:
        """Nothing but what can be pressed would change with the last edit: nobody waits for that."""
        self.timeline.unseen_since = None
        self.state = ReplyState.DONE
        self._changed()

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
            times = self.timeline
            times.unseen_since = times.sent_at if times.unseen_since is None else times.unseen_since
        self._settle()

    def _settle(self) -> None:
        over = self.state is ReplyState.CLOSING and not self._in_flight and self._parts.shows_all()
        if over and not self.awaits_file:
            self.state = ReplyState.DONE

    def _land(self, edit: Edit) -> InFlight:
        """`edit` is no longer in flight."""
        if self._in_flight is None or self._in_flight.edit is not edit:
            raise ValueError("this edit is not in flight")
        landed, self._in_flight = self._in_flight, None
        self._changed()
        return landed

    def _unsend(self, edit: Edit) -> None:
        self.timeline.withdraw(self._land(edit).since)
        # What Slack shows now is unknown: the text before, or this one where only its answer was lost.
        self._parts[edit.segment].shown = ""


def _nobody() -> None:
    """Tells nobody."""
