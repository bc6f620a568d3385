"""Scenarios in virtual time."""

from __future__ import annotations

import pytest

from benchmarks.scenarios import LATENCY, RATE, SCENARIOS, alike, random_load, spread
from benchmarks.simulate import OURS, POLICIES, duration, replay, simulate

SHORT = alike("short", (0.0, 0.5), words=40)


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_shows_every_word(policy: str) -> None:
    figures = simulate(SHORT, POLICIES[policy])
    assert figures.lost == 0
    assert figures.mean >= LATENCY


def test_every_run_is_the_same() -> None:
    assert simulate(SHORT, POLICIES[OURS]) == simulate(SHORT, POLICIES[OURS])


def test_the_model_writes_at_its_own_pace_whatever_slack_does() -> None:
    answers, _ = replay(SHORT, POLICIES["every 20 chunks"], latency=5.0)
    assert answers[0].generated[-1] - answers[0].generated[0] == pytest.approx(39 / RATE)


def test_ours_is_never_told_to_wait_and_never_late_with_the_end() -> None:
    figures = simulate(SCENARIOS["5 at once"], POLICIES[OURS])
    assert figures.limited == 0
    assert figures.last_worst < 1.0


def test_a_scenario_takes_until_its_last_word_is_seen() -> None:
    assert duration(SHORT, POLICIES[OURS]) == pytest.approx(
        0.5 + SHORT.questions[0].seconds + LATENCY, abs=0.5
    )


def test_starts_are_spread_evenly() -> None:
    assert spread(4, 10) == (0.0, 2.5, 5.0, 7.5)


def test_a_seed_is_a_load() -> None:
    assert random_load(15, seed=1) == random_load(15, seed=1)
    assert random_load(15, seed=1) != random_load(15, seed=2)


@pytest.mark.parametrize("a_minute", [0.001, 5, 40])
def test_people_ask_when_they_like_and_get_answers_of_all_lengths(a_minute: float) -> None:
    questions = random_load(a_minute, seed=3, seconds=600.0).questions
    assert len(questions) == pytest.approx(max(1, 10 * a_minute), rel=0.2)
    assert all(
        0 <= each.start < 600 and 50 <= each.words <= 800 and 15 <= each.rate <= 80 for each in questions
    )
