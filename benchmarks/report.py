"""What was measured, as tables for people and as JSON for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table

from benchmarks.least import least_mean
from benchmarks.scenarios import LATENCY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.measure import Figures
    from benchmarks.scenarios import Scenario

PLAIN_WIDTH = 110  # characters; a pipe has no width of its own, and wrapped rows are of no use to anybody


@dataclass(frozen=True, slots=True)
class Measured:
    """A scenario, and what each policy did in it."""

    scenario: Scenario
    figures: Mapping[str, Figures]

    @property
    def least(self) -> float:
        """The least mean delay that was possible, in seconds: see `benchmarks.least`."""
        return least_mean(self.scenario, latency=LATENCY)


def table(measured: Measured, *, plain: bool) -> Table:
    """Delays in seconds. `plain`: without lines, for a pipe."""
    scenario = measured.scenario
    title = f"{scenario.name} · {_lengths(scenario)} · the least possible: {measured.least:.2f} s"
    return figures_table(title, "policy", measured.figures.items(), plain=plain)


def figures_table(
    title: str, first_column: str, rows: Iterable[tuple[str, Figures]], *, plain: bool
) -> Table:
    """Builds a table with a row of figures for each name. Delays in seconds."""
    shown = Table(title=title, title_justify="left", box=None if plain else box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column(first_column, no_wrap=True)
    for name in (
        "mean",
        "p95",
        "first text",
        "last word",
        "at worst",
        "split",
        "calls",
        "429s",
        "words lost",
    ):
        shown.add_column(name, justify="right", no_wrap=True)
    for name, figures in rows:
        shown.add_row(name, *_cells(figures))
    return shown


def _lengths(scenario: Scenario) -> str:
    """How long the answers are, and how quickly they are written."""
    words, rates = ([getattr(each, name) for each in scenario.questions] for name in ("words", "rate"))
    return f"{_span(words)} words each, {_span(rates)} a second"


def _span(values: list[float]) -> str:
    least, most = min(values), max(values)
    return f"{least:,g}" if least == most else f"{least:,.0f} to {most:,.0f}"


def _cells(figures: Figures) -> list[str]:
    delays = (figures.mean, figures.p95, figures.first, figures.last, figures.last_worst)
    counts = (figures.split, figures.calls, figures.limited, figures.lost)
    return [f"{delay:.2f} s" for delay in delays] + [f"{count:,}" for count in counts]


def to_json(results: list[Measured], *, clock: str) -> dict[str, Any]:
    """All figures. `clock` says which time they were measured in, "virtual" or "real"."""
    return {
        "clock": clock,
        "latency": LATENCY,
        "scenarios": [
            {
                "name": measured.scenario.name,
                "answers": len(measured.scenario.questions),
                "words": [question.words for question in measured.scenario.questions],
                "words_a_second": [question.rate for question in measured.scenario.questions],
                "least_mean": round(measured.least, 4),
                "policies": {name: _rounded(figures) for name, figures in measured.figures.items()},
            }
            for measured in results
        ],
    }


def _rounded(figures: Figures) -> dict[str, float]:
    return {name: round(value, 4) for name, value in asdict(figures).items()}
