"""What people submit, and what they read of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.observability.facts import WorkCrashed
from bot.observability.hooks import subscribe
from bot.turns.submitted_forms import PATIENCE, keep_in_time
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from bot.language.translatable import Translatable


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def say(word: Translatable | None) -> Translatable | None:
    return word


async def wait_for_ever() -> None:
    await asyncio.Event().wait()


async def break_down() -> None:
    raise ValueError("no such row")


async def test_what_is_kept_needs_no_word() -> None:
    assert await keep_in_time(say(None), name="settings") is None


async def test_why_something_is_not_kept_is_said() -> None:
    assert await keep_in_time(say(notices.NOT_A_MANAGER), name="settings") is notices.NOT_A_MANAGER


async def test_what_breaks_is_not_kept_and_the_operator_hears_of_it() -> None:
    heard: list[object] = []
    with subscribe(heard.append):
        assert await keep_in_time(break_down(), name="settings") is notices.UNDONE
    (fact,) = heard
    assert isinstance(fact, WorkCrashed)
    assert fact.work == "settings"


async def test_a_record_that_does_not_answer_is_not_waited_for() -> None:
    began = asyncio.get_running_loop().time()
    assert await keep_in_time(wait_for_ever(), name="settings") is notices.UNDONE
    assert asyncio.get_running_loop().time() - began == PATIENCE
