"""How the edits of a reply are laid out in time."""

from __future__ import annotations

import pytest

from bot.core.pacing.rhythm import Rhythm

RHYTHM = Rhythm()
PLENTY = 1e9


def test_edits_come_further_apart_as_they_add_up() -> None:
    gaps = [RHYTHM.gap(edits, left=8.0, share=PLENTY) for edits in (0, 1, 10, 10_000)]
    assert gaps == sorted(gaps)
    assert gaps[0] == RHYTHM.first
    assert gaps[-1] <= RHYTHM.most


def test_edits_come_further_apart_the_less_there_is_to_share() -> None:
    gaps = [RHYTHM.gap(0, left=8.0, share=share) for share in (40.0, 10.0, 2.0, 0.0)]
    assert gaps == sorted(gaps)
    assert gaps[-1] < 8.0  # and still before the answer is likely to be over


@pytest.mark.parametrize("share", [3.0, 7.0])
def test_a_share_is_spread_evenly_over_what_is_left_and_the_last_edit_ends_it(share: float) -> None:
    assert RHYTHM.gap(0, left=12.0, share=share) == pytest.approx(12.0 / (share + 1))
