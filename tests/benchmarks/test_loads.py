"""Random loads."""

from __future__ import annotations

import io

from rich.console import Console

from benchmarks.loads import RULES, WIDTH, play_all, play_load, table
from benchmarks.simulate import BEFORE, OURS


def test_each_rule_gets_the_same_loads() -> None:
    played = play_all(range(2), busy=(5,), seconds=30.0)
    assert [each.policy for each in played] == [OURS, OURS, BEFORE, BEFORE]
    assert [each.least for each in played[:2]] == [each.least for each in played[2:]]


def test_nothing_is_lost_nor_refused_and_nobody_is_below_the_least() -> None:
    played = [play_load(rule, 40, 1, seconds=60.0) for rule in RULES]
    assert [(each.figures.lost, each.figures.limited) for each in played] == [(0, 0)] * 2
    assert played[0].figures.split < played[1].figures.split


def test_our_rule_is_nearer_to_the_least_than_the_one_before() -> None:
    ours, before = ([play_load(rule, 15, seed).ratio for seed in range(4)] for rule in (OURS, BEFORE))
    assert sum(ours) < 0.85 * sum(before)


def test_a_row_has_the_figures_of_a_load_and_a_rule() -> None:
    out = io.StringIO()
    Console(file=out, width=WIDTH).print(table([play_load(OURS, 5, 0, seconds=30.0)], plain=True))
    head, row = out.getvalue().splitlines()
    assert head.split()[:4] == ["asked", "policy", "over", "least"]
    assert row.startswith("5 a minute  Teleprinter")
    assert row.split()[-3:] == ["0.0%", "0", "0"]
