"""A load without the replier around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.ours import teleprinter
from benchmarks.scenarios import SCENARIOS, alike, random_load
from benchmarks.share_pacing import SharePacing
from benchmarks.simulate import simulate
from benchmarks.sketch import Stage, sketch
from bot.core.pacing.pacing import Pacing
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from benchmarks.scenarios import Scenario


@pytest.mark.parametrize("rule", [Pacing, SharePacing])
@pytest.mark.parametrize(
    "scenario",
    [SCENARIOS["5 at once"], SCENARIOS["5 at once, one channel"], random_load(15, seed=7, seconds=40.0)],
    ids=lambda scenario: scenario.name,
)
def test_it_gives_what_the_whole_bot_gives(scenario: Scenario, rule: type[Pacing]) -> None:
    """By a hundredth of a second."""
    whole = simulate(scenario, lambda slack: teleprinter(slack, rule))
    light = sketch(scenario, rule)
    assert light.mean == pytest.approx(whole.mean, abs=0.02)
    assert light.first == pytest.approx(whole.first, abs=0.02)
    assert light.last_worst == pytest.approx(whole.last_worst, abs=0.02)
    assert (light.split, light.limited, light.lost) == (whole.split, whole.limited, whole.lost)


def test_with_more_answers_than_edits_nothing_is_lost_nor_refused() -> None:
    figures = sketch(alike("many", (0.0,) * 70), Pacing)
    assert (figures.lost, figures.limited) == (0, 0)
    assert figures.split > 0


def test_what_is_refused_is_shown_later() -> None:
    stage = Stage(alike("one", (0.0,)), Pacing, limits=Limits.of({"chat.update": "5/60"}))
    stage.play()
    assert stage.limited > 0
    assert [answer.lost for answer in stage.answers] == [0]
