"""A text of any length as parts that fit one message each.

A part ends at the best place there is: before a heading, between blocks, items, rows, lines, sentences, words, in this
order, among its last `CHOICE` characters, as long as it is at least half full. What is behind the best place so far is not
shown before it is known where the part ends (`settled`): what was read stays where it is. What a cut goes through is closed in the part before it, and opened again
in the one behind it.

Where a part ends depends on the text alone, not on the rhythm in which it came, and never changes with what comes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf
from typing import TYPE_CHECKING

from bot.core.markdown.parse.loose_rows import HEADER_SIGN
from bot.core.markdown.parse.parser import clean
from bot.core.markdown.split.container_filter import ContainerFilter
from bot.core.markdown.split.cut_points import Sheet
from bot.core.markdown.split.prose_breaks import Rank, graphemes
from bot.core.markdown.split.reference_filter import ReferenceFilter
from bot.core.markdown.stream.healing import heal
from bot.core.markdown.stream.incremental import common

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.core.markdown.split.capacity import Capacity
    from bot.core.markdown.split.cut_place import CutPoint

LOOKAHEAD = 200
"""Characters behind what fits that must be there before a cut is decided: what seems to be a word may be half a link."""
STEP, LONGEST_STEP = 500, 2_000
"""Characters more, where what was looked at turned out to fit; twice as many each time."""
HALF = 0.5
CHOICE = 1_000
"""Characters at the end of a full part among which its end is chosen: what is behind the best of them so far is not shown, for
some four seconds of an answer."""
CARE = 0.95  # of where that begins and ends: how much longer a text becomes by being sent is not known until it is there
NARROWER = 5  # tries to find a better place between two that are known
PATIENCE = 4  # tries to fill a part as well as can be, where text grows while it is made safe; from then on in big steps


@dataclass(frozen=True, slots=True)
class Shape:
    """Says how a part is sent: what is made of its source, and what a message holds of that."""

    emit: Callable[[str], str]
    room: Capacity

    def is_wide(self, table: str) -> bool:
        """Tells whether `table`, of the shortest row below its header, leaves longer ones less than half of a message."""
        return self.room.fill(self.emit(table)) > HALF


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of a part. `head` is its source, and `shown` what is sent of it."""

    head: str
    shown: str
    place: CutPoint

    def filters(self, *, first: bool) -> list[ContainerFilter | ReferenceFilter]:
        """Returns what the text from `place.at` on has to pass through, one after the other; at the `first` cut of a text one
        more."""
        place = self.place
        fence = place.closing.strip(" >\n") if place.closing.startswith("\n") else ""
        fence = fence if fence[:1] in ("`", "~") else ""
        margin = ContainerFilter(place.around, within=place.within, in_table=place.in_table, fence=fence)
        return [ReferenceFilter(fence=fence, within=place.within), margin] if first else [margin]

    def rest(self, source: str, *, first: bool) -> str:
        """Returns what comes behind it in a `source` that is whole, as a text of its own."""
        rest = source[self.place.at :]
        for one in self.filters(first=first):
            rest = one.feed(rest) + one.flush()
        return self.place.opening + rest


def cut(source: str, shape: Shape, *, whole: Callable[[], str] | None = None, note: str = "") -> Cut | None:
    """Returns where the part ends that begins with `source`; None where all of it fits, or where that cannot be told yet.

    `whole` renders all of `source`, if no more text comes. `note` goes below the part, where it has to end.
    """
    for length in _windows(source, shape.room):
        window = heal(source[:length])
        shown = shape.emit(window)
        if not shape.room.fits(shown):
            return _cut(window, shown, shape, upto=common(window, source), note=note)
    if whole is None or shape.room.fits(shown := whole()):
        return None
    return _cut(source, shown, shape, upto=len(source), note=note)


def cut_behind(source: str, index: int, shape: Shape) -> Cut:
    """The cut behind the last whole word, line of code or block that ends at `index` or before."""
    place = Sheet(source, shape.is_wide).last_before(index)
    head = place.head(source)
    return Cut(head, shape.emit(head), place)


def settled(source: str, shown: str, shape: Shape) -> tuple[str, int] | None:
    """Returns what can be shown of `source`, of which `shown` would be sent, and up to where; None where all of it can.

    What is near the end of a full part may have to go into the next: it is shown once it is known where the part ends.
    """
    full = shape.room.fill(shown)
    if full <= CARE * _least(shape.room):
        return None
    window = heal(source)
    pages = _Pages(window, shape, common(window, source))
    found = _fitting(pages.settled, pages, fill=min(1.0, shape.room.fill(source) / full))
    return found.shown, found.place.end


def _least(room: Capacity) -> float:
    """Returns how full a part must be where it ends."""
    return max(HALF, 1 - CHOICE / room.letters)


def split(source: str, shape: Shape, *, most: float = inf, note: str = "") -> list[str]:
    """Returns what is sent of a whole text, part by part. Where `most` parts are not enough, the last one ends with `note`."""
    source, shown = clean(source), list[str]()
    while True:
        last = len(shown) + 1 >= most
        found = cut(source, shape, whole=partial(shape.emit, source), note=note if last else "")
        if found is None:
            return _seen([*shown, shape.emit(source)])
        shown.append(found.shown)
        if last:
            return _seen(shown)
        source = found.rest(source, first=len(shown) == 1)


def _seen(parts: list[str]) -> list[str]:
    """`parts` without those that show nothing; nothing at all is one."""
    return [part for part in parts if part] or parts[:1]


