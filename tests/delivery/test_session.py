"""The shell's side of one running reply."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.core.conversation import notices as notes
from bot.core.delivery.controls import AnswerEnd
from bot.core.delivery.reply import Reply
from bot.delivery.session import Closing, DeliverySession, Landed
from tests.fakes import an_answer

if TYPE_CHECKING:
    from bot.core.conversation.deltas import Usage

REPLY = Reply(an_answer())


class Witness:
    """Allows the first words, or not, and counts how often it is asked."""

    def __init__(self, *, allows: bool) -> None:
        self.allows = allows
        self.asked = 0
        self.told: list[tuple[int, str]] = []
        self.ends: list[tuple[Usage | None, AnswerEnd]] = []

    async def opening(self) -> bool:
        self.asked += 1
        return self.allows

    def posted(self, part: int, ts: str) -> None:
        self.told.append((part, ts))

    def ended(self, used: Usage | None, how: AnswerEnd) -> None:
        self.ends.append((used, how))


def test_a_call_is_counted_with_what_it_was_the_first_to_carry() -> None:
    show = DeliverySession(REPLY, None, opened=True)
    show.hear(10, 1.0)
    first = show.heard
    show.hear(20, 2.0)
    second = show.heard
    assert show.land(first, 3.0) == Landed(1, 10, 20.0)
    assert show.land(first, 4.0) == Landed()
    assert show.land(second, 4.0) == Landed(1, 20, 40.0)


def test_a_call_that_comes_back_after_a_later_one_carries_nothing_new() -> None:
    show = DeliverySession(REPLY, None, opened=True)
    show.hear(10, 1.0)
    first = show.heard
    show.hear(20, 2.0)
    assert show.land(show.heard, 3.0) == Landed(2, 30, 40.0)
    assert show.land(first, 3.5) == Landed()


async def test_a_witness_is_asked_once_before_the_first_words() -> None:
    witness = Witness(allows=True)
    show = DeliverySession(REPLY, witness, opened=False)
    assert await show.opens()
    assert await show.opens()
    assert witness.asked == 1


async def test_what_has_begun_before_needs_no_leave() -> None:
    witness = Witness(allows=False)
    assert await DeliverySession(REPLY, witness, opened=True).opens()
    assert witness.asked == 0


async def test_without_a_witness_nobody_is_told() -> None:
    show = DeliverySession(REPLY, None, opened=True)
    show.posted(0, "1.0")
    assert await show.opens()


async def test_its_end_has_a_word_for_the_reader() -> None:
    show = DeliverySession(REPLY, None, opened=True)
    show.end(notes.HALTED, AnswerEnd.STOPPED)  # before the model is read nothing ends but the word stays
    assert (show.word, show.how) == (notes.HALTED, AnswerEnd.STOPPED)
    show.reading = asyncio.create_task(asyncio.sleep(60, Closing("text")))
    show.end(notes.STOPPED, AnswerEnd.FAILED)
    await asyncio.gather(show.reading, return_exceptions=True)
    assert show.reading.cancelled()
