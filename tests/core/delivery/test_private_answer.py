"""An answer that one person alone sees, and the same where they share it."""

from __future__ import annotations

import json

import pytest

from bot.core.conversation.deltas import HistoryRead
from bot.core.conversation.private_question import SHARE
from bot.core.delivery.private_answer import (
    LONGEST_QUESTION,
    MOST_MESSAGES,
    ReadingNews,
    ReplyAddress,
    private_answer,
    private_word,
    shared_answer,
)
from bot.language.catalogue import ENGLISH
from bot.language.translatable import Translatable

LONG = "Bubbles rise and fall. " * 3_000


def test_an_answer_is_for_one_person_and_can_be_shared() -> None:
    (message,) = private_answer("**La** la", None, ENGLISH, caution=Translatable("May be wrong."), name="n")
    assert (message["response_type"], message["replace_original"]) == ("ephemeral", False)
    text, caution, row = message["blocks"]
    assert (text["text"], caution["elements"][0]["text"]) == ("**La** la", "May be wrong.")
    assert [(one["action_id"], one["value"]) for one in row["elements"]] == [(SHARE, "n")]


@pytest.mark.parametrize(("used", "most"), [(0, 4), (1, 4), (3, 2), (5, 1)])
def test_an_answer_fills_what_its_address_still_takes(used: int, most: int) -> None:
    assert ReplyAddress("url", used).most_messages == most
    assert len(private_answer(LONG, None, ENGLISH, caution=None, name="n", most=most)) == most


def test_of_a_long_reading_the_first_step_and_one_of_the_second_half_are_told() -> None:
    news = ReadingNews()
    steps = [HistoryRead(first, first + 9, 60) for first in (1, 11, 21, 31, 41, 51)]
    assert [news.is_due(step) for step in steps] == [True, False, False, True, False, False]


def test_an_answer_without_a_name_cannot_be_shared() -> None:
    (message,) = private_answer("La", None, ENGLISH, caution=None, name="")
    assert [one["type"] for one in message["blocks"]] == ["markdown"]


def test_a_long_answer_is_as_many_messages_as_slack_takes_with_the_button_below_the_last() -> None:
    messages = private_answer(LONG, None, ENGLISH, caution=None, name="n")
    assert len(messages) == MOST_MESSAGES
    assert [SHARE in json.dumps(one) for one in messages] == [False, False, False, True]
    assert all(len(one["blocks"][0]["text"]) <= 12_000 for one in messages)


def test_nobody_is_notified_by_what_a_model_writes_in_private_or_shared() -> None:
    private = json.dumps(private_answer("<!channel> <@U9>", None, ENGLISH, caution=None, name="n"))
    shared = json.dumps(
        shared_answer("<!channel> <@U9>", None, ENGLISH, caution=None, user="U1", question="Who?")
    )
    assert ["<!channel>" in private, "<@U9>" in private] == [False, False]
    assert ["<!channel>" in shared, "<@U9>" in shared] == [False, False]


def test_a_shared_answer_is_for_everybody_and_says_who_asked_what() -> None:
    (message,) = shared_answer("La", None, ENGLISH, caution=None, user="U1", question="<!here> Sing!")
    assert message["response_type"] == "in_channel"
    who, asked = message["blocks"][0]["elements"]
    assert "<@U1>" in who["text"]
    assert asked == {"type": "plain_text", "text": "<!here> Sing!"}


def test_a_long_question_is_cut_and_none_is_left_out() -> None:
    (message,) = shared_answer("La", None, ENGLISH, caution=None, user="U1", question="x" * 1_000)
    assert len(message["blocks"][0]["elements"][1]["text"]) == LONGEST_QUESTION + 1
    (message,) = shared_answer("La", None, ENGLISH, caution=None, user="U1", question="")
    assert len(message["blocks"][0]["elements"]) == 1


def test_a_word_is_for_one_person_and_replaces_nothing() -> None:
    assert private_word("No.") == {"response_type": "ephemeral", "replace_original": False, "text": "No."}


def test_an_empty_answer_is_a_message_all_the_same() -> None:
    assert len(private_answer("", None, ENGLISH, caution=None, name="n")) == 1


def test_what_an_answer_took_stands_once_below_all_of_it_shared_or_not() -> None:
    took = Translatable("By a model.")
    private = private_answer(LONG, took, ENGLISH, caution=None, name="n")
    shared = shared_answer(LONG, took, ENGLISH, caution=None, user="U1", question="Why?")
    assert ["By a model." in json.dumps(one) for one in (*private, *shared)] == [
        False,
        False,
        False,
        True,
    ] * 2
    assert [one["type"] for one in private[-1]["blocks"]] == ["markdown", "context", "actions"]
