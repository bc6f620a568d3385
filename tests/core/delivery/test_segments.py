"""The messages that an answer is cut into."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.delivery.delivery import MOST_MESSAGES
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.segments import Segments, in_file, too_long
from bot.core.markdown.parse.parser import parse
from bot.core.markdown.parse.work_meter import limited
from bot.core.markdown.split.pagination import split
from bot.language.catalogue import ENGLISH
from tests.core.markdown.documents import documents
from tests.reading import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def some_parts(text: str = "", *, room: float = 0.02, dialect: Dialect = Dialect.BLOCK) -> Segments:
    """Parts of small messages: of 230 characters."""
    parts = Segments(dialect)
    parts.shrink(room)
    parts.feed(text)
    return parts


def complete(parts: Segments) -> Iterator[str]:
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
    assert ("word " * 46).startswith(parts.current.shown)  # and what may come behind it waits
    assert parts.current.shown.count("word") >= 40
    assert [parts[0].name, parts[1].name] == ["0", "1"]


def test_where_a_part_ends_is_open_until_enough_is_behind_it() -> None:
    parts = some_parts("word " * 40)
    parts.current.shown = shown = parts.render()
    parts.feed("word " * 10)
    assert parts.render().startswith(shown)
    assert parts.current.cut is None
    parts.finish()
    assert parts.render() == ("word " * 46).strip()


def readings(parts: Segments, deltas: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """What readers see after each delta: the number of each message that changes, and its words."""
    for delta in deltas:
        parts.feed(delta)
        while True:
            parts.current.shown = text = parts.render()
            yield parts.current.number, [word.text for word in words(parse(text))]
            if parts.current.cut is None:
                break
            parts.advance()


def taken_back(parts: Segments, deltas: Iterable[str]) -> list[tuple[int, list[str]]]:
    """The readings that lack words which were to be seen in the same message before; the last one may have grown."""
    seen, less = dict[int, list[str]](), list[tuple[int, list[str]]]()
    for number, found in readings(parts, deltas):
        before = seen.get(number, [])[:-1]
        less += [(number, found)] if found[: len(before)] != before else []
        seen[number] = found
    return less


def pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "A sentence. " * 500 + "\n\n" + "Another one. " * 620, id="paragraphs of 6,000 and 8,000"
        ),
        pytest.param("```py\n" + "x = 1 + 2 " * 1_300 + "\n```", id="a long line of code"),
        pytest.param("- " + "an item. " * 400 + "\n- " + "a second. " * 900, id="long items"),
    ],
)
def test_what_was_shown_in_a_message_stays_there(text: str) -> None:
    parts = Segments(Dialect.BLOCK)
    assert taken_back(parts, pieces(text, 500)) == []
    assert parts.current.number == 1


def test_what_a_reader_waits_for_near_the_end_of_a_message_is_little() -> None:
    parts = Segments(Dialect.BLOCK)
    parts.feed("A sentence. " * 880)  # 10,560 characters
    parts.feed("\n\n" + "Another one. " * 40)
    assert parts.render() == ("A sentence. " * 880).strip()
    assert parts.upto() == 10_559
    parts.feed("Another one. " * 100)
    assert parts.render() == ("A sentence. " * 880).strip()
    assert parts.current.cut is not None


def test_words_stay_though_what_follows_them_takes_more_room_than_was_thought() -> None:
    table = "| a | b |\n|---|---|\n| c | d |\n"
    text = f"word One. \n\n- a\na_ - a\n- a\na_ {table}*a One. One. word {table}word {table}\n\n- a\n`x` \n\n*a *a word - a\n"
    headings = pieces("# b\n# b\na_ # b\n- a\n# ", 3)
    assert taken_back(some_parts(), [f"{text}{table}\n\nOne. ", *headings]) == []


@settings(deadline=None, max_examples=8)
@given(documents, st.lists(st.integers(20, 90), min_size=1, max_size=20), st.sampled_from([0.02, 0.05, 0.1]))
def test_in_any_rhythm_the_words_of_a_message_only_grow(text: str, rhythm: list[int], room: float) -> None:
    deltas, start = list[str](), 0
    while start < len(text):
        deltas.append(text[start : start + rhythm[len(deltas) % len(rhythm)]])
        start += len(deltas[-1])
    assert taken_back(some_parts(room=room), deltas) == []


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
    assert len(shown) == MOST_MESSAGES
    assert shown[-1].endswith(too_long(ENGLISH))
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
    whole = split(text, parts.shape, most=MOST_MESSAGES, note=f"\n\n{parts.shape.emit(too_long(ENGLISH))}")
    assert [*shown, *([] if parts.current.cut else [parts.render()])] == whole


def test_an_answer_that_is_broken_off_ends_with_its_marks_closed() -> None:
    parts = some_parts("See **these words")
    parts.finish("stopped", broken_off=True)
    assert parts.render() == "See **these words**\n\nstopped"


def test_what_was_once_shown_plainly_stays_so_where_it_is_cut() -> None:
    parts = some_parts("*a* " * 30)
    with limited(40):
        assert r"\*a\*" in parts.render()
    parts.feed("*a* " * 200)
    shown = parts.render()
    assert parts.current.cut is not None
    assert shown.startswith(r"\*a\* \*a\*")


def parts_and_a_file() -> Segments:
    """Two messages at most, of which the last is full."""
    parts = Segments(Dialect.BLOCK, file_after=2)
    parts.feed("\n\n".join(f"word{number} " * 20 for number in range(300)))
    parts.current.shown = parts.render()
    parts.advance()
    return parts


def test_the_last_part_says_that_the_rest_is_in_a_file_and_takes_no_more() -> None:
    parts = parts_and_a_file()
    shown = parts.render()
    assert shown.endswith(in_file(ENGLISH))
    assert parts.current.cut is None
    assert parts.room.fits(shown)
    parts.feed("\n\nThe end.")
    assert parts.render() == shown
    assert parts.committed() == shown
    assert parts.overflow is not None
    assert parts.overflow.rest().endswith("The end.\n")


def test_what_we_say_below_an_answer_stands_in_its_last_message_and_not_in_the_file() -> None:
    parts = parts_and_a_file()
    parts.render()
    parts.finish("*Read: a.pdf.*")
    assert parts.render().endswith(f"{in_file(ENGLISH)}\n\n*Read: a.pdf.*")
    assert parts.upto() == len(parts.current.source)
    assert parts.overflow is not None
    assert "a.pdf" not in parts.overflow.rest()


def test_an_answer_breaks_off_in_its_file() -> None:
    parts = parts_and_a_file()
    parts.render()
    parts.feed("and **half")
    parts.finish(broken_off=True)
    assert parts.overflow is not None
    assert parts.overflow.rest().endswith("and **half**\n")


def test_without_the_file_the_text_goes_on_in_messages_from_where_they_ended() -> None:
    parts = parts_and_a_file()
    parts.render()
    parts.finish("*Read: a.pdf.*")
    parts.go_on_in_messages()
    shown = [parts[0].shown, *complete(parts), parts.current.shown]
    text = "".join(shown)
    assert re.findall(r"word\d+", text) == [f"word{number}" for number in range(300) for _ in range(20)]
    assert in_file(ENGLISH) not in text
    assert text.endswith("*Read: a.pdf.*")
    with pytest.raises(ValueError, match="nothing of this answer goes into a file"):
        parts.go_on_in_messages()
