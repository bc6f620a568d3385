"""How the edits of a reply are laid out in time."""

from __future__ import annotations

import pytest

from bot.core.pacing.edit_spacing import NEVER, EditSpacing

SCHEDULE = EditSpacing()


@pytest.mark.parametrize("edits", [3, 9])
def test_edits_are_spread_evenly_over_what_is_left_and_the_last_one_ends_it(edits: int) -> None:
    assert SCHEDULE.gap(12.0, edits / 12.0, lean=0.5) == pytest.approx(12.0 / (edits + 1))


def test_edits_come_further_apart_the_less_there_is_for_them() -> None:
    gaps = [SCHEDULE.gap(8.0, a_second, lean=0.5) for a_second in (40.0, 5.0, 1.0, 0.2, 0.0)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (SCHEDULE.least, NEVER)


def test_a_part_of_an_edit_is_one_for_some_and_none_for_others() -> None:
    assert [SCHEDULE.gap(10.0, 0.05, lean=lean) for lean in (0.4, 0.6)] == [NEVER, 5.0]


def test_a_first_post_waits_for_an_equal_step_the_longer_the_fewer_edits_there_will_be() -> None:
    waits = [SCHEDULE.wait(9.0, a_second) for a_second in (10.0, 1.0, 0.5, 0.2, 0.0)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (0.0, SCHEDULE.late)


def test_where_there_are_some_edits_for_all_it_does_not_wait_long() -> None:
    assert SCHEDULE.wait(30.0, SCHEDULE.few / 30.0) == SCHEDULE.soon
