"""Which tools stand in a stream as cards, and what each of them says."""

from __future__ import annotations

import pytest

from bot.core.conversation.deltas import ToolState, ToolStep
from bot.core.delivery.tool_cards import (
    MOST,
    TITLE,
    CardCall,
    StreamPiece,
    TaskCard,
    TaskCards,
    TaskStatus,
    stream_pieces,
)

NOW = "time: now"


def a_card(number: int, status: TaskStatus) -> TaskCard:
    return TaskCard(f"t{number}", NOW, status)


def cards_of(*steps: tuple[str, ToolState], name: str = NOW, text: str | None = "") -> TaskCards:
    cards = TaskCards()
    for call, state in steps:
        cards.hear(ToolStep(call, name, state), text)
    return cards


def landed(*steps: tuple[str, ToolState]) -> TaskCards:
    cards = cards_of(*steps)
    cards.land(cards.due("", 0))
    return cards


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (ToolState.ASKED, TaskStatus.PENDING),
        (ToolState.STARTED, TaskStatus.IN_PROGRESS),
        (ToolState.ENDED, TaskStatus.COMPLETE),
        (ToolState.FAILED, TaskStatus.ERROR),
    ],
)
def test_a_card_says_how_far_its_tool_is(state: ToolState, status: TaskStatus) -> None:
    assert cards_of(("a", state)).due("", 0) == (CardCall(a_card(1, status), 0),)


def test_what_a_message_says_already_is_not_said_again() -> None:
    cards = landed(("a", ToolState.STARTED))
    assert (cards.owed, cards.due("", 0)) == (False, ())
    cards.hear(ToolStep("a", NOW, ToolState.ENDED), None)
    assert cards.owed
    assert cards.due("Words.", 6) == (CardCall(a_card(1, TaskStatus.COMPLETE)),)


def test_a_call_that_bears_the_name_of_one_that_is_over_is_another_card() -> None:
    cards = cards_of(("a", ToolState.STARTED), ("a", ToolState.ENDED), ("a", ToolState.STARTED))
    cards.land(cards.due("", 0))
    assert cards.due("", 0, end=TaskStatus.ERROR) == (CardCall(a_card(2, TaskStatus.ERROR)),)


def test_where_there_is_no_place_none_is_begun() -> None:
    cards = cards_of(("a", ToolState.STARTED), text=None)
    assert (cards.owed, cards.due("It", 0)) == (False, ())


@pytest.mark.parametrize(
    ("text", "upto", "at", "later"),
    [
        pytest.param("One.", 0, [4], [4], id="at the end"),
        pytest.param("One.\n\nTwo", 2, [2], [4], id="between two blocks"),
        pytest.param("On", 0, [], [4], id="not there yet"),
        pytest.param("One.\n\n", 0, [], [4], id="it is not known what follows"),
        pytest.param("One.\n\n  more", 0, [], [], id="inside of something"),
        pytest.param("1. One.", 0, [], [], id="the text is another one"),
        pytest.param("One.\n\nTwo", 6, [], [], id="the message is further on"),
    ],
)
def test_a_card_stands_behind_what_was_said_before_it(
    text: str, upto: int, at: list[int], later: list[int]
) -> None:
    cards = cards_of(("a", ToolState.STARTED), text="One.")
    assert [call.at for call in cards.due(text, upto)] == at
    assert [call.at for call in cards.due("One.", 0)] == later


def test_at_the_end_of_a_message_nothing_waits_for_an_end_any_more() -> None:
    cards = landed(("a", ToolState.STARTED), ("b", ToolState.ENDED))
    cards.hear(ToolStep("c", NOW, ToolState.STARTED), None)
    assert cards.due("", 0, end=TaskStatus.COMPLETE) == (CardCall(a_card(1, TaskStatus.COMPLETE)),)


def test_the_next_message_begins_what_is_still_at_work() -> None:
    cards = landed(("a", ToolState.STARTED), ("b", ToolState.ENDED))
    cards.turn_over()
    assert cards.due("On.", 0) == (CardCall(a_card(1, TaskStatus.IN_PROGRESS), 0),)


def test_a_message_has_no_more_cards_than_it_has_room_for() -> None:
    cards = cards_of(*((str(number), ToolState.STARTED) for number in range(MOST + 5)))
    assert len(cards.due("", 0)) == MOST


def test_a_name_is_words_and_neither_a_mention_nor_long() -> None:
    cards = cards_of(("a", ToolState.STARTED), name="<!channel> & `rm`" + "x" * TITLE)
    assert cards.due("", 0)[0].card.title == ("(!channel) + 'rm'" + "x" * TITLE)[:TITLE]


FIRST, SECOND = a_card(1, TaskStatus.COMPLETE), a_card(2, TaskStatus.COMPLETE)


@pytest.mark.parametrize(
    ("markdown", "calls", "below_card", "pieces"),
    [
        ("One.\n\nTwo.", [CardCall(FIRST, 4)], False, ("One.", FIRST, "Two.")),
        ("\n\nTwo.", [], True, ("Two.",)),
        ("\n\nTwo.", [], False, ("\n\nTwo.",)),
        ("\n\nTwo.", [CardCall(SECOND, 0), CardCall(FIRST)], False, (FIRST, SECOND, "Two.")),
        ("", [CardCall(FIRST, 0), CardCall(SECOND, 0)], True, (FIRST, SECOND)),
    ],
    ids=["between", "below a card", "below words", "one that changes comes first", "cards alone"],
)
def test_what_a_call_adds_has_an_order(
    markdown: str, calls: list[CardCall], below_card: bool, pieces: tuple[StreamPiece, ...]
) -> None:
    assert stream_pieces(markdown, calls, below_card=below_card) == pieces
