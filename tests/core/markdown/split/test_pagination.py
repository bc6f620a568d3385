"""A text of any length as parts that fit one message each."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bot.core.markdown.parse.parser import Environment, parse
from bot.core.markdown.render.message_text import mrkdwn, plain, slack_markdown
from bot.core.markdown.split.capacity import BLOCK_ROOM, TEXT_ROOM
from bot.core.markdown.split.pagination import LOOKAHEAD, Shape, cut, cut_behind, split
from bot.core.markdown.stream.incremental import common
from tests import strict
from tests.core.markdown.documents import documents, soup
from tests.reading import Seen, Word, seen, words, words_of_mrkdwn

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = json.loads((Path(__file__).parents[3] / "corpus" / "split_cases.json").read_text())
BLOCK = Shape(slack_markdown, BLOCK_ROOM)
LIVE = re.compile(r"<[@#!]|(?<!\w)@(?:here|channel|everyone|group)\b")


def a_shape(limit: int) -> Shape:
    return Shape(slack_markdown, BLOCK_ROOM.narrowed(limit))


def shown(source: str) -> str:
    return slack_markdown(source).rstrip("\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['name']}")
def test_the_best_place_is_taken(case: dict[str, str]) -> None:
    parts = split(case["source"], a_shape(int(case["limit"])))
    assert parts == [shown(part) for part in case["parts"]]


def test_a_part_that_could_begin_with_a_heading_does() -> None:
    text = "# One\n\n" + "word " * 8 + "\n\n# Two\n\nword\n\nword"
    assert split(text, a_shape(60))[1] == "# Two\n\nword\n\nword"


def test_no_part_ends_with_a_heading() -> None:
    text = "word " * 6 + "\n\n# One\n\n" + "word " * 6
    assert [part.splitlines()[-1] for part in split(text, a_shape(45))] == [
        "word word word word word word"
    ] * 2


def test_a_link_longer_than_a_message_is_all_that_is_cut_through() -> None:
    address = "https://example.org/" + "a" * 100
    parts = split(f"see [x]({address}) now", a_shape(60))
    assert parts[0] == "see"
    assert address in re.sub(r"[\\<>]", "", "".join(parts))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("one two [three](%s) four five six", ["one two", "three", "four five", "six"]),
        ("[three](%s)", ["three"]),
        ("[three](%s) four five six", ["three", "four five", "six"]),
        ("**one [two](%s) three** four five six", ["one", "two", "three four", "five six"]),
        ("- one ![two](%s) three\n- four five six", ["• one", "two", "three", "• four five", "six"]),
    ],
)
@pytest.mark.parametrize("length", [0, 300])
def test_a_link_whose_address_is_longer_than_a_message_that_does_not_show_it_stays_whole(
    text: str, length: int, parts: list[str]
) -> None:
    address = "https://example.org/" + "a" * length
    assert split(text % address, Shape(plain, TEXT_ROOM.narrowed(12))) == parts


def test_where_a_note_has_no_room_below_a_link_of_which_the_label_is_shown_the_link_is_cut_through() -> None:
    link = "[three](https://example.org/a) four five"
    parts = split(link, Shape(plain, TEXT_ROOM.narrowed(12)), most=1, note="\n\n(not all)")
    assert parts == ["[\n\n(not all)"]


def test_the_last_of_as_many_parts_as_may_be_says_that_it_is_not_all() -> None:
    parts = split("word " * 100, a_shape(50), most=3, note="\n\n*not all*")
    assert len(parts) == 3
    assert parts[2].endswith("word\n\n*not all*")
    assert all(map(a_shape(50).room.fits, parts))
    assert split("word", a_shape(50), most=1, note="\n\n*not all*") == ["word"]


def test_nothing_is_one_empty_part() -> None:
    assert split("", BLOCK) == [""]
    assert split("\n \r\n", BLOCK) == [""]


def test_the_room_is_used_where_a_text_becomes_shorter_by_being_sent() -> None:
    table = "| k | v |\n|---|---|\n" + f"| a{' ' * 400} | b{' ' * 400} |\n" * 30
    assert len(split(table, a_shape(300))) < 5


def test_a_text_that_becomes_longer_by_being_sent_still_fits() -> None:
    text = "a*b_c* <d> & " * 400
    assert all(map(BLOCK_ROOM.narrowed(300).fits, split(text, a_shape(300))))


def test_a_cut_is_not_decided_before_there_is_enough_text_behind_it() -> None:
    text = "word " * 100
    assert cut(text[: 101 + LOOKAHEAD], a_shape(100)) is not None
    assert cut(text[: 98 + LOOKAHEAD], a_shape(100)) is None
    assert cut(text[:90], a_shape(100)) is None


def test_a_link_that_is_not_whole_yet_is_not_cut_through() -> None:
    words, link = ("word " * 15).strip(), f"[{'label ' * 30}](https://example.org/)"
    assert cut(f"{words} {link[:-1]}", a_shape(100)) is None
    found = cut(f"{words} {link} {'word ' * 150}", a_shape(100))
    assert found is not None
    assert found.head == words


def test_bold_words_that_are_not_whole_yet_stay_bold() -> None:
    found = cut("**" + "word " * 80, a_shape(100))
    assert found is not None
    assert found.shown == "**" + ("word " * 19).strip() + "**"


def test_what_readers_have_seen_can_be_cut_off() -> None:
    found = cut_behind("```py\na\nb\n```", 8, BLOCK)
    assert found.shown == "```py\na\n```"
    assert found.place.opening == "```py\n"


@pytest.mark.parametrize(
    ("one", "other", "length"),
    [("abc", "abd", 2), ("ab", "abc", 2), ("abc", "ab", 2), ("", "a", 0), ("a", "b", 0)],
)
def test_what_two_texts_begin_with(one: str, other: str, length: int) -> None:
    assert common(one, other) == length


@settings(deadline=None, max_examples=60)
@given(documents, st.integers(250, 900))
def test_nothing_is_lost_nor_looks_different_in_parts(text: str, limit: int) -> None:
    parts = split(text, a_shape(limit))
    assert all(map(a_shape(limit).room.fits, parts))
    before, after = seen(slack_markdown(text)), [word for part in parts for word in seen(part)]
    assert [_as_before(word, was) for word, was in zip(after, before, strict=True)] == before


def _as_before(word: Seen, was: Seen) -> Seen:
    """A word that a part begins with within an item has a number no more, and needs none."""
    return word if was.number is not None else word._replace(number=None)


@settings(deadline=None, max_examples=30)
@given(documents, st.integers(250, 900))
def test_nothing_is_lost_in_mrkdwn_either(text: str, limit: int) -> None:
    shape = Shape(mrkdwn, TEXT_ROOM.narrowed(limit))
    parts = split(text, shape)
    assert all(map(shape.room.fits, parts))
    assert re.findall(r"w\d+", "\n".join(parts)) == re.findall(r"w\d+", mrkdwn(text))


PIECES = ["<!channel>", "<@U1>", "@here", "`", "```\n", "**", "[a](", "](x)", "> ", "- ", "1. ", "|", "\n", "\n\n", "a b ", "&lt;", "👩‍💻", "漢字。", "$$"]  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(PIECES), max_size=150).map("".join), st.integers(60, 300))
def test_any_mixture_becomes_parts_that_fit_and_notify_nobody(text: str, limit: int) -> None:
    parts = split(text, a_shape(limit))
    assert all(map(a_shape(limit).room.fits, parts))
    assert not any(map(LIVE.search, parts))


@pytest.mark.parametrize(
    "piece",
    ["[a](", "*a ", "<", "> ", "`", "|a|b|\n", "- ", "漢", "a\u0301", "**a** ", "1. a\n", "# a\n", "\n"],
)
def test_what_is_made_to_be_slow_is_not(piece: str) -> None:
    parts = split(piece * (6_500 // len(piece)), a_shape(3_000))
    assert all(map(a_shape(3_000).room.fits, parts))


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("word word word ~~~ tildes and more", 20, ["word word word", r"\~\~\~ tildes and", "more"]),
        ("word word word # no heading", 15, ["word word word", r"\# no heading"]),
        ("word word word > no quote", 15, ["word word word", r"\> no quote"]),
        ("word word word * no bullet", 15, ["word word word", r"\* no bullet"]),
        ("word word word 1. no item", 15, ["word word word", r"1\. no item"]),
        ("word word word word >", 19, ["word word word word", r"\>"]),
        ("word\n--- word word", 10, ["word\n\\---", "word word"]),
        ("``` word ` word word", 8, ["\\`\\`\\`", "word \\`", "word", "word"]),
        ("[a]: word word word", 12, ["[a\\]: word", "word word"]),
        ("$$ a b $$ word word", 12, ["`a b`", "word word"]),
        ("## word # word word", 10, ["## word \\#", "## word", "## word"]),
        ("word word word\n===\nb", 14, ["# word word", "# word\n\nb"]),
        ("- word word word\n===\nb", 14, ["- word word", "word\n\\===\nb"]),
        ("- word word word\n---\nb", 14, ["- word word", "word\n\n---\n\nb"]),
        ("1. word word word\n   ~~~\n   x\n## b", 14, ["1. word word", "word", "```\nx\n```", "## b"]),
        ("```words that are said\nline one", 30, ["```\nwords that are said\n```", "```\nline one\n```"]),
        ("```a" + 30 * "b" + " c\nd", 30, ["```\na" + 21 * "b" + "\n```", "```\n" + 9 * "b" + " c\nd\n```"]),
        ("word word\n\nword\n[x]: \\]", 14, ["word word", "word\n[x]: ]"]),
        ("- word word word\n2. b", 14, ["- word word", "word\n\n2. b"]),
        ("    word word word", 20, ["```\nword word \n```", "```\nword\n```"]),
        ("word\n\n    [a]:\n    b", 12, ["word", "```\n[a]:\n```", "```\nb\n```"]),
        ("    a b c\n    d", 10, ["```\na \n```", "```\nb \n```", "```\nc\n```", "```\nd\n```"]),
        ("see `word word word`", 12, ["see", "`word`", "`word word`"]),
        ("[word word](http://a.b)", 22, ["[word](http://a.b)", "[word](http://a.b)"]),
        ("word word\n\n- \n\n```\n```", 9, ["word word", "-"]),
    ],
)
def test_words_stay_what_they_are_where_they_are_cut(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, a_shape(limit)) == parts


_HEADER = ("key", "value", "|")  # is said again in each part


def words_of_markdown(text: str) -> list[Word]:
    """The words that Slack shows of its Markdown, which it reads by the letter."""
    return words(strict.parse(text))


def words_of_plain_text(text: str) -> list[Word]:
    return [Word(re.sub(r"^(\d+)\)$", r"\1.", word), "") for word in text.split()]


CUTS = int(os.environ.get("CUTS", "60"))
"""How many texts are cut in each dialect: `CUTS=5000 pytest tests/core/markdown/split/test_pagination.py -k no_word` takes long."""
many = settings(max_examples=CUTS, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
unhurried = pytest.mark.timeout(0 if CUTS > 60 else 120)
limits = st.integers(70, 500)


@unhurried
@many
@given(soup(tables=True), limits)
def test_no_word_of_slack_markdown_is_lost_or_doubled_or_in_another_block(text: str, limit: int) -> None:
    _assert_whole(text, Shape(slack_markdown, BLOCK_ROOM.narrowed(limit)), words_of_markdown)


@unhurried
@many
@given(soup(tables=False), limits)
def test_no_word_of_mrkdwn_is_lost_or_doubled_or_in_another_block(text: str, limit: int) -> None:
    # A table is code or records there, by its width: each part of it by its own.
    _assert_whole(text, Shape(mrkdwn, TEXT_ROOM.narrowed(limit)), words_of_mrkdwn)


@unhurried
@many
@given(soup(tables=True), limits)
def test_no_word_of_plain_text_is_lost_or_doubled(text: str, limit: int) -> None:
    _assert_whole(text, Shape(plain, TEXT_ROOM.narrowed(limit)), words_of_plain_text)


def _assert_whole(text: str, shape: Shape, read: Callable[[str], list[Word]]) -> None:
    environment: Environment = {}
    parse(text, environment)
    assume(not environment.get("references"))  # an address explained behind a cut is shown
    parts = split(text, shape)
    assert all(map(shape.room.fits, parts))
    assert all(parts) or parts == [""]
    after = [word for part in parts for word in read(part) if word.text not in _HEADER]
    assert after == [word for word in read(shape.emit(text)) if word.text not in _HEADER]


def test_an_address_that_is_explained_below_a_cut_is_shown_there() -> None:
    text = (
        "See [the docs][1]. " + "word " * 10 + "\n\n" + "word " * 14 + "\n\n[1]: https://example.org/docs\n"
    )
    first, second, third = split(text, a_shape(90))
    assert first.startswith("See [the docs][1].")
    assert second.startswith("word")
    assert third.endswith("<https://example.org/docs>")
