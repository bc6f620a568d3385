"""What the agent pane shows beside messages."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.agent_pane import (
    LONGEST_TITLE,
    PaneOpened,
    parse_pane_opened,
    session_title,
    suggested_prompts,
)
from bot.language.catalogue import ENGLISH

OPENED = {"type": "app_home_opened", "tab": "messages", "channel": "D1", "user": "U1"}


def payload(event: dict[str, Any]) -> dict[str, Any]:
    return {"type": "event_callback", "team_id": "T1", "event": event}


def test_who_opens_their_direct_messages_with_us_opens_the_pane() -> None:
    assert parse_pane_opened(payload(OPENED)) == PaneOpened("T1", "D1", "U1")


@pytest.mark.parametrize(
    "event",
    [
        OPENED | {"tab": "home"},
        OPENED | {"channel": None},
        OPENED | {"user": ""},
        OPENED | {"type": "message"},
        {},
    ],
    ids=["the home", "nowhere", "nobody", "another event", "nothing"],
)
def test_nothing_else_opens_it(event: dict[str, Any]) -> None:
    assert parse_pane_opened(payload(event)) is None


def test_slack_takes_what_is_offered_to_ask() -> None:
    offered = suggested_prompts(ENGLISH)
    assert 1 <= len(offered) <= 4
    assert all(one.title and one.message for one in offered)


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Sing", "Sing"),
        ("\n  Sing of water  \nand of bubbles", "Sing of water"),
        ("", ""),
        (" \n ", ""),
        ("word " * 40, "word word word word word word word word word word word word…"),
        ("x" * 100, "x" * LONGEST_TITLE + "…"),
        ("a" * 50 + ", " + "b" * 50, "a" * 50 + "…"),
    ],
    ids=["short", "its first line", "none", "blank", "long", "one long word", "a comma at the cut"],
)
def test_a_conversation_is_called_by_the_first_line_of_its_question(question: str, title: str) -> None:
    assert session_title(question) == title
