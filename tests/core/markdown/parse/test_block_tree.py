"""Tokens as a tree."""

from __future__ import annotations

from bot.core.markdown.parse.block_tree import tree
from bot.core.markdown.parse.parser import parse


def test_blocks_hold_the_blocks_inside_them() -> None:
    quote, paragraph = tree(parse("> - a\n\nb *c*"))
    assert quote.kind == "blockquote"
    assert [block.kind for block in quote.inside] == ["bullet_list"]
    assert [item.lines for item in quote.inside[0].inside] == [(0, 1)]
    assert paragraph.lines == (2, 3)
    assert [word.type for word in paragraph.words] == ["text", "em_open", "text", "em_close"]


def test_what_has_no_words_has_none() -> None:
    assert tree(parse("---"))[0].words == []
