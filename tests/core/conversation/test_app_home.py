"""What somebody sees in our App Home, and what they press there."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import PersonalSettings
from bot.core.conversation.app_home import (
    CHANGE_SETTINGS,
    DELETE_DATA,
    HomeVisit,
    StoredData,
    UsedToday,
    home_view,
    parse_home_opened,
    parse_home_press,
)
from bot.language.catalogue import ENGLISH, LANGUAGES, Language
from slack_emulator.blocks.message_limits import check_blocks

OPENED = {"type": "app_home_opened", "tab": "home", "channel": "D1", "user": "U1"}
PRESSED = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "view": {"type": "home"},
    "actions": [{"action_id": DELETE_DATA, "type": "button"}],
}


@pytest.mark.parametrize(
    ("event", "visit"),
    [
        (OPENED, HomeVisit("T1", "U1")),
        (OPENED | {"tab": "messages"}, None),
        (OPENED | {"user": None}, None),
        ({"type": "message", "tab": "home", "user": "U1"}, None),
        ({}, None),
    ],
)
def test_who_opens_the_home_is_shown_it(event: dict[str, Any], visit: HomeVisit | None) -> None:
    assert parse_home_opened({"team_id": "T1", "event": event}) == visit


def test_who_presses_delete_is_whom_slack_names() -> None:
    assert parse_home_press(PRESSED | {"value": "U2"}, DELETE_DATA, team="T1") == HomeVisit("T1", "U1")


@pytest.mark.parametrize(
    "change",
    [
        {"user": {}},
        {"view": {"type": "modal"}},
        {"view": None, "message": {"ts": "1.0"}},
        {"actions": []},
        {"actions": [{"action_id": "teleprinter.stop"}]},
    ],
    ids=["nobody", "in a modal", "below a message", "nothing", "another button"],
)
def test_nothing_else_deletes_anything(change: dict[str, Any]) -> None:
    assert parse_home_press(PRESSED | change, DELETE_DATA, team="T1") is None


def words(view: object) -> str:
    return json.dumps(view, ensure_ascii=False)


def test_the_home_says_what_is_stored_and_offers_to_delete_it_after_a_question() -> None:
    view = home_view(StoredData(questions=3, verdicts=2, notes=1), ENGLISH, model="openai:x")
    *_, actions = view["blocks"]
    (button,) = actions["elements"]
    assert (button["action_id"], button["confirm"]["deny"]["text"]) == (
        DELETE_DATA,
        notices.HOME_KEEP.english,
    )
    assert notices.HOME_COUNTS.english.format(questions=3, verdicts=2, notes=1) in [
        one["text"]["text"] for one in view["blocks"] if one["type"] == "section"
    ]
    assert "openai:x" in words(view)


def test_where_nothing_is_stored_there_is_nothing_to_delete() -> None:
    view = home_view(StoredData(), ENGLISH, model="openai:x")
    assert notices.HOME_NOTHING.english in words(view)
    assert DELETE_DATA not in words(view)


def test_who_has_just_done_something_reads_what_came_of_it() -> None:
    assert notices.HOME_DELETED.english in words(
        home_view(StoredData(), ENGLISH, model="x", word=notices.HOME_DELETED)
    )
    assert notices.HOME_DELETED.english not in words(home_view(StoredData(), ENGLISH, model="x"))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_slack_takes_the_home_in_every_language(language: Language) -> None:
    """A confirmation takes 100 characters of title, 300 of text and 30 on each button (docs.slack.dev, confirmation dialog)."""
    stored = StoredData(questions=1_000_000, verdicts=3, notes=1)
    view = home_view(stored, language, model="openai:x", word=notices.HOME_KEPT_RUNNING)
    check_blocks([dict(block) for block in view["blocks"]])
    confirm = view["blocks"][-1]["elements"][0]["confirm"]
    most = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
    assert [name for name, size in most.items() if len(confirm[name]["text"]) > size] == []


@pytest.mark.parametrize(
    ("most", "told"),
    [
        (None, "Today, in UTC: answers 3, tokens 1200"),
        (20, "Today, in UTC: answers 3 of 20, tokens 1200"),
    ],
)
def test_what_somebody_has_used_today_is_told_and_what_they_may(most: int | None, told: str) -> None:
    stored = StoredData(today=UsedToday(3, 1_200))
    assert told in words(home_view(stored, ENGLISH, model="x", most=most))


def test_the_home_says_what_somebody_has_set_and_offers_to_change_it() -> None:
    shown = words(home_view(StoredData(settings=PersonalSettings("ja", "Briefly.")), ENGLISH, model="x"))
    wanted = ("日本語", "Briefly.", CHANGE_SETTINGS, notices.HOME_COUNTS_SETTINGS.english, DELETE_DATA)
    assert [one for one in wanted if one not in shown] == []
    nothing = words(home_view(StoredData(), ENGLISH, model="x"))
    assert notices.AS_IN_SLACK.english in nothing
    assert notices.HOME_NO_WISHES.english in nothing


def test_who_wants_to_change_settings_brings_what_opens_a_form() -> None:
    press = PRESSED | {"trigger_id": "now", "actions": [{"action_id": CHANGE_SETTINGS}]}
    assert parse_home_press(press, CHANGE_SETTINGS, team="T1") == HomeVisit("T1", "U1", "now")
