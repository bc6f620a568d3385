"""Tables and JSON."""

from __future__ import annotations

import io

from rich.console import Console

from benchmarks.measure import Figures
from benchmarks.report import PLAIN_WIDTH, Measured, table, to_json
from benchmarks.scenarios import alike

FIGURES = Figures(1.234, 2.5, 0.5, 0.12, 0.345, 1, calls=1234, limited=5, lost=0)
MEASURED = Measured(alike("two", (0.0, 1.0), words=1500, rate=40.0), {"ours": FIGURES})


def printed(*, plain: bool) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=PLAIN_WIDTH).print(table(MEASURED, plain=plain))
    return out.getvalue().splitlines()


def test_a_row_has_a_policys_figures_with_their_units() -> None:
    row = next(line for line in printed(plain=True) if line.startswith("ours"))
    assert " ".join(row.split()) == "ours 1.23 s 2.50 s 0.50 s 0.12 s 0.34 s 1 1,234 5 0"


def test_the_title_tells_the_least_possible() -> None:
    assert printed(plain=True)[0].startswith("two · 1,500 words each, 40 a second · the least possible: 0.")


def test_only_a_terminal_gets_lines() -> None:
    assert "─" in "".join(printed(plain=False))
    assert "─" not in "".join(printed(plain=True))


def test_json_says_what_was_measured_and_how() -> None:
    figures = to_json([MEASURED], clock="virtual")
    (scenario,) = figures["scenarios"]
    assert (figures["clock"], scenario["name"], scenario["answers"]) == ("virtual", "two", 2)
    assert scenario["policies"]["ours"]["last_worst"] == 0.345
    assert 0 < scenario["least_mean"] < 1
