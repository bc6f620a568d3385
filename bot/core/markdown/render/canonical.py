"""Slack Markdown in one canonical form: for the `markdown` block.

Slack reads it strictly by CommonMark, as far as anybody knows, so everything here is written to be read one way only, by
any parser: headings by `#`, lists by `-` or their number with the least indent, fences long enough for their code, one
line a table row, no reference links, no mark that would stay a star beside Chinese letters. Written again, it stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from markdown_it.common.normalize_url import normalizeLink

from bot.core.markdown.parse.spans import Mark, plain_text, safe_address
from bot.core.markdown.render.block_walk import Above, Emitter, Table, on_one_line
from bot.core.markdown.render.escapes import (
    escaped,
    escaped_cell,
    escaped_heading,
    escaped_item,
    escaped_lines,
)
from bot.core.markdown.render.inline import write
from bot.core.markdown.render.mark_edges import peeled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.markdown.parse.block_tree import Block
    from bot.core.markdown.parse.spans import Span

LONGEST_HEADING = 150  # characters: the limit of Slack's header block, which a heading may become

_SIGNS = {"strong": "**", "em": "*", "s": "~~"}
_ALIGNMENTS = {"left": ":---", "right": "---:", "center": ":---:"}
_STRONG = Mark("strong")
_AUTOLINK = re.compile(r"https?://[^\s<>\"`|\\^{}]+", re.IGNORECASE)
_MARKERS = re.compile(r"[-* ]+$", re.MULTILINE)
_TILDES = re.compile(r"^~|(?<!\\)~$")
_ENTITY_END = re.compile(r"(&#?\w+);")
_NEXT_LINE = re.compile(r"(?<=\n)(?!\n)")
_LINE_ENDS = re.compile(r"(?<!\s)\s*\n\s*")


class Canonical(Emitter):
    """Words and blocks for a `markdown` block."""

    # ---- blocks

    def paragraph(self, words: Sequence[Span]) -> str:
        markdown = _LINE_ENDS.sub("\n", write(words, self)).strip()
        return escaped_lines(markdown)

    def heading(self, words: Sequence[Span], level: int) -> str:
        if len(plain_text(words)) > LONGEST_HEADING:
            return self.paragraph(_strong(words))
        # Slack draws all of a heading bold.
        return "#" * level + " " + escaped_heading(write(_without(words, _STRONG), self).strip())

    def code(self, code: str, language: str) -> str:
        fence = "`" * max(3, _longest_run(code) + 1)
        return "\n".join([fence + language, code, fence])

    def quote(self, inner: str) -> str:
        return "\n".join(f"> {line}" if line else ">" for line in inner.split("\n"))

    def item(self, marker: str, inner: str, *, checked: bool | None) -> str:
        if not inner:
            return marker
        if checked is None:
            inner = escaped_item(inner)
        box = {None: " ", True: " [x] ", False: " [ ] "}[checked]
        # Three empty items in each other would be a line across.
        lead = "\n" if _MARKERS.match(inner) else box
        return _NEXT_LINE.sub(" " * (len(marker) + 1), marker + lead + inner)

    def rule(self, *, nested: bool) -> str:
        # `- ---` would be one line across, of five signs.
        return "___" if nested else "---"

    def table(self, table: Table) -> str:
        rows = [[escaped_cell(write(cell, self).strip()) for cell in row] for row in table.rows]
        under = [_ALIGNMENTS.get(side, "---") for side in table.alignments]
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        return "\n".join([lines[0], "|" + "|".join(under) + "|", *lines[1:]])

    def marker(self, block: Block, above: Above) -> str:
        mine, other = ("-", "*") if block.kind == "bullet_list" else (".", ")")
        if block.token.markup == other and block.kind == "ordered_list":
            mine, other = other, mine
        return other if (above.kind, above.marker) == (block.kind, mine) else mine

    # ---- words

    def text(self, run: Span, *, label: bool) -> str:
        if run.live and not label:
            return run.text
        return _code(run.text) if run.code else escaped(run.text, label=label)

    def marked(self, mark: Mark, inner: Sequence[Span], *, depth: int, edges: tuple[str, str]) -> str:
        if mark.kind == "link":
            return self._link(mark.href, inner, depth=depth)
        before, kept, after = peeled(inner, depth=depth, edges=edges)
        marked = [self._signed(mark.kind, kept, depth=depth, edges=edges)] if kept else []
        return self.joined([write(before, self, depth=depth), *marked, write(after, self, depth=depth)])

    def _signed(self, kind: str, kept: Sequence[Span], *, depth: int, edges: tuple[str, str]) -> str:
        sign = _SIGNS[kind]
        words = write(kept, self, depth=depth + 1, edges=("~", "~") if kind == "s" else edges)
        if kind == "s":
            words = _TILDES.sub(r"\~", words)
        return f"{sign}{words}{sign}"

    def joined(self, written: Sequence[str]) -> str:
        markdown = ""
        for piece in written:
            # `Done![here](…)` would be an image, and `~~~a~~` is no mark.
            if markdown.endswith("!") and piece.startswith("["):
                markdown = markdown[:-1] + "\\!"
            elif markdown.endswith("~") and piece.startswith("~"):
                markdown = markdown + "\\" if markdown.endswith("~~") else markdown[:-1] + "\\~"
            markdown += piece
        return markdown

    def _link(self, href: str, inner: Sequence[Span], *, depth: int) -> str:
        label = plain_text(inner)
        if _AUTOLINK.fullmatch(label) and safe_address(normalizeLink(label)) == href and not inner[0].code:
            return f"<{label}>"
        return f"[{write(on_one_line(inner), self, depth=depth + 1, edges=('[', ']'))}]({_destination(href)})"


def _code(code: str) -> str:
    ticks = "`" * (_longest_run(code) + 1 if "`" in code else 1)
    pad = " " if code[0] == "`" or code[-1] == "`" or (code[0] == code[-1] == " " and code.strip()) else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def _longest_run(code: str) -> int:
    """The length of the longest run of ticks in `code`."""
    return max(map(len, re.findall("`+", code)), default=0)


def _destination(href: str) -> str:
    """`href` between brackets. Slack does not read `&amp;` there, so an entity is avoided by its other end."""
    if not _balanced(href):
        href = href.replace("(", "%28").replace(")", "%29")
    return _ENTITY_END.sub(r"\1%3B", href)


def _balanced(href: str) -> bool:
    depth = 0
    depths = [depth := depth + (char == "(") - (char == ")") for char in href if char in "()"]
    return depth == 0 and all(depth >= 0 for depth in depths)


def _strong(words: Sequence[Span]) -> list[Span]:
    return [replace(run, marks=(_STRONG, *run.marks)) for run in _without(words, _STRONG)]


def _without(words: Sequence[Span], mark: Mark) -> list[Span]:
    return [replace(run, marks=tuple(kept for kept in run.marks if kept != mark)) for run in words]
