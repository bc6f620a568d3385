"""Knows what stands left of a text because it is inside a list item or a quote, and how the text goes on without it.

A part that begins in the middle of an item begins at the left edge: four spaces, which were the item's, would make it code.
A quote stays a quote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.core.markdown.parse.lines import Lines
from bot.core.markdown.parse.literal_guard import GUARD


@dataclass(frozen=True, slots=True)
class Item:
    """A list item: its lines are indented by `indent` columns, after its marker in line number `line` of the text.

    In a list with numbers, `following` is that of the item behind it, and `sign` what stands after each number.
    """

    indent: int
    line: int
    following: int | None = None
    sign: str = ""

    def inside(self, line: str) -> str | None:
        """Returns what of `line`, behind the marker's own, is inside; None where it does not belong to the item any more."""
        white = line[: len(line) - len(line.lstrip(" \t"))]
        if not line.strip():
            return line.lstrip(" \t")
        return behind(line, self.indent) if len(white.expandtabs(4)) >= self.indent else None


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote: its lines begin with `>`."""

    def inside(self, line: str) -> str | None:
        """Returns what of `line` is inside; None where the quote is over."""
        mark = _QUOTE.match(line)
        return line[mark.end() :] if mark else None


Container = Item | Quote
Containers = tuple[Container, ...]

_QUOTE = re.compile(r"[ ]{0,3}> ?")
_NUMBERED = re.compile(r"(?P<white> {0,3})(?P<number>\d{1,9})(?P<sign>[.)])(?=\s)")
# The beginning of a line that does not tell yet where it belongs.
_UNDECIDED = re.compile(r"[ \t>]*(?:\d{1,9}[.)]?|[-+*=|:][-=|: \t]*|`+|~+)?[ \t]*")
# Of code in the item itself: what is inside a further item ends there.
_FENCE = re.compile(r" ?(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)")
# What ends the words above it if it is outside of their item, and inside would be words like them or make a heading of them.
_ENDS = re.compile(r"[ \t]{0,3}(?:\d{1,9}[.)](?=\s)|[-+*][ \t]*$|-+[ \t]*$)", re.MULTILINE)
# What is no words, after which they do not go on.
_OTHER = re.compile(r"[ \t]{0,3}(?:[ \t]*\n|#{1,6}\s|```|~~~|>|[-+*]\s|1[.)]\s|(?:[*_-][ \t]*){3,}\n)")
# What is words outside of their item, and inside would make a heading or a table of those above.
_GOES_ON = re.compile(r"[ \t]{0,3}(?:=+|[-|:][-|: \t]*)[ \t]*$", re.MULTILINE)


def inside(line: str, containers: Containers, number: int) -> str:
    """Returns what of line number `number` of a text is inside all `containers`, as far as it belongs to them."""
    for container in containers:
        if isinstance(container, Item) and container.line == number:
            line = behind(line, container.indent)
        elif (rest := container.inside(line)) is None:
            break
        else:
            line = rest
    return line


def behind(line: str, columns: int) -> str:
    """`line` without its first `columns`; of a tab that goes beyond them, the rest is spaces."""
    for index in range(len(line)):
        if (over := len(line[:index].expandtabs(4)) - columns) >= 0:
            return " " * over + line[index:]
    return ""


def quoted(containers: Containers) -> str:
    """The beginning of a line in the quotes among `containers`."""
    return "> " * sum(isinstance(container, Quote) for container in containers)


class ContainerFilter(Lines):
    """Takes a text piece by piece that goes on inside `containers`, and gives it back without the items among them.

    `within` says that the first piece goes on in the middle of a line, `in_table` that it is a row. `fence` is what closes
    the code that it begins in.
    """

    undecided = _UNDECIDED

    def __init__(
        self,
        containers: Containers = (),
        *,
        within: bool = False,
        in_table: bool = False,
        fence: str = "",
    ) -> None:
        super().__init__(within=within)
        self._fence = fence
        self._containers = containers
        self._list: _List | None = None  # of the item that was left last
        self._sign = ""  # of the number that was given back last
        self._table = in_table  # whether the last line inside is a row, or what may be one
        self._words = within and not in_table  # whether the last line inside is words that may go on
        self._lazy = False  # whether an item was left in the middle of its words
        self._blank = not within  # whether the last line is empty, as far as it came

    @property
    def over(self) -> bool:
        """Tells whether what comes now is given back as it is."""
        return not self._containers and self._list is None and not self._lazy and not self._held

    def feed(self, text: str) -> str:
        """More of the text; what comes out may lag behind by the beginning of a line."""
        if self.over:
            return text
        return super().feed(text)

    def _line(self, line: str) -> str:
        if not self._within:
            line = self._freed(line)
        self._blank = not line.strip(" \t>\n") and (self._blank or not self._within)
        self._within = not line.endswith("\n")
        return line

    def _freed(self, line: str) -> str:
        start = ""
        for depth, container in enumerate(self._containers):
            rest = container.inside(line)
            if rest is None:
                return self._leave(start, line, depth)
            start += quoted((container,))
            line = rest
        self._pass(line)
        return start + self._guarded(self._renumbered(line))

    def _pass(self, line: str) -> None:
        """Note what `line` is, which is inside: whether it opens code or closes it, and whether it is words."""
        fence = _FENCE.match(line) if self._containers else None
        if fence and not self._fence:
            self._fence = fence["mark"]
        elif fence and fence["mark"].startswith(self._fence) and not fence["info"].strip():
            self._fence = ""
        self._table = bool(line.strip()) and (self._table or bool(_GOES_ON.match(line)))
        self._words = not (self._fence or fence or self._table or _OTHER.match(line) or "|" in line)

    def _leave(self, start: str, line: str, depth: int) -> str:
        """`line` is no longer inside the container at `depth`."""
        left, deeper = self._containers[depth], self._containers[depth + 1 :]
        if isinstance(left, Item) and self._is_lazy(line):
            return start + (GUARD + line if _GOES_ON.match(line) else line)
        self._containers = self._containers[:depth]
        self._list = None
        if isinstance(left, Item) and left.following is not None:
            self._list = _List(left, other_than=self._sign or left.sign)
        item = self._renumbered(line)
        fence, table = self._fence, self._table
        self._fence, self._table = "", False
        self._pass(item)
        if fence and isinstance(left, Item) and not any(isinstance(one, Quote) for one in deeper):
            return f"{start}{fence}\n{start}{item}"  # code ends with its item
        if isinstance(left, Quote) or self._blank:
            return start + item
        # A number interrupts a paragraph only if it is 1, and words below a row would be one more.
        if self._list or _ENDS.match(line) or table:
            return f"{start}\n{start}{item}"
        self._lazy = True
        return start + self._guarded(item)

    def _is_lazy(self, line: str) -> bool:
        """Tells whether `line` goes on with the words of an item though it is not indented: the item is not left by it."""
        return self._words and not self._blank and not _ENDS.match(line) and not _OTHER.match(line)

    def _guarded(self, line: str) -> str:
        """`line`, which goes on with the words of an item that is left, as words and nothing else."""
        self._lazy = self._lazy and not _OTHER.match(line)
        return GUARD + line if self._lazy and _GOES_ON.match(line) else line

    def _renumbered(self, line: str) -> str:
        item = self._list.next(line) if self._list else None
        if item is None:
            self._list, item = None, line
        if mark := _NUMBERED.match(item):
            self._sign = mark["sign"]
        return item


class _List:
    """A list with numbers that goes on behind an item which was left, as a list of its own: it must not go on counting where
    a list inside of the item ended. Neither must the next list behind it, which may have been given the same sign."""

    def __init__(self, item: Item, *, other_than: str) -> None:
        self._indent = item.indent
        self._number: int | None = item.following
        self._old, new = item.sign, ")" if other_than == "." else "."
        self._signs = {self._old: new, new: self._old}

    def next(self, line: str) -> str | None:
        """`line` as it is said in the new list; None where it is in no list any more."""
        mark = _NUMBERED.match(line)
        if mark is None or len(mark["white"]) >= self._indent:
            return line if not line.strip() or line[0] in " \t" else None
        sign = self._signs.get(mark["sign"], mark["sign"])
        return f"{mark['white']}{self._count(mark)}{sign}{line[mark.end() :]}"

    def _count(self, mark: re.Match[str]) -> str:
        if mark["sign"] != self._old or self._number is None:
            self._number = None
            return mark["number"]
        self._number += 1
        return str(self._number - 1)
