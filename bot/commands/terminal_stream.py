"""An answer on a terminal while it grows: what is finished, to be printed for good, and the open end, to be drawn anew.

Finished is every block but the last, every item of a list but the last, and every line of a block of code. So what is
drawn anew stays small, and nothing that has scrolled away has to change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from bot.commands.terminal import code_lines
from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import clean, parse, parse_blocks
from bot.core.markdown.render.block_walk import LISTS, first_number
from bot.core.markdown.stream.healing import heal

if TYPE_CHECKING:
    from bot.commands.terminal import Drawing
    from bot.core.markdown.parse.block_tree import Block
    from bot.core.markdown.parse.parser import Environment


class Unrolling:
    """The text so far, drawn by `drawing`."""

    def __init__(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self._open = ""  # what is not finished
        self._line_end = ""  # "\r", of which the other half may come yet
        self._looked = 0  # up to here the open text was looked through
        self._fence = ""  # the line that opened the code which the open text goes on with
        self._list = ""  # the kind of list that the open text goes on with, and the number of its next item
        self._number = 0
        self._begun = False  # something is finished
        self._references: Environment = {}

    def feed(self, text: str) -> list[Text]:
        """The text goes on; returns the lines that have become finished."""
        text = self._line_end + text
        self._line_end = "\r" if text.endswith("\r") else ""
        self._open += clean(text.removesuffix("\r"))
        end = self._open.rfind("\n") + 1
        if end <= self._looked:
            return []
        self._looked = end
        lines = (self._fence + self._open[:end]).split("\n")
        blocks = tree(parse_blocks("\n".join(lines), self._known()))
        boundary = _boundary(blocks, lines)
        return self._finish(lines[:boundary], blocks[-1]) if boundary > self._fence.count("\n") else []

    def open_end(self) -> list[Text]:
        """Returns what is not finished, as it looks now."""
        healed = heal(self._fence + self._open)
        return self._drawn(tree(parse(healed, self._known())))[0]

    def close(self) -> list[Text]:
        """Returns what is not finished, as it looks when nothing more comes."""
        source = self._fence + self._open + self._line_end
        self._open = self._line_end = ""
        return self._drawn(tree(parse(source, self._references)))[0]

    def _finish(self, lines: list[str], last: Block) -> list[Text]:
        source = "".join(f"{line}\n" for line in lines)
        drawn, number = self._drawn(tree(parse(source, self._references)))
        self._open = self._open[len(source) - len(self._fence) :]
        self._looked = self._open.rfind("\n") + 1
        inside = last.lines[0] < len(lines)
        self._list, self._number = (last.kind, number) if inside and last.kind in LISTS else ("", 0)
        self._fence = f"{lines[last.lines[0]]}\n" if inside and last.kind == "fence" else ""
        self._begun = self._begun or bool(drawn)
        return drawn

    def _drawn(self, blocks: list[Block]) -> tuple[list[Text], int]:
        """`blocks` below what is finished, and the number that a further item of the last of them has."""
        lines: list[Text] = []
        number = 0
        for at, block in enumerate(blocks):
            goes_on = at == 0 and (bool(self._fence) or block.kind == self._list)
            first = self._number if goes_on and block.kind in LISTS else first_number(block)
            further = goes_on and self._fence
            drawn = code_lines(block.token.content) if further else self._drawing.block(block, number=first)
            below = (self._begun or lines) and drawn and not goes_on
            lines += [Text(), *drawn] if below else drawn
            number = first + len(block.inside)
        return lines, number

    def _known(self) -> Environment:
        """The links explained in what is finished. A copy: what the open text explains may still change."""
        return {"references": dict(self._references.get("references", {}))}


def _boundary(blocks: list[Block], lines: list[str]) -> int:
    """The line up to which `blocks`, in `lines` that have ended, are finished."""
    if not blocks:
        return 0
    last = blocks[-1]
    if last.kind in LISTS:
        return last.inside[-1].lines[0]
    if last.kind == "fence" and _is_open(last) and last.token.content.strip():
        return len(lines) - 1
    return last.lines[0]


def _is_open(fence: Block) -> bool:
    """Tells whether no line closes it: that would be one more than its code has, the line that opens it apart."""
    first, end = fence.lines
    return len(fence.token.content.removesuffix("\n").split("\n")) >= end - first - 1
