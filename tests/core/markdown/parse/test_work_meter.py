"""What rendering costs: a limit, and a pause now and then."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.work_meter import SHARE, TooCostly, limited, paced, pausing, pay, spend
from bot.core.markdown.render.message_text import slack_markdown


def test_what_costs_more_than_it_may_is_refused() -> None:
    with limited(2):
        pay(2)
        with pytest.raises(TooCostly):
            pay()


def test_a_limit_inside_of_another_allows_no_more() -> None:
    with limited(1), limited(100):
        pay()
        with pytest.raises(TooCostly):
            pay()


def test_what_is_outside_of_a_limit_has_none() -> None:
    with limited(0):
        pass
    pay(1e9)
    with limited(1e9):
        pay(1e8)


def test_what_has_no_limit_but_its_length_is_never_refused() -> None:
    with limited(0):
        spend(1e9)


def test_after_its_share_there_is_a_pause() -> None:
    pauses: list[int] = []
    with pausing(lambda: pauses.append(1)):
        spend(SHARE - 1)
        assert pauses == []
        with limited(1e9):
            pay()
        assert pauses == [1]
    spend(10 * SHARE)
    assert pauses == [1]


def test_what_is_made_one_by_one_is_paced() -> None:
    pauses: list[int] = []
    with pausing(lambda: pauses.append(1)):
        assert list(paced(range(SHARE), 1)) == list(range(SHARE))
    assert pauses == [1]


def test_a_long_text_is_rendered_with_pauses_to_the_same_text() -> None:
    text, pauses = "Some **words** and `code`.\n\n- and\n- items\n\n" * 40, list[int]()
    with pausing(lambda: pauses.append(1)):
        shown = slack_markdown(text)
    assert shown == slack_markdown(text)
    assert len(pauses) > 3
