"""How an app stands with the Events API over HTTP."""

from __future__ import annotations

import pytest

from slack_emulator.delivery.failure_rate import HOUR, JUDGED_FROM, MOST, FailureRate


def after(*, taken: int, failed: int) -> FailureRate:
    standing = FailureRate()
    outcomes = [True] * taken + [False] * failed
    for outcome in outcomes:
        standing.delivered(0.0, taken=outcome)
    return standing


@pytest.mark.parametrize(
    ("taken", "failed", "disabled"),
    [
        pytest.param(0, JUDGED_FROM - 1, False, id="too few to judge"),
        pytest.param(0, JUDGED_FROM, True, id="all failed"),
        pytest.param(50, 950, False, id="one in twenty was taken"),
        pytest.param(49, 951, True, id="a little less"),
    ],
)
def test_an_app_that_takes_nearly_nothing_is_disabled(taken: int, failed: int, disabled: bool) -> None:
    assert after(taken=taken, failed=failed).disabled == disabled


def test_what_failed_an_hour_ago_is_forgotten() -> None:
    standing = after(taken=0, failed=JUDGED_FROM - 1)
    standing.delivered(HOUR, taken=False)
    assert not standing.disabled


def test_its_owner_can_enable_it_again() -> None:
    standing = after(taken=0, failed=JUDGED_FROM)
    standing.enable()
    standing.delivered(1.0, taken=False)
    assert not standing.disabled


def test_an_hour_holds_thirty_thousand_deliveries() -> None:
    standing = after(taken=MOST, failed=0)
    assert standing.full(HOUR - 1)
    assert not standing.full(HOUR)


def test_that_it_is_full_is_told_once_a_minute() -> None:
    standing = FailureRate()
    assert [standing.tells(now) for now in (0.0, 59.0, 60.0, 61.0)] == [True, False, True, False]
