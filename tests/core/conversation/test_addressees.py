"""Whom a message speaks to."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.addressees import NOBODY, Addressees, read_addressees
from slack_emulator.blocks.rich_text import rich_text

US, ADA, RAJ = "U0BOT", "U1ADA", "U2RAJ"

SAID = {
    "nobody": ("hello", NOBODY),
    "us": (f"<@{US}> hello", Addressees(us=True)),
    "us by a label": (f"<@{US}|tele> hello", Addressees(us=True)),
    "somebody else": (f"<@{RAJ}> lunch?", Addressees(others=frozenset({RAJ}))),
    "both": (f"<@{RAJ}> and <@{US}>", Addressees(us=True, others=frozenset({RAJ}))),
    "everybody": ("<!here> look", Addressees(others=frozenset({"here"}))),
    "oneself": (f"<@{ADA}> is me", NOBODY),
    "in a quote": (f"&gt; <@{US}> hello\nwas said", NOBODY),
    "below a quote": (f"&gt; <@{RAJ}> hello\n<@{US}> who said so?", Addressees(us=True)),
    "in code": (f"write `<@{US}> hello`", NOBODY),
    "in fenced code": (f"```\n<@{US}> hello\n```\nand <@{RAJ}>", Addressees(others=frozenset({RAJ}))),
}


@pytest.mark.parametrize(("text", "to"), SAID.values(), ids=SAID)
def test_a_message_speaks_to_whom_it_mentions_in_its_own_words(text: str, to: Addressees) -> None:
    bare: dict[str, Any] = {"user": ADA, "text": text}
    assert read_addressees(bare, bot_user=US) == to
    assert read_addressees(bare | {"blocks": rich_text(text)}, bot_user=US) == to


def test_a_user_group_is_somebody_else() -> None:
    group = {"type": "usergroup", "usergroup_id": "S1"}
    item = {"type": "rich_text_list", "elements": [{"type": "rich_text_section", "elements": [group]}]}
    typed = {"user": ADA, "blocks": [{"type": "rich_text", "elements": [item]}]}
    assert read_addressees(typed, bot_user=US) == Addressees(others=frozenset({"S1"}))
    told = {"user": ADA, "text": "<!subteam^S1|@ops> restart"}
    assert read_addressees(told, bot_user=US) == Addressees(others=frozenset({"S1"}))
    assert read_addressees(told, bot_user=US).only_others


def test_the_text_counts_where_an_app_says_it_in_other_blocks() -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}
    assert read_addressees({"text": f"<@{US}> hello", "blocks": [section]}, bot_user=US).us
