"""Random loads: what a policy gives where nobody can know who asks next, nor how long an answer gets.

Each seed is a load of its own. A policy's delay is told as so many times the least that was possible under that load, so that quiet
loads and busy ones count alike.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from statistics import fmean
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from benchmarks.least import least_mean
from benchmarks.scenarios import BUSY, LATENCY, SECONDS, random_load
from benchmarks.share_pacing import SharePacing
from benchmarks.simulate import BEFORE, OURS, POLICIES, simulate
from benchmarks.sketch import sketch
from bot.core.pacing.pacing import Pacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from benchmarks.measure import Figures
    from bot.core.pacing.budget import Budgets

RULES: Mapping[str, Callable[[Budgets], Pacing]] = {OURS: Pacing, BEFORE: SharePacing}
SEEDS = 50
WIDTH = 140  # characters of a row, in a pipe


@dataclass(frozen=True, slots=True)
class Played:
    """What a rule did under one load. `least` is the least possible mean delay, in seconds."""

    policy: str
    a_minute: int
    answers: int
    figures: Figures
    least: float

    @property
    def ratio(self) -> float:
        """Mean delay over the least possible."""
        return self.figures.mean / self.least


def play_load(
    rule: str, a_minute: int, seed: int, *, seconds: float = SECONDS, whole: bool = False
) -> Played:
    """One load under one rule, in virtual time; `whole` through the whole replier."""
    load = random_load(a_minute, seed=seed, seconds=seconds)
    figures = simulate(load, POLICIES[rule]) if whole else sketch(load, RULES[rule])
    return Played(rule, a_minute, len(load.questions), figures, least_mean(load, latency=LATENCY))


def play_all(
    seeds: Iterable[int], *, busy: Sequence[int] = BUSY, seconds: float = SECONDS, whole: bool = False
) -> list[Played]:
    """Every load under every rule, over all cores; each rule gets the same loads."""
    rules, rates, numbers = zip(*product(RULES, busy, seeds), strict=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        play = partial(play_load, seconds=seconds, whole=whole)
        return sorted(pool.map(play, rules, rates, numbers, chunksize=4), key=lambda each: each.a_minute)


def table(played: Sequence[Played], *, plain: bool) -> Table:
    """A row a load and rule. Delays are over the least possible, or in seconds."""
    shown = Table(box=None if plain else box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("asked", no_wrap=True)
    shown.add_column("policy", no_wrap=True)
    names = (
        "over least",
        "worst seed",
        "mean",
        "first text",
        "last word",
        "at worst",
        "split",
        "429s",
        "words lost",
    )
    for name in names:
        shown.add_column(name, justify="right", no_wrap=True)
    groups = dict.fromkeys((each.a_minute, each.policy) for each in played)
    for a_minute, policy in groups:
        group = [each for each in played if (each.a_minute, each.policy) == (a_minute, policy)]
        shown.add_row(f"{a_minute} a minute", policy, *_cells(group))
    return shown


def _cells(played: Sequence[Played]) -> list[str]:
    """Of one load and policy, all seeds together."""
    ratios, figures = [each.ratio for each in played], [each.figures for each in played]
    split = sum(each.split for each in figures) / sum(each.answers for each in played)
    delays = [fmean(getattr(each, name) for each in figures) for name in ("mean", "first", "last")]
    counts = [sum(getattr(each, name) for each in figures) for name in ("limited", "lost")]
    return [
        f"{fmean(ratios):.2f}",
        f"{max(ratios):.2f}",
        *(f"{delay:.2f} s" for delay in delays),
        f"{max(each.last_worst for each in figures):.2f} s",
        f"{split:.1%}",
        *(f"{count:,}" for count in counts),
    ]
