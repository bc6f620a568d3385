"""Slack's disputed figures, and choosing among them."""

from __future__ import annotations

import pytest

from slack_emulator.disputed_rules import STRICT, Compat, with_readings
from slack_emulator.errors import WorkspaceError


def test_a_reading_may_come_as_text() -> None:
    chosen = with_readings({"update_text": "40000", "stream_events": "no", "stream_life": "60"})
    assert chosen == Compat(update_text=40_000, stream_events=False, stream_life=60.0)


def test_choosing_nothing_is_the_strict_reading() -> None:
    assert with_readings({}) == STRICT


def test_a_choice_leaves_the_others_as_they_were() -> None:
    assert with_readings({"stream_life": 1}, Compat(update_text=1)).update_text == 1


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"update_texts": 1}, "readings: update_texts: Unexpected"),
        ({"update_text": 0}, "readings: update_text: Input should be greater than 0"),
        ({"stream_life": "long"}, "readings: stream_life: Input should be a valid number"),
        ({"stream_events": "perhaps"}, "readings: stream_events: Input should be a valid boolean"),
    ],
)
def test_a_reading_that_is_none_is_told(chosen: dict[str, object], words: str) -> None:
    with pytest.raises(WorkspaceError, match=words):
        with_readings(chosen)
