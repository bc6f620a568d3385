"""The least possible delay: no schedule of posts and edits that Slack takes is below it."""

from __future__ import annotations

from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.least import least_mean
from benchmarks.scenarios import LATENCY, SCENARIOS, Question, Scenario, alike
from benchmarks.simulate import POLICIES, simulate
from slack_emulator.web_api.rate_limits import Bucket, Rate

LIMIT, WINDOW = 4, 6.0
EDITING = [name for name in POLICIES if not name.startswith("native")]


def mean_delay(scenario: Scenario, steps: list[list[float]]) -> float:
    """Of all words, where `steps` are the seconds at which each answer is posted and edited, up to the whole of it."""
    return fmean(
        min(step for step in own if step >= due - 1e-9) - due
        for question, own in zip(scenario.questions, steps, strict=True)
        for due in (question.start + (number + 1) / question.rate for number in range(question.words))
    )


@st.composite
def schedules(draw: st.DrawFn) -> tuple[Scenario, list[list[float]]]:
    """Any answers of any length and pace, posted at any time, edited at any times that the limit lets pass, and shown whole at the end."""
    seconds = st.integers(0, 160).map(lambda eighths: eighths / 8)
    question = st.builds(Question, seconds, st.integers(1, 40), st.sampled_from([4.0, 8.0, 16.0]))
    scenario = Scenario("drawn", tuple(draw(st.lists(question, min_size=1, max_size=4))))
    steps = [[each.start + draw(seconds)] for each in scenario.questions]
    bucket = Bucket(Rate(LIMIT, WINDOW))
    for now in sorted(draw(st.lists(seconds.map(lambda each: each * 1.5), max_size=40))):
        if not bucket.wait(now):
            bucket.take(now)
            draw(st.sampled_from(steps)).append(now)
    now = 40.0
    for each, own in zip(scenario.questions, steps, strict=True):
        if max(own) < each.end:
            now += bucket.wait(now)
            bucket.take(now)
            own.append(now)
    return scenario, steps


@given(schedules())
def test_no_schedule_is_below_it(drawn: tuple[Scenario, list[list[float]]]) -> None:
    scenario, steps = drawn
    least = least_mean(scenario, latency=0.0, limit=LIMIT, window=WINDOW)
    assert mean_delay(scenario, steps) >= least - 1e-6


def test_equal_steps_reach_it() -> None:
    scenario = alike("one", (0.0,), words=50, rate=25.0)
    even = [[0.4, 0.8, 1.2, 1.6, 2.0]]
    least = least_mean(scenario, latency=0.0, limit=LIMIT, window=WINDOW)
    assert mean_delay(scenario, even) == pytest.approx(least)


def test_latency_is_waited_by_every_word() -> None:
    scenario = SCENARIOS["5 at once"]
    assert least_mean(scenario, latency=1.0) == pytest.approx(least_mean(scenario, latency=0.0) + 1.0)


def test_with_an_edit_for_every_word_nothing_waits() -> None:
    assert least_mean(alike("few words", (0.0,), words=20), latency=0.0) == 0.0


@pytest.mark.parametrize("scenario", ["1 answer", "5 at once", "20 in 10 s"])
@pytest.mark.parametrize("policy", EDITING)
def test_no_policy_that_edits_is_below_it(scenario: str, policy: str) -> None:
    figures = simulate(SCENARIOS[scenario], POLICIES[policy])
    assert figures.mean >= least_mean(SCENARIOS[scenario], latency=LATENCY)
