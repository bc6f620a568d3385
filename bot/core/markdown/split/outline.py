"""A text as the blocks it is made of, each with its lines and with the lists and quotes around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.markdown.parse.work_meter import spend
from bot.core.markdown.split.container_filter import Container, Containers, Item, Quote, inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_LISTS = ("bullet_list", "ordered_list")
_PARTS_OF_TABLES = ("thead", "tbody", "th", "td")
_MARKER = re.compile(r"[ ]{0,3}(?:[-+*]|\d{1,9}[.)])(?P<space> {1,4}(?! )| |$)")


@dataclass(frozen=True, slots=True)
class OutlineBlock:
    """One block, from line `first` to before line `end`; `kind` is its token's type, without `_open`."""

    kind: str
    token: Token
    first: int
    end: int
    around: Containers
    behind: str = ""  # the kind of the block before it in the same container; "" for the first one
    number: int | None = None  # of an item, in a list with numbers


def outline(tokens: Sequence[Token], lines: Sequence[str]) -> list[OutlineBlock]:
    """All blocks in their order; a list is followed by its items, an item by what is in it, a table by its rows."""
    return _Walk(lines).blocks(tokens)


class _Walk:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._around: list[Container] = []
        self._behind = [""]  # for each level: the block before
        self._numbers: list[int | None] = []  # for each list: the number of its next item
        self._found: list[OutlineBlock] = []

    def blocks(self, tokens: Sequence[Token]) -> list[OutlineBlock]:
        for token in tokens:
            kind = token.type.removesuffix("_open").removesuffix("_close")
            if kind == "inline" or kind in _PARTS_OF_TABLES:
                continue
            spend(0.3)
            if token.nesting >= 0:
                self._begin(kind, token)
            if token.nesting < 0:
                self._leave(kind)
        return self._found

    def _begin(self, kind: str, token: Token) -> None:
        first, end = token.map or (0, 0)
        number = self._numbers[-1] if kind == "list_item" else None
        block = OutlineBlock(kind, token, first, end, tuple(self._around), self._behind[-1], number)
        self._found.append(block)
        self._behind[-1] = kind
        if token.nesting > 0:
            self._behind.append("")
            self._enter(block)

    def _enter(self, block: OutlineBlock) -> None:
        if block.kind in _LISTS:
            start = int(block.token.attrs.get("start", 1))
            self._numbers.append(start if block.kind == "ordered_list" else None)
        elif block.kind == "list_item":
            following = self._numbers[-1] = None if block.number is None else block.number + 1
            self._around.append(Item(self._indent(block), block.first, following, block.token.markup))
        elif block.kind == "blockquote":
            self._around.append(Quote())

    def _leave(self, kind: str) -> None:
        self._behind.pop()
        if kind in _LISTS:
            self._numbers.pop()
        elif kind in ("list_item", "blockquote"):
            self._around.pop()

    def _indent(self, item: OutlineBlock) -> int:
        """The columns to the left of the item's text."""
        line = inside(self._lines[item.first], item.around, item.first).expandtabs(4)
        mark = _MARKER.match(line)
        return mark.end() + (not mark["space"]) if mark else 0
