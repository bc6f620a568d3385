"""The messages that an answer is cut into. A part that is complete is never touched again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.markdown.pages import MARKDOWN_LIMIT, cut, fits, reopened
from bot.core.markdown.unfinished import close_fence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(slots=True)
class Part:
    """One message: the text from `start` on, up to `end` once that is known."""

    number: int
    start: int
    end: int | None = None
    ts: str | None = None
    shown: str = ""  # as Slack shows it; "" where that is not known
    upto: int = 0  # the index in the answer up to which readers have certainly seen it
    moves: int = 0  # how often it had to be given a new message

    @property
    def name(self) -> str:
        """Names the part's message among all of the reply."""
        return f"{self.number}.{self.moves}" if self.moves else str(self.number)


def posted_parts(marked: Iterable[tuple[str, str]]) -> dict[int, str]:
    """The messages that stand in Slack, by the number of their part, given the name and the ts of each.

    A part that was given a new message stands in its newest.
    """
    found: dict[int, tuple[int, str]] = {}
    for name, ts in marked:
        number, _, moves = name.partition(".")
        found[int(number)] = max(found.get(int(number), (-1, "")), (int(moves or 0), ts))
    return {number: ts for number, (_, ts) in found.items()}


class Parts:
    """The text so far, and where it is cut. `current` is the part being written; those before it are complete.

    `posted` are messages that stand in Slack already, by their part's number: a resumed reply goes on in them.
    """

    def __init__(self, posted: Mapping[int, str] | None = None) -> None:
        self.text = ""
        self.limit = MARKDOWN_LIMIT
        self._posted = dict(posted or {})
        self._parts = [Part(0, 0, ts=self._posted.get(0))]
        self._at = 0

    def __getitem__(self, number: int) -> Part:
        return self._parts[number]

    @property
    def current(self) -> Part:
        """The part that is written now."""
        return self._parts[self._at]

    @property
    def messages(self) -> frozenset[str]:
        """The messages that the answer stands in so far."""
        return frozenset(part.ts for part in self._parts if part.ts is not None)

    @property
    def surplus(self) -> list[str]:
        """Messages of an earlier attempt that the text, as far as it goes, has no need of."""
        return [ts for ts in self._posted.values() if ts not in self.messages]

    def render(self) -> str:
        """The current part as it should look now. Cuts it where it has become too long for a message."""
        part = self.current
        source = self._source(part)
        if part.end is None and not fits(source, self.limit):
            lead = len(source) - (len(self.text) - part.start)
            self._cut(part.start + max(1, cut(source, self.limit) - lead))
            source = self._source(part)
        return close_fence(source.rstrip())

    def shows_all(self) -> bool:
        """Whether the whole text is in the parts, and the last of them shows it."""
        part = self.current
        return self._at == len(self._parts) - 1 and self.render() == part.shown and part.end is None

    def advance(self) -> None:
        """The current part is complete: go on with the next."""
        self._at += 1

    def spill(self) -> None:
        """The current part stays as it is, and what readers have not seen of it becomes the next."""
        part = self.current
        self._uncut()
        self._cut(max(part.start, self._word_start(part.upto)))
        self.advance()

    def recut(self, limit: int) -> None:
        """Cut the current part anew, for messages of at most `limit`."""
        self.limit = limit
        self._uncut()

    def _cut(self, end: int) -> None:
        self.current.end = end
        number = len(self._parts)
        self._parts.append(Part(number, end, ts=self._posted.get(number)))

    def _uncut(self) -> None:
        self.current.end = None
        del self._parts[self._at + 1 :]

    def _source(self, part: Part) -> str:
        return reopened(self.text[: part.start], self.text[part.start : part.end])

    def _word_start(self, index: int) -> int:
        """`index`, or where the word begins that it would cut through."""
        if index == len(self.text) or self.text[index].isspace():
            return index
        before = self.text[:index]
        return max(before.rfind(" "), before.rfind("\n")) + 1
