"""Slack's older markup, mrkdwn, for where a `markdown` block is not taken: `text` alone, and response URLs.

It has no headings, lists, tables or escapes, so those are made of bold words, bullets, aligned code and luck.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.markdown.parse.spans import WORD_JOINER, Mark, Span, plain_text
from bot.core.markdown.render.block_walk import Above, Emitter, Table
from bot.core.markdown.render.inline import write
from bot.core.markdown.render.table_grid import aligned, width

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.core.markdown.parse.block_tree import Block

WIDEST_TABLE = 78  # columns of code that a message shows on a screen without wrapping
INDENT = "    "

_SIGNS = {"strong": "*", "em": "_", "s": "~"}
_STRONG = Mark("strong")
_GAP = "\u200b"  # a space of no width: Slack closes and opens a mark beside it, and not beside a letter
# Signs that would mark what is between them, and what looks like them: mrkdwn has no escapes.
_PAIR = re.compile(
    r"(?<![\w*_~`])(?P<sign>[*_~`])(?=[^\s*_~`])(?P<words>[^*_~`\n]+)(?<=\S)(?P=sign)(?![\w*_~`])"
)
_ALIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ"}  # noqa: RUF001
_QUOTE_SIGN = re.compile(r"^(?=&gt;)", re.MULTILINE)
_LINE_ENDS = re.compile(r"(?<!\s)\s*\n\s*")


def escape(text: str) -> str:
    """`text` as Slack wants it in mrkdwn: three characters as entities, and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Mrkdwn(Emitter):
    """Words and blocks as mrkdwn."""

    row_by_row = False

    # ---- blocks

    def paragraph(self, words: Sequence[Span]) -> str:
        text = _LINE_ENDS.sub("\n", write(words, self)).strip()
        return _QUOTE_SIGN.sub(WORD_JOINER, text)

    def heading(self, words: Sequence[Span], level: int) -> str:
        return self.paragraph([_bold(run) for run in words])

    def code(self, code: str, language: str) -> str:
        return f"```\n{escape(code).replace('```', f'``{_GAP}`')}\n```"

    def quote(self, inner: str) -> str:
        # mrkdwn quotes once.
        return _outside_code(inner, lambda line: line if line.startswith(">") else f"> {line}".rstrip())

    def item(self, marker: str, inner: str, *, checked: bool | None) -> str:
        sign = {None: marker, True: "☑", False: "☐"}[checked]
        if inner.startswith("```\n"):
            # Behind a sign it would not be seen that what follows is code, in which nothing is indented.
            return f"{sign}\n{_outside_code(inner, _indent)}"
        first, *rest = inner.split("\n", 1)
        return "\n".join([f"{sign} {first}".rstrip(), *(_outside_code(more, _indent) for more in rest)])

    def rule(self, *, nested: bool) -> str:
        return "─" * 10

    def table(self, table: Table) -> str:
        cells = [[plain_text(cell).strip() for cell in row] for row in table.rows]
        lines = aligned(cells, table.alignments)
        if max(map(width, lines)) <= WIDEST_TABLE:
            return self.code("\n".join(lines), "")
        header = [self.paragraph([_bold(run) for run in cell]) for cell in table.rows[0]]
        rows = [[self.paragraph(cell) for cell in row] for row in table.rows[1:]]
        filled = [any(column) for column in zip(*rows, strict=True)] or [False] * len(header)
        # Where no row has anything in a column, its name is said all the same.
        unfilled = [
            f"• {name}" for name, is_filled in zip(header, filled, strict=True) if name and not is_filled
        ]
        records = ["\n".join(unfilled), *(_record(header, row) for row in rows)]
        return "\n\n".join(record for record in records if record)

    def marker(self, block: Block, above: Above) -> str:
        return "•" if block.kind == "bullet_list" else "."

    # ---- words

    def text(self, run: Span, *, label: bool) -> str:
        if run.live:
            return run.text
        # There is no way to write a tick within ticks.
        if run.code and "`" not in run.text:
            return f"`{escape(run.text)}`"
        return escape(_PAIR.sub(_unpaired, run.text).replace("```", f"``{_GAP}`"))

    def marked(self, mark: Mark, inner: Sequence[Span], *, depth: int, edges: tuple[str, str]) -> str:
        if mark.kind == "link":
            return self._link(mark.href, inner)
        # A mark ends with its line.
        lines = [self._signed(_SIGNS[mark.kind], line, depth=depth, edges=edges) for line in _lines(inner)]
        return "\n".join(lines)

    def joined(self, written: Sequence[str]) -> str:
        return "".join(written)

    def _signed(self, sign: str, line: Sequence[Span], *, depth: int, edges: tuple[str, str]) -> str:
        text = write(line, self, depth=depth + 1)
        words = text.strip()
        if not words:
            return text
        lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        before = _GAP if not lead and edges[0].isalnum() else ""
        after = _GAP if not trail and edges[1].isalnum() else ""
        return f"{lead}{before}{sign}{words}{sign}{after}{trail}"

    def _link(self, href: str, inner: Sequence[Span]) -> str:
        label = plain_text(inner).replace("\n", " ")
        return f"<{escape(href)}>" if label == href else f"<{escape(href)}|{escape(label).replace('|', '¦')}>"


def _record(header: list[str], row: list[str]) -> str:
    """A row too wide for a line: a line for each cell that has something in it."""
    named = zip(header, row, strict=True)
    return "\n".join(f"• {name}: {value}" if name else f"• {value}" for name, value in named if value)


def _unpaired(pair: re.Match[str]) -> str:
    sign = _ALIKE[pair["sign"]]
    return f"{sign}{pair['words']}{sign}"


def _bold(run: Span) -> Span:
    return replace(run, marks=(_STRONG, *(mark for mark in run.marks if mark != _STRONG)))


def _lines(runs: Sequence[Span]) -> list[list[Span]]:
    """`runs` line by line."""
    lines: list[list[Span]] = [[]]
    for run in runs:
        first, *rest = run.text.split("\n")
        lines[-1].append(replace(run, text=first))
        lines += [[replace(run, text=text)] for text in rest]
    return [[run for run in line if run.text] for line in lines]


def _indent(line: str) -> str:
    return INDENT + line if line else ""


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """`text` with its lines changed, those of code blocks excepted: what is before them would be part of the code."""
    changed: list[str] = []
    inside = False
    for line in text.split("\n"):
        fence = line == "```"
        changed.append(line if fence or inside else change(line))
        inside = inside != fence
    return "\n".join(changed)
