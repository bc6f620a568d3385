"""What can be pressed below an answer, as Slack takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.delivery.controls import (
    CONTROL_BLOCKS,
    MOST_ENTRIES,
    AnswerEnd,
    ControlKind,
    Controls,
    block_kit,
    button,
    note_modal,
)
from bot.core.markdown.split.capacity import BLOCK_ROOM
from bot.language.catalogue import ENGLISH, LANGUAGES, Language
from slack_emulator.blocks.block_kit import BLOCKS
from slack_emulator.blocks.message_limits import check_blocks

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

NO_BUTTONS = (
    ControlKind.FEEDBACK,
    ControlKind.MENU,
    ControlKind.DELETE,
    ControlKind.FORMER,
    ControlKind.LEAVE,
)
TAG = "1700000000.000100+01~00"
FORMER = tuple(f"https://sparkling.example/archives/C1/p{number}" for number in range(9))
EVERY = [Controls(TAG, None, line=notices.WAITING.fill(seconds=100))] + [
    Controls(TAG, end, former=FORMER) for end in AnswerEnd
]


def pressable(controls: Controls | None) -> list[str]:
    """The labels of what can be pressed, in the order in which it stands there."""
    rows = [block["elements"] for block in block_kit(controls, ENGLISH) if block["type"] != "context"]
    return [label for row in rows for element in row for label in labels(element)]


def labels(element: Payload) -> list[str]:
    parts = [element.get("text"), *[option["text"] for option in element.get("options", ())]]
    judged = [element.get(name, {}).get("text") for name in ("positive_button", "negative_button")]
    return [part["text"] for part in (*parts, *judged) if part]


@pytest.mark.parametrize(
    ("end", "offered"),
    [
        (None, ["Stop"]),
        (AnswerEnd.WHOLE, ["Regenerate", "Delete this answer", "Good answer", "Bad answer"]),
        (AnswerEnd.STOPPED, ["Continue", "Regenerate", "Delete this answer", "Good answer", "Bad answer"]),
        (AnswerEnd.CUT, ["Continue", "Regenerate", "Delete this answer", "Good answer", "Bad answer"]),
        (AnswerEnd.FAILED, ["Try again", "Delete this answer"]),
        (AnswerEnd.CLOSED, []),
    ],
)
def test_an_answer_offers_what_its_state_allows(end: AnswerEnd | None, offered: list[str]) -> None:
    assert pressable(Controls(TAG, end, direct=True)) == offered


def test_a_message_that_is_complete_offers_nothing() -> None:
    assert block_kit(None, ENGLISH) == []


def test_the_line_of_what_it_does_stands_above_stop() -> None:
    line, row = block_kit(Controls(TAG, None, line=notices.THINKING), ENGLISH)
    assert line["elements"] == [{"type": "plain_text", "text": "Thinking…"}]
    assert [(one["action_id"], one["value"]) for one in row["elements"]] == [("teleprinter.stop", TAG)]


@pytest.mark.parametrize(
    ("direct", "links", "others"),
    [(True, (6, 7, 8, 9), [f"delete {TAG}"]), (False, (7, 8, 9), [f"leave {TAG}", f"delete {TAG}"])],
    ids=["in a direct message", "in a channel"],
)
def test_earlier_takes_are_links_in_the_menu_as_many_of_the_newest_as_there_is_room_for(
    direct: bool, links: tuple[int, ...], others: list[str]
) -> None:
    menu = block_kit(Controls(TAG, AnswerEnd.WHOLE, former=FORMER, direct=direct), ENGLISH)[0]["elements"][1]
    shown = [(option["text"]["text"], option["url"]) for option in menu["options"] if "url" in option]
    assert shown == [(f"Answer {number}", FORMER[number - 1]) for number in links]
    assert [option["value"] for option in menu["options"][len(links) :]] == others
    assert len(menu["options"]) == MOST_ENTRIES


def test_without_earlier_takes_the_menu_has_the_rest() -> None:
    menu = block_kit(Controls(TAG, AnswerEnd.WHOLE), ENGLISH)[0]["elements"][1]
    assert [option["text"]["text"] for option in menu["options"]] == [
        "Stop following this thread",
        "Delete this answer",
    ]


@pytest.mark.parametrize("controls", EVERY, ids=lambda one: one.end.value if one.end else "writing")
@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_slack_takes_all_of_it_beside_a_message_that_is_full(controls: Controls, language: Language) -> None:
    blocks = [dict(block) for block in block_kit(controls, language)]
    footnote = {
        "type": "context",
        "elements": [{"type": "plain_text", "text": "A small model, often wrong. " * 8}],
    }
    assert len(blocks) <= CONTROL_BLOCKS
    check_blocks([{"type": "markdown", "text": "x" * int(BLOCK_ROOM.counted)}, footnote, *blocks])
    headed = "# x\n\n" * int(BLOCK_ROOM.blocks)
    check_blocks([{"type": "markdown", "text": headed}, footnote, *blocks])


def test_the_blocks_of_a_message_its_footnote_and_its_controls_together_are_as_many_as_slack_takes() -> None:
    assert BLOCK_ROOM.blocks + 1 + 1 + CONTROL_BLOCKS <= BLOCKS  # the text's own one, and the footnote


@pytest.mark.parametrize(
    "control", [ControlKind.STOP, ControlKind.RETRY, ControlKind.NOTE, ControlKind.EDITED]
)
def test_a_button_names_its_answer_and_nothing_else(control: ControlKind) -> None:
    made = button(control, TAG, ENGLISH)
    assert (made["action_id"], made["value"]) == (f"teleprinter.{control.value}", TAG)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_a_label_is_as_short_as_slack_wants_it_in_every_language(language: Language) -> None:
    """Buttons and entries of menus take 75 characters, a modal's title and buttons 24 (docs.slack.dev, Block Kit, views)."""
    buttons = [one for one in ControlKind if one not in NO_BUTTONS]
    shown = [button(one, TAG, language)["text"]["text"] for one in buttons]
    entries = [
        language.say(one) for one in (notices.DELETE, notices.LEAVE, notices.GOOD, notices.BAD, notices.SHARE)
    ]
    assert max(map(len, [*shown, *entries])) <= 75
    modal = note_modal("C1", "1.0", TAG, language)
    assert max(len(modal[name]["text"]) for name in ("title", "submit", "close")) <= 24
