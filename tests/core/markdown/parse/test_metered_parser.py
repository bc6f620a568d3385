"""A text that it would take too long to read has no markup, and keeps its words. The limits here are tiny, and the texts short."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import build_parser, parse_by
from bot.core.markdown.parse.work_meter import limited
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.message_text import slack_markdown
from bot.core.markdown.split.capacity import BLOCK_ROOM
from bot.core.markdown.split.pagination import Shape, split
from bot.core.markdown.split.prose_breaks import Prose
from bot.core.markdown.stream.healing import heal
from bot.core.markdown.stream.undecided import find
from tests.strict import visible


def shown(text: str, *, blocks: float = 1e9, words: float = 1e9) -> str:
    """`text` in canonical form, by a parser with these limits."""
    return Canonical().blocks(tree(parse_by(build_parser(blocks=blocks, words=words), text, {})))


def test_words_that_cost_too_much_are_shown_as_they_are_written() -> None:
    assert (
        shown("a **b** [c](https://e.org)\n`d` e", words=5)
        == r"a \*\*b\*\* [c\](https\://e.org)" + "\n" + r"\`d\` e"
    )


def test_words_that_cost_too_much_leave_all_others_alone() -> None:
    text = "**one**\n\n" + "*a* " * 9 + "\n\n**two**"
    found = shown(text, words=20).split("\n\n")
    assert (found[0], found[2]) == ("**one**", "**two**")
    assert visible(found[1]) == ("*a* " * 9).strip()


def test_blocks_before_the_limit_stay_and_the_rest_is_paragraphs() -> None:
    text = "# Title\n\nwords\n\n- item\n- item\n\n> quoted\nmore"
    assert shown(text, blocks=13) == "# Title\n\nwords\n\n\\- item\n\\- item\n\n\\> quoted\nmore"


def test_a_text_of_which_not_one_block_can_be_read_is_paragraphs() -> None:
    assert shown("- a\n\n\n1. b\n", blocks=0) == "\\- a\n\n1\\. b"


def test_a_longer_text_may_cost_more() -> None:
    assert shown("word\n\n" * 6_000, blocks=9_000).count("word") == 6_000


@pytest.mark.parametrize(
    "text", ["@here and <!channel>", "- <@U1>\n\n@everyone", "<!subteam^S1|@ops> @group"]
)
def test_nobody_is_pinged_by_it(text: str) -> None:
    for plain in (shown(text, words=0), shown(text, blocks=0)):
        assert "<!" not in plain
        assert "<@" not in plain
        assert not any(name in plain for name in ("@here", "@everyone", "@group"))


def test_links_and_titles_count_by_what_is_read_of_them() -> None:
    text = f'[a](https://e.org/{"x" * 60} "{"y" * 60}") **b**'
    assert "](https://e.org/" in shown(text, words=60)
    assert shown(text, words=12).startswith(r"[a\](")


def test_pairs_count_by_their_marks() -> None:
    assert shown("*a* *b*", words=8) == r"\*a\* \*b\*"
    assert shown("*a* *b*", words=20) == "*a* *b*"


def test_unfinished_words_that_cost_too_much_are_not_held_back() -> None:
    with limited(3):
        assert find("a **b** [c").end == 10
    assert find("a **b** [c").end < 8


def test_unfinished_blocks_that_cost_too_much_are_shown() -> None:
    with limited(0):
        assert heal("a *b\n\nc [d") == "a *b\n\nc [d"


def test_words_that_cost_too_much_can_be_cut_anywhere() -> None:
    text = "one [two three](https://e.org) four"
    assert [gap.at for gap in Prose(text).gaps(letters=False)] == [4, 31]
    with limited(3):
        assert 9 in [gap.at for gap in Prose(text).gaps(letters=False)]


def test_it_is_still_cut_into_parts_with_all_words() -> None:
    shape = Shape(lambda text: shown(text, words=9), BLOCK_ROOM.narrowed(200))
    words = [f"w{number}" for number in range(200)]
    parts = split("**" + " ".join(words), shape)
    assert len(parts) > 3
    assert [word for part in parts for word in part.replace(r"\*", "").replace("*", "").split()] == words


def test_what_is_shown_plainly_stays_so_while_it_grows() -> None:
    text = "*a* " * 30
    plain = [r"\*" in shown(text[:end], words=50) for end in range(2, len(text), 4)]
    assert plain == sorted(plain)
    assert (plain[0], plain[-1]) == (True, True) or not plain[0]


def test_an_ordinary_answer_never_comes_near_the_limit() -> None:
    text = "Some **bold** words, `code` and [a link](https://e.org).\n" * 190
    assert shown(text, words=4_000, blocks=1_000) == slack_markdown(text)
