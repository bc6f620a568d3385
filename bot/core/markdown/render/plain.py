"""Text without markup, for notifications, screen readers and the `text` beside a block."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.markdown.parse.spans import plain_text
from bot.core.markdown.render.block_walk import Above, Emitter, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.markdown.parse.block_tree import Block
    from bot.core.markdown.parse.spans import Span

EMPTY = "-"
_NEXT_LINE = re.compile(r"(?<=\n)(?!\n)")
_LINE_ENDS = re.compile(r"(?<!\s)\s*\n\s*")


class Plain(Emitter):
    """Words alone. What is written is not escaped yet."""

    def paragraph(self, words: Sequence[Span]) -> str:
        return _LINE_ENDS.sub("\n", plain_text(words)).strip()

    def heading(self, words: Sequence[Span], level: int) -> str:
        return self.paragraph(words)

    def code(self, code: str, language: str) -> str:
        return code

    def quote(self, inner: str) -> str:
        return inner

    def item(self, marker: str, inner: str, *, checked: bool | None) -> str:
        sign = {None: marker, True: "☑", False: "☐"}[checked]
        return _NEXT_LINE.sub("  ", f"{sign} {inner}".rstrip())

    def rule(self, *, nested: bool) -> str:
        return ""

    def table(self, table: Table) -> str:
        return "\n".join(_row([plain_text(cell).strip() for cell in row]) for row in table.rows)

    def marker(self, block: Block, above: Above) -> str:
        return "•" if block.kind == "bullet_list" else "."


def _row(cells: list[str]) -> str:
    """The cells up to the last that holds something. A dash stands for an empty one, or the next would be taken for it."""
    while cells and not cells[-1]:
        cells.pop()
    return " | ".join(cell or EMPTY for cell in cells)
