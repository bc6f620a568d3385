"""The walk over the blocks of a text that all three ways of writing it share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.core.markdown.parse.fence_info import shown_code
from bot.core.markdown.parse.spans import Span, plain_text, quiet_code, runs
from bot.core.markdown.parse.work_meter import paced, spend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.markdown.parse.block_tree import Block

LISTS = ("bullet_list", "ordered_list")
CODE = ("fence", "code_block", "formula")
LAST_NUMBER = 999_999_999  # a longer one is no list marker


@dataclass(frozen=True, slots=True)
class Above:
    """Holds what a block stands below, as far as it matters: another list keeps apart, the same list goes on after `number`."""

    kind: str = ""
    marker: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A table's cells, row by row with its header first, and how each column is aligned: `left`, `right`, `center` or ""."""

    rows: list[list[list[Span]]]
    alignments: list[str]


class Emitter(ABC):
    """One way to write blocks. `asker` is the user who may be mentioned, or ""."""

    row_by_row = True  # a table's rows do not depend on those that come after

    def __init__(self, asker: str = "") -> None:
        self._asker = asker

    # ---- how each block is written

    @abstractmethod
    def paragraph(self, words: Sequence[Span]) -> str:
        """Words with nothing around them."""

    @abstractmethod
    def heading(self, words: Sequence[Span], level: int) -> str:
        """A heading of `level` 1 to 6. Its words are on one line."""

    @abstractmethod
    def code(self, code: str, language: str) -> str:
        """A block of code, or a formula's source."""

    @abstractmethod
    def quote(self, inner: str) -> str:
        """What is quoted is written already."""

    @abstractmethod
    def item(self, marker: str, inner: str, *, checked: bool | None) -> str:
        """An item of a list; `checked` is None unless it is a task."""

    @abstractmethod
    def rule(self, *, nested: bool) -> str:
        """A line across."""

    @abstractmethod
    def table(self, table: Table) -> str:
        """A table."""

    @abstractmethod
    def marker(self, block: Block, above: Above) -> str:
        """Returns what begins the items of the list `block`: a sign, or what stands after the number."""

    # ---- the walk

    def blocks(self, blocks: Sequence[Block]) -> str:
        """All the blocks of a text."""
        return self.write(blocks)[0]

    def write(
        self, blocks: Sequence[Block], above: Above | None = None, *, depth: int = 0
    ) -> tuple[str, Above]:
        """`blocks`, which stand below `above`, and what comes after them stands below. `depth` is that of lists and quotes."""
        above = above or Above()
        written: list[str] = []
        for block in blocks:
            text = self._block(block, above, depth=depth)
            if text:
                written += [self._gap(block, above, text, nested=depth > 0), text] if written else [text]
                above = self._below(block, above)
        return "".join(written), above

    def _below(self, block: Block, above: Above) -> Above:
        if block.kind not in LISTS:
            return Above(block.kind)
        return Above(block.kind, self.marker(block, above), first_number(block) + len(block.inside) - 1)

    def items(self, block: Block, *, marker: str, number: int, depth: int = 0) -> str:
        """The items of a list, the first of which has `number`."""
        ordered = block.kind == "ordered_list"
        written: list[str] = []
        for count, item in enumerate(block.inside):
            sign = f"{min(number + count, LAST_NUMBER)}{marker}" if ordered else marker
            inner, _ = self.write(item.inside, depth=depth + 1)
            written.append(self.item(sign, inner, checked=item.token.meta.get("checked")))
        return "\n".join(written)

    def _gap(self, block: Block, above: Above, text: str, *, nested: bool) -> str:
        """Between a block and the one above. A list stands close below its item's words, where it can interrupt them."""
        interrupts = block.kind in LISTS and first_number(block) == 1 and " " in text.partition("\n")[0]
        return "\n" if nested and above.kind == "paragraph" and interrupts else "\n\n"

    def _block(self, block: Block, above: Above, *, depth: int) -> str:
        spend()
        if block.kind in LISTS:
            marker = self.marker(block, above)
            return self.items(block, marker=marker, number=first_number(block), depth=depth)
        if block.kind == "blockquote":
            inner, _ = self.write(block.inside, depth=depth + 1)
            return self.quote(inner) if inner else ""
        return self._leaf(block, nested=depth > 0)

    def _leaf(self, block: Block, *, nested: bool) -> str:
        token = block.token
        if block.kind == "hr":
            return self.rule(nested=nested)
        if block.kind == "table":
            return self._loose(block) if block.token.meta else self.table(self._table(block))
        if block.kind in CODE:
            # An empty grey box says nothing.
            language, code = shown_code(token.info, token.content)
            shown = code.strip() and quiet_code(code.removesuffix("\n"))
            return self.code(shown, language) if shown else ""
        return self._words(block)

    def _words(self, block: Block) -> str:
        words = runs(block.words, asker=self._asker)
        if all(run.text.isspace() for run in words):
            return ""
        if block.kind == "heading":
            return self.heading(on_one_line(words), int(block.token.tag[1:]))
        return self.paragraph(words)

    def _loose(self, block: Block) -> str:
        """Rows that are no table any more: a line of words for each."""
        lines = [
            _joined([cell for cell in row if plain_text(cell).strip()], " · ") for row in self._rows(block)
        ]
        words = _joined([line for line in lines if line], "\n")
        return self.paragraph(words) if words else ""

    def _table(self, block: Block) -> Table:
        cells = block.inside[0].inside[0].inside
        styles = [str(cell.token.attrs.get("style", "")) for cell in cells]
        return Table(self._rows(block), [style.removeprefix("text-align:") for style in styles])

    def _rows(self, block: Block) -> list[list[list[Span]]]:
        rows = [row for part in block.inside for row in part.inside]
        return [
            [on_one_line(runs(cell.words, asker=self._asker)) for cell in paced(row.inside, 2)]
            for row in rows
        ]


def first_number(block: Block) -> int:
    """The number that the list `block` begins with."""
    return int(block.token.attrs.get("start", 1))


def on_one_line(words: Sequence[Span]) -> list[Span]:
    """`words` where there is no room for a second line."""
    return [replace(run, text=run.text.replace("\n", " ")) for run in words]


def _joined(parts: Sequence[Sequence[Span]], between: str) -> list[Span]:
    return [run for number, part in enumerate(parts) for run in ([Span(between)] * (number > 0) + [*part])]