def _windows(source: str, room: Capacity) -> Iterator[int]:
    """Returns how much of `source` is looked at before more is: so the same cut is found however much of it is there already."""
    if room.fits(source):
        return
    length, step = room.reach(source, 1) + LOOKAHEAD, STEP
    while length <= len(source):
        yield length
        # Of what shows nothing there may be any amount: its length is looked through a few times, not once a step.
        length, step = length + step, min(2 * step, max(LONGEST_STEP, length // 8))


def _cut(text: str, shown: str, shape: Shape, *, upto: int, note: str) -> Cut:
    """The cut in `text`, of which `shown` is sent and too long; before index `upto`."""
    pages = _Pages(text, shape, upto, note)
    # What becomes shorter by being sent leaves room for more.
    fill = max(1.0, shape.room.fill(text) / shape.room.fill(shown))
    found = _fitting(pages.best, pages, fill=fill)
    short = found.place.rank is Rank.LETTER and shape.room.fill(found.shown) < HALF
    return _without_letters(found, pages) if short else found


def _without_letters(found: Cut, pages: _Pages) -> Cut:
    """A cut further on that goes through no word, where a part that is half empty has room for it: a table that grows by a wide row is
    far too long at once, and the next try was far too short."""
    low = pages.room.fill(found.head)
    high = low / pages.room.fill(found.shown)
    for _ in range(NARROWER):
        middle = (low + high) / 2
        further = pages.cut(pages.best(middle))
        if not pages.room.fits(further.shown):
            high = middle
        elif further.place.rank is not Rank.LETTER and further.place.end > found.place.end:
            return further
        else:
            low = middle
    return found


def _fitting(choose: Callable[[float], CutPoint], pages: _Pages, *, fill: float) -> Cut:
    """The cut at the place that `choose` finds and that leaves a part which a message takes, first looked for at `fill`."""
    tries = 0
    while True:
        found = pages.cut(choose(fill))
        full, tries = pages.room.fill(found.shown), tries + 1
        if full <= 1 or found.place.end <= pages.least:
            return found
        fill = pages.room.fill(found.head) / full * (1 if tries < PATIENCE else HALF)


class _Pages:
    """A text that does not fit, and the choice of where it is cut. `note` goes below the part that it ends."""

    def __init__(self, text: str, shape: Shape, upto: int, note: str = "") -> None:
        self.text = text
        self._note = note
        self._shape = shape
        self.room = shape.room
        self._upto = upto
        self._sheet = Sheet(text, shape.is_wide)
        self._between = self._sheet.between_blocks()
        self.least = self._sheet.anywhere(next(iter(graphemes(text[:100])), len(text))).end

    def cut(self, place: CutPoint) -> Cut:
        """The cut at this place, whether a message takes it or not."""
        head = place.head(self.text)
        return Cut(head, self._shape.emit(head) + self._note, place)

    def best(self, fill: float) -> CutPoint:
        """The best place that leaves the part no fuller than `fill`."""
        return self._best(self.room.reach(self.text, fill * _least(self.room)), fill)

    def settled(self, fill: float) -> CutPoint:
        """The best place so far; however the text goes on, the part ends there or later, unless `fill` was far too much."""
        return self._best(self.room.reach(self.text, fill * CARE * _least(self.room)), fill * CARE)

    def _best(self, least: int, fill: float) -> CutPoint:
        reach = min(self.room.reach(self.text, fill), self._upto)
        for start, worst, wholes in (
            (least, Rank.SCRIPT, False), (1, Rank.SCRIPT, False), (least, Rank.LETTER, False), (1, Rank.LETTER, False),
            (1, Rank.LETTER, True),
        ):  # fmt: skip
            back = start < least and not wholes
            if wholes and (place := self._behind(reach)):
                return place
            for places in self._sources(start, reach, letters=worst is Rank.LETTER, wholes=wholes):
                fitting = [place for place in places if place.rank <= worst and start <= place.end <= reach]
                place = self._choose(fitting, fill, last=back)
                if place and not (back and self._is_shown(place.at, least)):
                    return place
        return self._anywhere(least, reach)

    def _sources(self, start: int, end: int, *, letters: bool, wholes: bool) -> Iterator[list[CutPoint]]:
        """Places, the better ones first: to look between the words takes longer."""
        if start > 1:
            yield self._between
        yield self._between + self._sheet.inside_blocks(start, end, letters=letters, wholes=wholes)

    def _choose(self, places: Iterable[CutPoint], fill: float, *, last: bool) -> CutPoint | None:
        """The last of the best-ranked places, or of all: what is behind it has been shown."""
        possible = (place for place in places if place.at <= self._upto)
        for place in sorted(possible, key=lambda place: (0 if last else place.rank, -place.end)):
            if self.room.fill(place.head(self.text).replace(HEADER_SIGN, "")) <= fill:
                return place
        return None

    def _behind(self, reach: int) -> CutPoint | None:
        """The first place behind `reach`, where a message takes all the same what is sent up to there: of a link that may be its label
        alone."""
        places = [*self._between, *self._sheet.inside_blocks(reach, reach + 1, letters=True)]
        later = [place for place in places if place.end > reach and place.at <= self._upto]
        first = min(later, key=lambda place: place.end, default=None)
        fits = first and self.room.fits(self.cut(first).shown)
        return first if fits else None

    def _is_shown(self, start: int, end: int) -> bool:
        """Tells whether what is between may have been shown, while it grew: it can be cut through, unlike half a link."""
        letters = self._sheet.inside_blocks(start, end, letters=True)
        return any(start < place.end < end for place in letters)

    def _anywhere(self, half: int, reach: int) -> CutPoint:
        """A place where none is good: in a link or a table's row that is longer than a message."""
        space = self.text.rfind(" ", half, reach) + 1
        letters = [index for index in graphemes(self.text[: reach + 100]) if index <= reach]
        at = space or max(letters, default=max(1, reach))
        return self._sheet.anywhere(at)
