"""What was said before a message that begins a conversation belongs to it."""

from __future__ import annotations

import pytest

from bot.core.conversation.content_parts import FilePart, Parts, text_parts
from bot.core.conversation.earlier_context import (
    ABOVE,
    DAY,
    EXCHANGES,
    PAUSE,
    WantedAbove,
    is_new_topic,
    recent_above,
    recent_exchange,
    wanted_above,
)
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import Kind, Prompt, ThreadKey


def a_prompt(parts: Parts, kind: Kind = Kind.MENTION) -> Prompt:
    return Prompt(ThreadKey("T", "C", "9.0"), "9.0", "U1", parts, kind)


@pytest.mark.parametrize(
    "text",
    [
        "what is wrong here?",
        "Is this right?",
        "explain the above",
        "Fass das zusammen",
        "explique ceci",
        "これは何?",
        "",
    ],
)
def test_a_mention_that_points_at_what_stands_above_wants_it(text: str) -> None:
    assert wanted_above(a_prompt(text_parts(text)), count=None) == WantedAbove(ABOVE)


@pytest.mark.parametrize("text", ["Write me a song.", "what is 2 + 2?", "thistle or rose?"])
def test_a_mention_that_points_at_nothing_wants_nothing(text: str) -> None:
    assert wanted_above(a_prompt(text_parts(text)), count=None) is None


def test_who_brings_a_file_points_at_the_file() -> None:
    assert wanted_above(a_prompt((*text_parts("What is this?"), FilePart("a.pdf"))), count=None) is None


def test_how_many_messages_is_the_operator_s_to_say() -> None:
    song, this = a_prompt(text_parts("Write me a song.")), a_prompt(text_parts("What is this?"))
    assert [wanted_above(one, count=3) for one in (song, this)] == [WantedAbove(3), WantedAbove(3)]
    assert [wanted_above(one, count=0) for one in (song, this)] == [None, None]


def test_a_direct_message_goes_on_from_what_was_said_before_unless_it_says_otherwise() -> None:
    said = [
        wanted_above(a_prompt(text_parts(text), Kind.DIRECT), count=0)
        for text in ("and two?", "New topic: tea")
    ]
    assert said == [WantedAbove(EXCHANGES, replies=True), None]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("new topic", True),
        ("*New topic!* tea", True),
        ("Neues Thema: Tee", True),
        ("新しい話題です", True),
        ("a new topic", False),
        ("new topics", False),
    ],
)
def test_a_new_topic_is_named_at_the_beginning(text: str, *, is_one: bool) -> None:
    assert is_new_topic(text) is is_one


def said(
    ts: float, text: str = "hm", *, last_reply: float | None = None, ours: bool = False
) -> ThreadMessage:
    return ThreadMessage(
        str(ts), "U1", text_parts(text), ours, last_reply="" if last_reply is None else str(last_reply)
    )


def recent(*before: ThreadMessage, ts: float) -> list[str]:
    return [one.ts for one in recent_exchange(before, ts=str(ts))]


def test_an_exchange_goes_back_until_a_pause_of_half_an_hour() -> None:
    before = (said(0.0), said(PAUSE + 1), said(2 * PAUSE), said(3 * PAUSE))
    assert recent(*before, ts=4 * PAUSE) == [str(PAUSE + 1), str(2 * PAUSE), str(3 * PAUSE)]
    assert recent(*before, ts=4 * PAUSE + 1) == []


def test_an_answer_counts_as_a_word_of_its_exchange() -> None:
    assert recent(said(0.0, last_reply=PAUSE), ts=2 * PAUSE) == ["0.0"]


def test_an_exchange_goes_back_to_its_topic() -> None:
    before = (said(1.0), said(2.0, "new topic: tea"), said(3.0))
    assert recent(*before, ts=4.0) == ["2.0", "3.0"]
    ours = (said(1.0), said(2.0, "New topic, then?", ours=True), said(3.0))
    assert recent(*ours, ts=4.0) == ["1.0", "2.0", "3.0"]


def test_what_stands_above_is_of_the_last_day() -> None:
    assert recent_above([said(0.0), said(1.0)], ts=str(DAY + 1)) == [said(1.0)]
