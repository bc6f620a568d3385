"""A text before it is in a language."""

from __future__ import annotations

import pytest

from bot.language.translatable import Translatable, by_count

TEXT = Translatable("Answer {number} of {whole}")


def test_a_text_that_is_filled_in_stays_the_same_text() -> None:
    filled = TEXT.fill(whole=3, number=2)
    assert (filled.english, filled.plural) == (TEXT.english, "")
    assert filled == TEXT.fill(number=2, whole=3) != TEXT


def test_a_text_with_a_number_knows_what_it_says_of_one_thing_and_of_others() -> None:
    text = by_count("{count} message", "{count} messages")
    assert (text.english, text.plural) == ("{count} message", "{count} messages")


def test_a_text_cannot_be_put_into_another_one_before_it_is_said() -> None:
    with pytest.raises(TypeError, match="to be said in a language first: Answer"):
        assert f"*{TEXT}*"
