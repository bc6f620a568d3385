"""The messages that an answer is cut into. A part that is complete is never touched again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.delivery.delivery import MOST_MESSAGES
from bot.core.delivery.overflow import Overflow
from bot.core.markdown.render.message_text import plain
from bot.core.markdown.split.capacity import STREAM_BYTES
from bot.core.markdown.split.cut_points import closing
from bot.core.markdown.split.pagination import Cut, cut, cut_behind, settled
from bot.core.markdown.stream import healing as unfinished
from bot.core.markdown.stream.healing import heal
from bot.core.markdown.stream.incremental import IncrementalText, common
from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.delivery.message_format import Dialect
    from bot.core.markdown.split.capacity import Capacity
    from bot.core.markdown.split.container_filter import ContainerFilter
    from bot.core.markdown.split.pagination import Shape
    from bot.core.markdown.split.reference_filter import ReferenceFilter
    from bot.language.catalogue import Language

BOUNDARIES = ("\n", ". ", "! ", "? ", ": ", ".", "!", "?", "。", "！", "？")  # noqa: RUF001
FALLBACK = 2_000  # characters of a part that its notification is made of; nobody hears more of it read out


@dataclass(slots=True)
class Segment:
    """One message. Its text is the rest of the answer, until it is `cut`."""

    number: int
    text: IncrementalText
    cut: Cut | None = None
    ts: str = ""  # of the message that shows it, where there is one
    shown: str = ""  # as Slack shows it; "" where that is not known
    live: bool = False  # whether Stop stands below it in Slack
    upto: int = 0  # the index in `source` up to which readers have certainly seen it
    moves: int = 0  # how often it had to be given a new message
    growing: bool = False  # whether Slack takes it for a stream: it takes no edit before the stream has ended
    unnamed: bool = False  # whether no call has given its message a name that Slack has taken
    last: bool = False  # whether no part may follow it

    @property
    def source(self) -> str:
        """The Markdown it is made of."""
        return self.text.text

    @property
    def is_posted(self) -> bool:
        """Tells whether a message shows it."""
        return bool(self.ts)

    @property
    def name(self) -> str:
        """Names the part's message among all of the reply."""
        return f"{self.number}.{self.moves}" if self.moves else str(self.number)


def too_long(language: Language, most: int = MOST_MESSAGES) -> str:
    """Returns what stands below an answer that has had all the messages that it may fill, in Markdown."""
    return notices.aside(language.say(notices.ANSWER_TOO_LONG.fill(count=most)))


def in_file(language: Language) -> str:
    """Returns what stands below an answer whose rest is in a file, in Markdown."""
    return notices.aside(language.say(notices.ANSWER_IN_FILE))


def posted_parts(marked: Iterable[tuple[str, str]]) -> dict[int, str]:
    """The messages that stand in Slack, by the number of their part, given the name and the ts of each.

    A part that was given a new message stands in its newest.
    """
    found: dict[int, tuple[int, str]] = {}
    for name, ts in marked:
        number, _, moves = name.partition(".")
        found[int(number)] = max(found.get(int(number), (-1, "")), (int(moves or 0), ts))
    return {number: ts for number, (_, ts) in found.items()}


