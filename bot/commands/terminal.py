"""Markdown as it is drawn on a terminal: the blocks and words that Slack gets, as lines of styled text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from bot.commands.line_wrap import LEAST, visible, wrap
from bot.commands.terminal_table import drawn_table
from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.parse.spans import as_written
from bot.core.markdown.render.block_walk import CODE, LISTS, first_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.markdown.parse.block_tree import Block
    from bot.core.markdown.parse.spans import Span

WIDE = 1_000_000  # columns: where nothing is broken
RULE = 40  # columns of a line across, at most
TAB = 4

_STYLES = {"strong": "bold", "em": "italic", "s": "strike", "link": "underline"}
_HEADINGS = ["bold underline", "bold", "bold italic"]


@dataclass(frozen=True, slots=True)
class Signs:
    """Holds what stands for a bullet, the edge of a quote, a line across and the two kinds of box."""

    bullet: str = "•"
    quote: str = "│"
    rule: str = "─"
    done: str = "☑"
    open: str = "☐"


ASCII = Signs("*", "|", "-", "[x]", "[ ]")  # for an encoding that has no others


@dataclass(frozen=True, slots=True)
class Drawing:
    """Says how blocks are drawn: with these `signs`, in lines `width` columns wide. Lines of code are as wide as they are."""

    width: int = WIDE
    signs: Signs = Signs()

    def markdown(self, text: str) -> list[Text]:
        """All of `text`."""
        return self.blocks(tree(parse(text)))

    def blocks(self, blocks: Sequence[Block]) -> list[Text]:
        """`blocks`, with an empty line between any two."""
        lines: list[Text] = []
        for block in blocks:
            drawn = self.block(block)
            lines += [Text(), *drawn] if lines and drawn else drawn
        return lines

    def block(self, block: Block, *, number: int | None = None) -> list[Text]:
        """One block; where it is a list, its items count from `number` instead of their own."""
        if block.kind in LISTS:
            return self._items(block, number)
        if block.kind == "blockquote":
            inner = self._narrower(2).blocks(block.inside)
            return [_beside(Text(f"{self.signs.quote} ", "dim"), line) for line in inner]
        if block.kind in CODE:
            return code_lines(block.token.content) if block.token.content.strip() else []
        if block.kind == "table":
            return self._table(block)
        if block.kind == "hr":
            return [Text(self.signs.rule * min(self.width, RULE), "dim")]
        return self._words(block)

    def _narrower(self, columns: int) -> Drawing:
        return Drawing(max(self.width - columns, LEAST), self.signs)

    def _words(self, block: Block) -> list[Text]:
        words = styled(as_written(block.words))
        if not words.plain.strip():
            return []
        if block.kind == "heading":
            level = int(block.token.tag[1:])
            words.stylize_before(_HEADINGS[min(level, len(_HEADINGS)) - 1])
        return wrap(words, self.width)

    def _items(self, block: Block, number: int | None) -> list[Text]:
        ordered = block.kind == "ordered_list"
        first = first_number(block) if number is None else number
        lines: list[Text] = []
        for count, item in enumerate(block.inside):
            lines += self._item(f"{first + count}." if ordered else self.signs.bullet, item)
        return lines

    def _item(self, marker: str, item: Block) -> list[Text]:
        checked = item.token.meta.get("checked")
        sign = {None: marker, True: self.signs.done, False: self.signs.open}[checked] + " "
        inner = self._narrower(len(sign)).within(item.inside) or [Text()]
        return [_beside(Text(" " * len(sign) if at else sign), line) for at, line in enumerate(inner)]

    def within(self, blocks: Sequence[Block]) -> list[Text]:
        """`blocks` in an item: a list stands close below the item's words."""
        lines: list[Text] = []
        for block in blocks:
            drawn = self.block(block)
            gap = lines and drawn and block.kind not in LISTS
            lines += [Text(), *drawn] if gap else drawn
        return lines

    def _table(self, block: Block) -> list[Text]:
        rows = [
            [_on_one_line(styled(as_written(cell.words))) for cell in row.inside]
            for part in block.inside
            for row in part.inside
        ]
        sides = [
            str(cell.token.attrs.get("style", "")).removeprefix("text-align:")
            for cell in block.inside[0].inside[0].inside
        ]
        return drawn_table(rows, sides, width=self.width, rule=self.signs.rule)


def styled(runs: Sequence[Span]) -> Text:
    """`runs` as one text. Behind a link that is called otherwise stands where it leads: not every terminal follows links."""
    text = Text()
    for href, group in groupby(
        runs, key=lambda run: next((m.href for m in run.marks if m.kind == "link"), "")
    ):
        label = Text()
        for run in group:
            styles = [_STYLES[mark.kind] for mark in run.marks] + (["cyan"] if run.code else [])
            label.append(visible(run.text).replace("\t", " " * TAB), " ".join(styles))
        text.append_text(label)
        if href and label.plain.strip() not in (href, href.partition(":")[2]):
            text.append(f" ({href})", "dim")
    return text


def code_lines(code: str) -> list[Text]:
    """`code`, line by line; nothing where there is none."""
    shown = visible(code.removesuffix("\n")).expandtabs(TAB)
    return [Text(f"    {line}" if line else "", "cyan") for line in shown.split("\n")] if code else []


def _on_one_line(text: Text) -> Text:
    return Text(" ").join(text.split("\n"))


def _beside(lead: Text, line: Text) -> Text:
    joined = lead + line
    joined.rstrip()
    return joined
