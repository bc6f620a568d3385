"""Moves what cannot stand at the edge of bold, italic or struck words in strict CommonMark out of them.

`は**「重要」**な` becomes `は「**重要**」な`, and `请用**`ls`**列出` loses the stars. A space at the edge would keep any mark from
closing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.markdown.parse.emphasis import flanks
from bot.core.markdown.parse.work_meter import spend
from bot.core.markdown.render.inline import first_char, last_char

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.markdown.parse.spans import Span


def peeled(
    inner: Sequence[Span], *, depth: int, edges: tuple[str, str]
) -> tuple[list[Span], list[Span], list[Span]]:
    """`inner`, marked at `depth`: what goes before the mark, what keeps it, and what goes after it.

    What goes out is without the mark. `edges` are the characters on either side.
    """
    before, kept = _peel_start(list(inner), depth, before=edges[0])
    kept, after = _peel_end(kept, depth, after=edges[1])
    return [_unmarked(run, depth) for run in before], kept, [_unmarked(run, depth) for run in after]


def _peel_start(kept: list[Span], depth: int, *, before: str) -> tuple[list[Span], list[Span]]:
    out: list[Span] = []
    while kept and not flanks(before, first_char(kept[0], depth + 1), marker="*", cjk=False).opens:
        run = kept.pop(0)
        spend(0.5)
        if _is_whole(run, depth) or len(run.text) == 1:
            out.append(run)
        else:
            out.append(replace(run, text=run.text[0]))
            kept.insert(0, replace(run, text=run.text[1:]))
        before = last_char(out[-1], depth + 1)
    return out, kept


def _peel_end(kept: list[Span], depth: int, *, after: str) -> tuple[list[Span], list[Span]]:
    out: list[Span] = []
    while kept and not flanks(last_char(kept[-1], depth + 1), after, marker="*", cjk=False).closes:
        run = kept.pop()
        spend(0.5)
        if _is_whole(run, depth) or len(run.text) == 1:
            out.insert(0, run)
        else:
            out.insert(0, replace(run, text=run.text[-1]))
            kept.append(replace(run, text=run.text[:-1]))
        after = first_char(out[0], depth + 1)
    return kept, out


def _is_whole(run: Span, depth: int) -> bool:
    """Tells whether it cannot be divided: code, a mention, or a link."""
    return run.code or run.live or any(mark.kind == "link" for mark in run.marks[depth:])


def _unmarked(run: Span, depth: int) -> Span:
    return replace(run, marks=run.marks[:depth] + run.marks[depth + 1 :])
