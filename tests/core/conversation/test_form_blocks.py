"""The parts of homes and forms, as Slack takes them."""

from __future__ import annotations

import pytest

from bot.core.conversation.form_blocks import (
    LONGEST_OPTION,
    FormOption,
    choosing_field,
    chosen,
    context,
    form_values,
    header,
    section,
    writing_field,
    written,
)
from slack_emulator.blocks.message_limits import check_blocks


def test_slack_takes_them_all() -> None:
    options = [FormOption("x" * 200, "-"), FormOption("Two", "2")]
    menu = choosing_field("which", "Which?", options, value="2")
    field = writing_field("words", "Words?", hint="Some.", example="One.", value="", most=10)
    blocks = [header("One"), section("Two"), context("Three"), menu, field]
    check_blocks([dict(one) for one in blocks])
    assert len(menu["element"]["options"][0]["text"]["text"]) == LONGEST_OPTION
    assert menu["element"]["initial_option"]["value"] == "2"


@pytest.mark.parametrize("values", [{}, {"f": None}, {"f": {"f": "text"}}, {"f": {"f": {"value": None}}}])
def test_what_is_not_there_is_read_as_nothing(values: dict[str, object]) -> None:
    found = form_values({"view": {"state": {"values": values}}})
    assert (written(found, "f"), chosen(found, "f")) == ("", "")
