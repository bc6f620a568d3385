"""The messages that an answer is cut into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.markdown.pages import split
from bot.core.parts import LEFT_OUT, MOST, Parts
from bot.core.shapes import Dialect
from tests.core.markdown.documents import documents

if TYPE_CHECKING:
    from collections.abc import Iterator


def some_parts(text: str = "", *, room: float = 0.02, dialect: Dialect = Dialect.BLOCK) -> Parts:
    """Parts of small messages: of 230 characters."""
    parts = Parts(dialect)
    parts.shrink(room)
    parts.feed(text)
    return parts


def complete(parts: Parts) -> Iterator[str]:
    """What is sent of the parts that have become complete, as it is sent."""
    while not (parts.current.last and parts.current.cut):
        parts.current.shown = text = parts.render()
        if parts.current.cut is None:
            return
        yield text
        if not parts.current.last:
            parts.advance()


def test_a_part_grows_until_it_is_full_and_then_the_next_one_does() -> None:
    parts = some_parts("word " * 40)
    assert list(complete(parts)) == []
    parts.feed("word " * 80)
    assert list(complete(parts)) == [("word " * 46).strip()]
    assert parts.current.number == 1
    assert parts.current.shown == ("word " * 46).strip()  # and what comes behind waits
    assert [parts[0].name, parts[1].name] == ["0", "1"]


def test_where_a_part_ends_is_open_until_enough_is_behind_it() -> None:
    parts = some_parts("word " * 40)
    parts.current.shown = shown = parts.render()
    parts.feed("word " * 10)
    assert parts.render() == shown
    parts.finish()
    assert parts.render() == ("word " * 46).strip()


def test_a_part_that_is_not_full_has_no_next_one() -> None:
    with pytest.raises(ValueError, match="not cut"):
        some_parts("word").advance()


def test_a_note_stands_below_and_outside_of_code() -> None:
    parts = some_parts("```\nx")
    parts.finish("*note*")
    assert parts.render() == "```\nx\n```\n\n*note*"
    assert not parts.shows_all()
    parts.current.shown = parts.render()
    assert parts.shows_all()


def test_what_is_said_of_an_item_that_was_cut_through_loses_its_margin_as_it_comes() -> None:
    parts = some_parts("- " + "word " * 91)
    assert len(list(complete(parts))) == 1
    parts.feed("\n\n  - a\n ")
    parts.feed(" - b\n- c")
    assert parts.current.source.endswith("word \n\n- a\n- b\n- c")


def test_the_last_part_that_an_answer_may_have_ends_with_a_note() -> None:
    parts = some_parts("word " * 1_500)
    parts.finish()
    shown = list(complete(parts))
    assert len(shown) == MOST
    assert shown[-1].endswith(LEFT_OUT)
    assert parts.room.fits(shown[-1])


def test_another_dialect_begins_with_the_current_part() -> None:
    parts = some_parts("**word** " * 60)
    assert len(list(complete(parts))) == 1
    parts.speak(Dialect.TEXT)
    assert parts.render().startswith("*word* *word*")


def test_the_fallback_is_made_once_of_what_does_not_change() -> None:
    parts = some_parts("**word** " * 1_000)
    first = parts.fallback()
    assert first.startswith("word word")
    parts.feed("more")
    assert parts.fallback() == first


@settings(deadline=None, max_examples=20)
@given(documents, st.lists(st.integers(1, 300), min_size=1, max_size=20), st.sampled_from(Dialect))
def test_the_rhythm_of_the_text_makes_no_difference_to_its_parts(
    text: str, rhythm: list[int], dialect: Dialect
) -> None:
    room = 0.02 if dialect is Dialect.BLOCK else 0.1
    parts, shown, start = some_parts(room=room, dialect=dialect), list[str](), 0
    while start < len(text):
        size = rhythm[start % len(rhythm)]
        parts.feed(text[start : start + size])
        shown += complete(parts)
        assert parts.room.fits(parts.current.shown)
        start += size
    parts.finish()
    shown += complete(parts)
    whole = split(text, parts.shape, most=MOST, note=f"\n\n{parts.shape.emit(LEFT_OUT)}")
    assert [*shown, *([] if parts.current.cut else [parts.render()])] == whole


def test_an_answer_that_is_broken_off_ends_with_its_marks_closed() -> None:
    parts = some_parts("See **these words")
    parts.finish("stopped", broken_off=True)
    assert parts.render() == "See **these words**\n\nstopped"
