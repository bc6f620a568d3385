"""The figures of the Events API page."""

from __future__ import annotations

from slack_emulator.delivery.retry_policy import RetryPolicy


def test_slack_waits_three_seconds_and_tries_three_times_more() -> None:
    patience = RetryPolicy()
    assert (patience.deadline, patience.spacing) == (3.0, (0.0, 60.0, 300.0))


def test_an_event_is_kept_for_as_long_as_it_is_tried() -> None:
    patience = RetryPolicy()
    assert patience.kept > sum(patience.spacing) + 4 * patience.deadline