class Segments:
    """The text so far, in parts. `current` is the one being written; those before it are complete.

    `posted` are messages that stand in Slack already, by their part's number: a resumed reply goes on in them. Where they
    are too many for an answer, its reader is told so in the `language`.
    """

    def __init__(
        self,
        dialect: Dialect,
        *,
        asker: str = "",
        posted: Mapping[int, str] | None = None,
        language: Language = ENGLISH,
        file_after: int | None = None,
    ) -> None:
        self.dialect = dialect
        self.overflow: Overflow | None = None  # what goes into a file, where that has begun
        self._language = language
        self._most, self._files = file_after or MOST_MESSAGES, file_after is not None
        self._asker = asker
        self.shape = dialect.shape(asker=asker)
        self._posted = dict(posted or {})
        self._parts = [self._part(0, "")]
        self._filters: list[ContainerFilter | ReferenceFilter] = []
        self._ended = False
        self._settled = 0  # up to here the current part can be shown, wherever it ends
        self._whole: str | None = None  # the current part as it is sent in the end, once that is known
        self._beginning: tuple[str, str] = ("", "")  # of the current part, and the same in plain words
        self._note = ""  # what stands below the answer

    def __getitem__(self, number: int) -> Segment:
        return self._parts[number]

    @property
    def current(self) -> Segment:
        """The part that is written now."""
        return self._parts[-1]

    @property
    def begun(self) -> bool:
        """Tells whether it has a whole word."""
        text = self.current.source
        return self.current.number > 0 or len(text.split(maxsplit=1)) > 1 or text[-1:].isspace()

    @property
    def at_boundary(self) -> bool:
        """Tells whether a sentence or a line has just ended."""
        return self.current.source.endswith(BOUNDARIES)

    @property
    def room(self) -> Capacity:
        """Returns what a message holds."""
        return self.shape.room

    # ---- what comes

    def feed(self, text: str) -> None:
        """More of the answer."""
        for one in self._filters:
            text = one.feed(text)
        self._add(text)

    def finish(self, note: str = "", *, broken_off: bool = False) -> None:
        """The answer is complete, or `broken_off`. `note` is what stands below it, in Markdown."""
        self._flush()
        if broken_off and self.overflow is not None:
            self.overflow.break_off()
        elif broken_off:
            self.current.text = self._growing(unfinished.broken_off(self.current.source))
        self._note, self._ended = note, True
        self._append(note)

    def go_on_in_messages(self, *refused: str, rest: bool = True) -> None:
        """Slack has not taken files: these blocks of Markdown go on in further messages, below the note, and so does the `rest` of
        the answer, from where its messages ended. Raises ValueError where there is no such rest."""
        part, overflow = self.current, self.overflow
        self._files, self._most = False, max(MOST_MESSAGES, 2 * self._most)
        part.last = part.number >= self._most - 1
        if rest:
            if overflow is None:
                raise ValueError("nothing of this answer goes into a file")
            self.overflow, part.text = None, self._growing(overflow.source)
            refused = (self._note, *refused)
        self._append("\n\n".join(filter(None, refused)))

    # ---- how it looks

    @property
    def messages(self) -> frozenset[str]:
        """The messages that the answer stands in so far."""
        return frozenset(part.ts for part in self._parts if part.is_posted)

    @property
    def left_live(self) -> list[Segment]:
        """Parts whose messages have Stop below them."""
        return [part for part in self._parts if part.live and part.is_posted]

    @property
    def all_seen(self) -> bool:
        """Tells whether readers have certainly seen all of the current part."""
        part = self.current
        seen = part.source[: part.upto]
        return common(heal(seen), seen) >= len(part.source.rstrip())

    @property
    def is_followed(self) -> bool:
        """Tells whether a message of an earlier attempt stands already where the next segment will be shown."""
        return self.current.number + 1 in self._posted

    @property
    def surplus(self) -> list[str]:
        """Messages of an earlier attempt that the text, as far as it goes, has no need of."""
        return [ts for ts in self._posted.values() if ts not in self.messages]

    def render(self) -> str:
        """The current part as it should look now. Cuts it where it has become too long for a message."""
        part = self.current
        if part.cut is None and self._whole is None:
            whole = self._render_whole if self._is_whole else None
            note = f"\n\n{self.shape.emit(self._ending)}" if part.last else ""
            part.cut = cut(part.source, self._known_shape(), whole=whole, note=note)
            if part.cut is not None and part.last and self._files:
                self._overflow(part, part.cut)
        if part.cut is not None:
            return part.cut.shown
        return self._render_whole() if self._is_whole else self._render_unfinished()

    def committed(self) -> str:
        """The current part as it should look now, as far as nothing that may still come can change it: a whole part, or the whole
        words of one that grows. What it is short of `render` is at most what follows an open mark."""
        shown = self.render()
        if self._is_whole or self.current.cut is not None:
            return shown
        return shown[: common(shown, self.current.text.committed())]

    def fallback(self) -> str:
        """The beginning of the current part in plain words, for notifications and screen readers."""
        part = self.current
        source = part.cut.head if part.cut else part.source
        return self.beginning(source) + (" …" if len(source) > FALLBACK else "")

    def beginning(self, source: str) -> str:
        """The beginning of a part's source in plain words; parsed once where it is asked for again."""
        if self._beginning[0] != (beginning := source[:FALLBACK]):
            self._beginning = beginning, plain(beginning)
        return self._beginning[1]

    def shows_all(self) -> bool:
        """Tells whether the current part is the last one, and is shown as it should look in the end: Stop is gone as well."""
        part = self.current
        return self.render() == part.shown and part.cut is None and not part.live

    def upto(self) -> int:
        """The index in the current part's source up to which it is rendered now."""
        part = self.current
        if part.cut is None:
            return len(part.source) if self._is_whole else min(self._settled, len(part.source))
        return part.cut.place.end

    # ---- where it is cut

    def advance(self) -> None:
        """The current part is complete: go on with the next."""
        part = self.current
        if part.cut is None:
            raise ValueError("a part that is not cut has no next one")
        place, rest = part.cut.place, part.source[part.cut.place.at :]
        filters = part.cut.filters(first=part.number == 0)
        for one in filters:
            rest = one.feed(rest)
        part.text = self._growing("")  # it is never looked at again
        self._filters = [one for one in (*self._filters, *filters) if not one.over]
        self._parts.append(self._part(part.number + 1, place.opening + rest))
        self._whole, self._settled = None, 0
        if self._ended:
            self._flush()

    def spill(self) -> None:
        """The current part stays as it is, and what readers have not seen of it becomes the next."""
        part = self.current
        seen = part.source[: part.upto]
        # What was held back of an unfinished text has not been seen.
        part.cut = cut_behind(part.source, common(heal(seen), seen), self.shape)
        self.advance()

    def turn_over(self) -> None:
        """The current part ends where its text is certain: what comes goes into the next."""
        part = self.current
        part.cut = cut_behind(part.source, part.text.committed_source(), self.shape)

    def keep_to_stream(self) -> None:
        """From now on a part is as long as may be streamed into a message."""
        self.shape = replace(self.shape, room=replace(self.shape.room, size=STREAM_BYTES))

    def shrink(self, by: float) -> None:
        """Cut the current part anew, with `by` of the room: Slack found it too long."""
        self.shape = replace(self.shape, room=self.room.shrunk(by))
        self.current.cut = self._whole = None

    def speak(self, dialect: Dialect) -> None:
        """From the current part on, say it in `dialect`."""
        part = self.current
        self.dialect, self.shape = dialect, dialect.shape(asker=self._asker)
        part.text, part.cut = self._growing(part.source), None
        self._whole = None

    # ---- inside

    def _part(self, number: int, text: str) -> Segment:
        ts, last = self._posted.get(number, ""), number == self._most - 1
        return Segment(number, self._growing(text), ts=ts, unnamed=bool(ts), last=last)

    @property
    def _is_whole(self) -> bool:
        """Tells whether nothing more comes into the current part."""
        return self._ended or self.overflow is not None

    @property
    def _ending(self) -> str:
        """Returns what stands below the last part, where it cannot hold the rest, in Markdown."""
        return in_file(self._language) if self._files else too_long(self._language, self._most)

    def _overflow(self, part: Segment, end: Cut) -> None:
        """The part is whole, and says where the rest of the answer is."""
        self.overflow = Overflow(part.source, end, first=part.number == 0)
        part.text, part.cut, part.last = self._growing(f"{end.head}\n\n{self._ending}"), None, False
        self._whole = None

    def _add(self, text: str) -> None:
        if self.overflow is not None:
            self.overflow.feed(text)
            return
        self.current.text.feed(text)
        self._whole = None

    def _append(self, markdown: str) -> None:
        if markdown:
            self.current.text.feed(f"{closing(self.current.source)}\n\n{markdown}")
        self._whole = None

    def _growing(self, text: str) -> IncrementalText:
        return IncrementalText(text, emitter=self.dialect.emitter(asker=self._asker))

    def _flush(self) -> None:
        rest = ""
        for one in self._filters:
            rest = one.feed(rest) + one.flush()
        self._add(rest)

    def _known_shape(self) -> Shape:
        """The shape, in which the current part shows plainly what it has shown so before."""
        emit = self.dialect.shape(asker=self._asker, plainly=self.current.text.plainly).emit
        return replace(self.shape, emit=emit)

    def _render_whole(self) -> str:
        if self._whole is None:
            self._whole = self.current.text.render(finished=True)
        return self._whole

    def _render_unfinished(self) -> str:
        """The part as it grows. Where it is too long, and where it ends cannot be told yet, it stays as it is."""
        part = self.current
        text = part.text.render(finished=False)
        found = settled(part.source, text, self._known_shape())
        if found is None:
            self._settled = len(part.source)
            return text
        if found[1] < self._settled and part.shown:
            return part.shown
        self._settled = found[1]
        return found[0]
