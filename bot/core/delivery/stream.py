"""One reply by Slack's native stream: a message that grows, instead of one that is edited.

    the message is     the next call                                goes on to
    =================  ===========================================  ==========================================================
    not begun          `StartStream`, with the first whole words,   growing; edits where Slack will not begin one
                       or the card of a tool
    growing            `AppendStream`, with what is certain by      growing; edits after any call that fails
                       now, and what tools have come to
    complete, or old   `StopStream`, with all the rest, the         the next message, which is not begun; done
                       message's name and what can be pressed
    edits              those of `bot.core.delivery.reply`, after a  done
                       `StopStream` where Slack takes it for a
                       stream still

An answer that is whole before its first call left is posted, as is the rest of one: that is one call instead of two. Once
an answer has gone over to edits it stays with them. A refusal for the rate is no failure: what is due then is one longer call.

*What always holds.* Only *committed* text is streamed (`bot.core.delivery.segments`): what no later delta can change, since what was
added stays. Whatever is not certain after all is seen before the next call leaves: where the text that is there does not begin the text
that should be, the stream is ended and the message edited. So in the end each message says what an edit would say, whatever failed.

*Cards of tools* (`bot.core.delivery.tool_cards`) stand between two blocks of the text: one is begun where a paragraph has ended, outside
of code, and where the text does not go on with another block below it the answer goes over to edits, which show no cards but a line.

*What the simple way gets wrong* is to add each delta and to add it again where no answer came: then a word stands there twice, for
ever. And Slack ends a stream after some five minutes, or some 12,000 characters, however busy it is: whoever goes on to add loses
every further word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.conversation.incoming import Kind
from bot.core.delivery.message_format import Capabilities, Dialect
from bot.core.delivery.reply import Reply, ReplyState
from bot.core.delivery.slack_calls import AppendStream, Body, Post, StartStream, StopStream
from bot.core.delivery.tool_cards import TaskCards, TaskStatus, begins_block, stream_pieces
from bot.core.markdown.split.cut_points import closing
from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.deltas import ToolStep
    from bot.core.delivery.segments import Segment
    from bot.core.delivery.slack_calls import Edit
    from bot.core.delivery.tool_cards import CardCall
    from bot.language.catalogue import Language

OLD = 225.0
"""Seconds after which a message is complete, whatever is still to come. Slack ends a stream some 306 s after it has begun, also while
text is added (python-slack-sdk, issue 1859; seen, and on no page); Chat SDK turns over at 240 s (vercel/chat, issue 637)."""


def open_reply(
    answer: AnswerKey,
    *,
    asker: str = "",
    capabilities: Capabilities | None = None,
    posted: Mapping[int, str] | None = None,
    seen: int = 0,
    former: Sequence[str] = (),
    language: Language = ENGLISH,
) -> Reply:
    """Returns what shows the answer: a stream where whoever asked is the only one who reads, since others would see nothing grow,
    and where the workspace takes streams; else edits, also of what another process has begun. The rest is as for `Reply`."""
    may = capabilities or Capabilities()
    if may.streams and may.block and answer.kind is Kind.DIRECT and not posted:
        return StreamedReply(answer, asker=asker, capabilities=may, former=former, language=language)
    return Reply(
        answer,
        asker=asker,
        capabilities=may,
        posted=posted,
        seen=seen,
        former=former,
        language=language,
    )


class StreamedReply(Reply):
    """Knows what one answer still owes its reader, who looks on while its messages grow."""

    def __init__(
        self,
        answer: AnswerKey,
        *,
        asker: str = "",
        capabilities: Capabilities,
        former: Sequence[str] = (),
        language: Language = ENGLISH,
    ) -> None:
        self._streaming = True  # until a call has failed
        self._grown = ""  # what the current message certainly says
        self._begun_at = float("inf")  # when it began
        self._is_old = self._appends_rest = False
        self._cards = TaskCards()
        self._leaving: tuple[CardCall, ...] = ()  # what the call in flight tells of them
        self._ends_in_card = False  # of what the current message shows
        super().__init__(answer, asker=asker, capabilities=capabilities, former=former, language=language)
        self._parts.keep_to_stream()

    def feed(self, text: str, now: float) -> bool:
        self._is_old = now - self._begun_at >= OLD
        return super().feed(text, now)

    def end(self, now: float, **how: Any) -> None:
        if self._charts.charts:
            self._stop_streaming()  # what was streamed can be edited, and nothing else can be a chart
        super().end(now, **how)

    def show_step(self, step: ToolStep, now: float) -> bool:
        if not self._streaming:
            return super().show_step(step, now)
        self._cards.hear(step, self._place())
        shown = self.writing and self._cards.owed
        if shown:
            self.state = ReplyState.WRITING
            self.timeline.came(now)
            self._changed()
        return shown

    @property
    def at_boundary(self) -> bool:
        return super().at_boundary or (self._streaming and self._cards.owed)

    @property
    def method(self) -> str:
        if not self._streaming:
            return super().method
        if not self._parts.current.is_posted:
            # What is whole needs no stream.
            return Post.method if self.closing else StartStream.method
        return StopStream.method if self.closing else AppendStream.method

    @property
    def closing(self) -> bool:
        if not self._streaming:
            return super().closing
        return (super().closing or self._is_old) and not self._appends_rest

    def take(self, now: float) -> Edit | None:
        part = self._parts.current
        if self._streaming and not part.is_posted and self.closing:
            self._streaming = False
        if not self._streaming:
            return super().take(now)
        if self._is_old and part.cut is None and self.state is ReplyState.WRITING:
            self._parts.turn_over()
        ends = self.closing
        text = self._text(ends=ends)
        if self.owes_file:
            self._wait_for_file()
            return None
        if text is None:
            self._stop_streaming()
            return None
        more, self._leaving = text[len(self._grown) :], self._due_cards(text)
        if not (more or self._leaving or ends):
            self.timeline.unseen_since = None
            self._changed()
            return None
        controls = self._controls(part, now) if ends else None
        body = Body(text, self._parts.fallback(), Dialect.BLOCK, controls, self.language)
        return self._fly(self._grow(part, body, more), now)

    def sent(self, edit: Edit, ts: str) -> None:
        self._appends_rest = False
        if isinstance(edit, StartStream):
            self._begun_at = self.timeline.sent_at
        if isinstance(edit, StopStream):
            self._grown, self._begun_at, self._is_old = "", float("inf"), False
            self._ends_in_card = False
            self._cards.turn_over()
        elif self._streaming and isinstance(edit, StartStream | AppendStream):
            self._land_cards(len(edit.body.text) - len(self._grown))
            self._grown = edit.body.text
        super().sent(edit, ts)

    def refused(self, edit: Edit, *, not_before: float, unsure: bool = False) -> None:
        # One that may have been carried out is not made again: what was added twice stays. A start is looked for.
        if unsure and not isinstance(edit, StartStream):
            self._streaming = False
        super().refused(edit, not_before=not_before, unsure=unsure)

    def found(self, edit: Edit, ts: str) -> None:
        self._streaming = False  # what it says is not known
        super().found(edit, ts)

    def broken(self, edit: Edit, *, growing: bool, possible: bool = True) -> None:
        self._streaming = False
        super().broken(edit, growing=growing, possible=possible)

    def spill(self) -> None:
        """Goes on by posting where no stream can be begun; where none can be ended in time, what is left is added before."""
        if not self._streaming:
            super().spill()
        elif self.method == StartStream.method:
            self._stop_streaming()
        elif self.wants and self.closing and self._parts.committed() != self._grown:
            self._appends_rest = True
            self._changed()

    # ---- inside

    @property
    def _owes_end(self) -> bool:
        return super()._owes_end and not self._streaming

    def _stop_streaming(self) -> None:
        self._streaming = False
        self._changed()

    def _land_cards(self, more: int) -> None:
        """Notes that so many characters of text were added, and the cards between them."""
        self._cards.land(self._leaving)
        self._ends_in_card = (self._ends_in_card and not more) or any(at == more for _, at in self._leaving)

    def _text(self, *, ends: bool) -> str | None:
        """Returns what the message should say by now; None where what it says already cannot go on so."""
        text = self._parts.committed()
        if not ends and self._grown.startswith(text):
            return self._grown  # for a moment less is certain than was
        if not text.startswith(self._grown):
            return None
        more = text[len(self._grown) :]
        if not (self._ends_in_card and self._grown and more):
            return text
        if not ends and not more.strip("\n"):
            return self._grown
        return text if begins_block(more) else None

    def _place(self) -> str | None:
        """Returns the text that a card may stand below: all that is said so far, where that is whole; None where it is not."""
        source = self._parts.current.source
        if not source.strip():
            return ""
        if self.closing or not source.endswith("\n\n") or closing(source):
            return None
        text = self._parts.committed()
        return text if text == self._parts.render() else None

    def _due_cards(self, text: str) -> tuple[CardCall, ...]:
        over = TaskStatus.ERROR if self.state is ReplyState.CLOSING else TaskStatus.COMPLETE
        return self._cards.due(text, len(self._grown), end=over if self.closing else None)

    def _grow(self, part: Segment, body: Body, more: str) -> Edit:
        marker = f"{self.answer.marker}:{part.name}"
        cards = self._leaving
        pieces = (
            stream_pieces(more, cards, below_card=self._ends_in_card) if cards or self._ends_in_card else ()
        )
        if not part.is_posted:
            return StartStream(self.thread, part.number, body, self.answer.user, marker, pieces)
        if self.closing:
            return StopStream(self.thread, part.number, part.ts, body, more, marker, last=True, pieces=pieces)
        return AppendStream(self.thread, part.number, part.ts, body, more, pieces)
