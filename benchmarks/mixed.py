"""What native streams in direct messages give the readers of both kinds: half of the questions are asked there, half in channels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.measure import Figures
from benchmarks.ours import teleprinter
from benchmarks.report import figures_table
from benchmarks.scenarios import MIXED
from benchmarks.simulate import replay
from bot.core.pacing.mixed_pacing import MixedPacing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from benchmarks.measure import Answer
    from benchmarks.slacks import VirtualSlack


class MixedRow(NamedTuple):
    """Holds the figures of the answers that are shown one way. Calls and 429s are those of all answers together."""

    name: str
    figures: Figures


def play_mixed() -> list[MixedRow]:
    """Plays the mixed load, and the same by edits alone, in virtual time."""
    answers, slack = replay(MIXED, partial(teleprinter, make=MixedPacing))
    alone, slack_alone = replay(replace(MIXED, mixed=False), teleprinter)
    return [
        MixedRow("in direct messages, streamed", _figures(answers[1::2], slack)),
        MixedRow("in channels, by edits", _figures(answers[::2], slack)),
        MixedRow("all 20 by edits alone", _figures(alone, slack_alone)),
    ]


def mixed_table(rows: Sequence[MixedRow], *, plain: bool) -> Table:
    """A row for each way. Delays in seconds."""
    return figures_table(MIXED.name, "answers", rows, plain=plain)


def _figures(answers: Sequence[Answer], slack: VirtualSlack) -> Figures:
    return Figures.of(list(answers), calls=slack.calls, limited=slack.limited)
