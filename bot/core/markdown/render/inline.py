"""Runs written out with marks around them. What a mark looks like is a dialect's business."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from bot.core.markdown.parse.work_meter import spend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.markdown.parse.spans import Mark, Span


class InlineSyntax(Protocol):
    """Writes words."""

    def text(self, run: Span, *, label: bool) -> str:
        """A run without its marks. `label`: it stands within a link."""
        ...

    def marked(self, mark: Mark, inner: Sequence[Span], *, depth: int, edges: tuple[str, str]) -> str:
        """`inner`, all of which have `mark` at `depth`, between the characters `edges`."""
        ...

    def joined(self, written: Sequence[str]) -> str:
        """Returns what is written so far, side by side."""
        ...


def write(
    runs: Sequence[Span], dialect: InlineSyntax, *, depth: int = 0, edges: tuple[str, str] = (" ", " ")
) -> str:
    """`runs`, whose marks up to `depth` are written already, between the characters `edges`."""
    written: list[str] = []
    start = 0
    for mark, group in groupby(runs, key=lambda run: run.marks[depth] if len(run.marks) > depth else None):
        inner = list(group)
        spend(len(inner))
        end = start + len(inner)
        if mark is None:
            in_label = any(mark.kind == "link" for mark in inner[0].marks)
            written += [dialect.text(run, label=in_label) for run in inner]
        else:
            before = last_char(runs[start - 1], depth) if start else edges[0]
            after = first_char(runs[end], depth) if end < len(runs) else edges[1]
            written.append(dialect.marked(mark, inner, depth=depth, edges=(before, after)))
        start = end
    return dialect.joined(written)


def first_char(run: Span, depth: int) -> str:
    """The character that `run` is written with first, marks of stars apart."""
    return _outside(run, depth, opening=True) or run.text[0]


def last_char(run: Span, depth: int) -> str:
    """The character that `run` is written with last, marks of stars apart."""
    return _outside(run, depth, opening=False) or run.text[-1]


def _outside(run: Span, depth: int, *, opening: bool) -> str:
    """Returns what stands around the text of `run`: a bracket, a tilde, a tick, or ""."""
    shown = {"link": "[" if opening else ")", "s": "~"}
    around = next((shown[mark.kind] for mark in run.marks[depth:] if mark.kind in shown), "")
    return around or ("`" if run.code else "")
