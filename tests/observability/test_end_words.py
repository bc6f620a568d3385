"""What has ended a piece of work is told in one word."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import ModelBusy
from bot.observability.end_words import CANCELLED, end_word, was_left


@pytest.mark.parametrize("error", [asyncio.CancelledError(), GeneratorExit()])
def test_work_that_nobody_waits_for_any_more_is_cancelled(error: BaseException) -> None:
    assert (end_word(error), was_left(error)) == (CANCELLED, True)


@pytest.mark.parametrize(
    ("error", "word"), [(ValueError("PROMPT"), "ValueError"), (ModelBusy("gpt: wait"), "ModelBusy")]
)
def test_an_error_is_told_by_its_class_alone(error: BaseException, word: str) -> None:
    assert (end_word(error), was_left(error)) == (word, False)
