"""What an answer has to say besides what fits its messages."""

from __future__ import annotations

import re
from functools import partial

import pytest

from bot.core.delivery.message_format import Dialect
from bot.core.delivery.overflow import Overflow
from bot.core.markdown.parse.literal_guard import GUARD
from bot.core.markdown.split.pagination import cut

SHAPE = Dialect.BLOCK.shape()


def an_overflow(source: str) -> Overflow:
    end = cut(source, SHAPE, whole=partial(SHAPE.emit, source))
    assert end is not None
    return Overflow(source, end, first=True)


def test_the_rest_is_all_that_is_behind_the_message() -> None:
    source = "\n\n".join(f"word{number} " * 20 for number in range(200))
    end = cut(source, SHAPE, whole=partial(SHAPE.emit, source))
    assert end is not None
    overflow = Overflow(source, end, first=True)
    overflow.feed("\n\nThe end.")
    words = re.findall(r"word\d+", end.head + overflow.rest())
    assert words == [f"word{number}" for number in range(200) for _ in range(20)]
    assert overflow.rest().endswith("\n\nThe end.\n")


@pytest.mark.parametrize(
    ("source", "begins"),
    [
        ("```python\n" + "call()\n" * 3_000 + "```", "```python\ncall()\n"),
        ("| key | value |\n|---|---|\n" + f"| row | {'v' * 90} |\n" * 200, "| key | value |\n"),
    ],
    ids=["code", "a table"],
)
def test_what_the_cut_goes_through_is_whole_again_in_the_file(source: str, begins: str) -> None:
    rest = an_overflow(source).rest()
    assert rest.startswith(begins)
    assert GUARD not in rest


def test_an_answer_that_breaks_off_leaves_no_open_mark_in_the_file() -> None:
    overflow = an_overflow("word " * 3_000)
    overflow.feed("and **half")
    overflow.break_off()
    assert overflow.rest().endswith("and **half**\n")
