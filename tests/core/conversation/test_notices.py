"""What a reader is told besides the answer."""

from __future__ import annotations

import pytest

from bot.core.conversation import notices
from bot.core.conversation.deltas import Finish, Reason
from bot.language.catalogue import ENGLISH, LANGUAGES, Language


def test_what_was_left_out_is_told_where_something_was() -> None:
    assert notices.left_out(0) is None
    found = notices.left_out(3)
    assert found is not None
    assert "3" in ENGLISH.say(found)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_what_we_said_below_an_answer_is_taken_away_in_every_language(language: Language) -> None:
    said = notices.aside(language.say(notices.HALTED))
    assert notices.without_asides(f"Bubbles rise\n\n{said}") == "Bubbles rise"
    cut = notices.aside(notices.ending(Finish(Reason.LENGTH), language))
    assert notices.without_asides(f"Bubbles rise\n\n{cut}") == "Bubbles rise"


@pytest.mark.parametrize(
    ("finish", "words"),
    [
        (Finish(Reason.STOP), ""),
        (Finish(Reason.REFUSED), "The model declined to answer."),
        (Finish(Reason.REFUSED, "I will not."), "I will not."),
    ],
)
def test_an_end_is_told_in_a_refusals_own_words_before_ours(finish: Finish, words: str) -> None:
    assert notices.ending(finish, ENGLISH) == words


def test_what_went_wrong_is_seen_from_afar_and_nothing_is_no_aside() -> None:
    assert notices.warning("Ouch.") == "⚠️ Ouch."
    assert notices.aside("") == ""


def test_each_line_of_an_aside_is_one_by_itself() -> None:
    assert notices.aside("One.\nTwo.") == "*One.*\n*Two.*"
