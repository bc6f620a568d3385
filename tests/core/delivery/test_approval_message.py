"""The message in which somebody is asked whether a tool may act."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import notices
from bot.core.conversation.answer_key import AnswerTag
from bot.core.delivery.approval import ApprovalState
from bot.core.delivery.approval_message import (
    BLOCK,
    MOST_BLOCKS,
    outcome_blocks,
    readable_arguments,
    request_blocks,
    request_text,
)
from bot.core.delivery.controls import ControlKind
from bot.core.delivery.press import parse_press
from bot.language.catalogue import ENGLISH
from tests.core.delivery.test_approval import NAMED, OPEN

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

HOUR = notices.HOURS.fill(number="1")
WRITE = {"path": "/notes/a.md", "content": "Hello <!channel> <https://evil.example|here>", "tries": [1, 2]}


def blocks(arguments: dict[str, Any], **changes: Any) -> list[Payload]:
    return request_blocks(replace(OPEN, **changes), "files__write", arguments, ENGLISH, tag="5.0", wait=HOUR)


def test_it_says_what_would_be_done_in_a_block_of_code() -> None:
    head, code, who, row = blocks(WRITE)
    assert head["text"] == {"type": "plain_text", "text": "May I use files: write?", "emoji": False}
    [shown] = code["elements"]
    assert shown["type"] == "rich_text_preformatted"
    assert shown["elements"][0]["text"] == (
        "path: /notes/a.md\ncontent: Hello <!channel> <https://evil.example|here>\ntries: [1, 2]"
    )
    assert who["elements"][0]["text"] == "<@U1> can decide, for 1 h. Nothing is done before."
    assert [one["text"]["text"] for one in row["elements"]] == ["Approve", "Decline"]


def test_those_who_may_decide_are_named() -> None:
    who = request_blocks(NAMED, "a__b", {}, ENGLISH, tag="5.0", wait=HOUR)[2]
    assert who["elements"][0]["text"].startswith("<@U8>, <@U9> can decide")


def test_what_is_pressed_says_which_action_is_meant() -> None:
    [approve, decline] = blocks(WRITE)[-1]["elements"]
    press = parse_press(
        {
            "type": "block_actions",
            "team": {"id": "T"},
            "user": {"id": "U1"},
            "container": {"channel_id": "C", "message_ts": "6.0", "thread_ts": "5.0"},
            "actions": [decline],
        }
    )
    assert press is not None
    assert (press.control, press.verdict, press.tag) == (ControlKind.DECLINE, "ab12.1", AnswerTag("5.0"))
    assert approve["action_id"] == "teleprinter.approve"


def test_what_is_too_long_says_how_much_is_not_shown() -> None:
    shown = blocks({"content": "x" * (BLOCK * MOST_BLOCKS)})
    assert len([one for one in shown if one["type"] == "rich_text"]) == MOST_BLOCKS
    assert shown[1 + MOST_BLOCKS]["text"]["text"] == ENGLISH.say(
        notices.NOT_ALL_SHOWN.fill(count=len("content: "))
    )
    assert max(len(json.dumps(one)) for one in shown) < 3_200


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\u202e", "\\u{202e}"),
        ("\u200b", "\\u{200b}"),
        ("\x00", "\\u{0}"),
        ("\ue000", "\\u{e000}"),
        ("\n", "\n"),
        ("ü", "ü"),
    ],
)
def test_what_cannot_be_seen_is_written_as_its_number(hidden: str, shown: str) -> None:
    assert readable_arguments({"a": f"x{hidden}y"}, ENGLISH) == f"a: x{shown}y"


@given(st.dictionaries(st.text(), st.text()))
def test_every_argument_is_there_to_be_read(arguments: dict[str, str]) -> None:
    text = readable_arguments(arguments, ENGLISH)
    assert all(readable_arguments({name: value}, ENGLISH) in text for name, value in arguments.items())


def test_a_call_without_arguments_says_so() -> None:
    assert readable_arguments({}, ENGLISH) == notices.NO_ARGUMENTS.english
    assert request_text("clock", ENGLISH) == "May I use clock?"


def test_once_it_is_decided_its_buttons_make_room_for_what_became_of_it() -> None:
    before = blocks(WRITE)
    after = outcome_blocks(before, replace(OPEN, state=ApprovalState.DECLINED, decided_by="U1"), ENGLISH)
    assert after[:2] == before[:2]
    assert [one["elements"][0]["text"] for one in after[2:]] == ["✖️ Declined by <@U1>. It was not done."]
    assert len(outcome_blocks(after, replace(OPEN, state=ApprovalState.DONE), ENGLISH)) == 3
