"""What a reader sees of each word of a Markdown text: in bold, in code of some language, in a link, in a table, …"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from bot.core.markdown.parse.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

WORD = re.compile(r"\bw\d+\b")
_LEAVES = {"fence": "code", "code_block": "code", "formula": "formula"}


class Seen(NamedTuple):
    """One word, and all that a reader sees of it."""

    word: str
    block: str  # paragraph, heading, code, table, …
    info: str = ""  # a code block's language, a link's address
    styles: tuple[str, ...] = ()
    quotes: int = 0
    number: int | None = None  # of the item that it begins


def seen(text: str) -> list[Seen]:
    """All words of the form `w17` in `text`, in order."""
    return list(_Reader().read(parse(text)))


class Word(NamedTuple):
    """Anything between two spaces, and the kind of block that a reader sees it in."""

    text: str
    kind: str
    quotes: int = 0


def words(tokens: list[Token]) -> list[Word]:
    """All words of a parsed text, those of invisible characters apart, whatever they are made of."""
    found, kind, quotes = list[Word](), "", 0
    for token in tokens:
        quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type in ("paragraph_open", "heading_open", "th_open", "td_open"):
            kind = {"th": "td"}.get(token.tag, token.tag)
        if token.type in _LEAVES:
            found += [Word(word, _LEAVES[token.type], quotes) for word in _spaced(token.content)]
        elif token.type == "inline":
            found += [Word(word, kind, quotes) for word in _spaced(_flat(token.children or []))]
    return found


def words_of_mrkdwn(text: str) -> list[Word]:
    """The words of a text in Slack's older markup, without its signs; of its blocks, code and quotes can be told."""
    found, code = list[Word](), False
    for line in text.split("\n"):
        if line == "```":
            code = not code
        else:
            quoted = line.lstrip().startswith(">") and not code
            kind = "code" if code else "words"
            found += [
                Word(word, kind, int(quoted))
                for word in _spaced(_unmarked(line.lstrip().removeprefix(">") if quoted else line))
            ]
    return found


def _unmarked(line: str) -> str:
    return re.sub(r"[*_~`]", "", line)


def _spaced(text: str) -> list[str]:
    return re.sub("[\u200b\u2060]", "", text).split()


def _flat(children: list[Token]) -> str:
    """Running words without their marks."""
    breaks = ("softbreak", "hardbreak")
    return "".join(
        " " if child.type in breaks else _flat(child.children or []) or child.content for child in children
    )


class _Reader:
    def __init__(self) -> None:
        self._block, self._quotes, self._table = "", 0, False
        self._numbers: list[int | None] = []
        self._begun = True  # the item at hand has shown its first word

    def read(self, tokens: list[Token]) -> Iterator[Seen]:
        for token in tokens:
            self._enter(token)
            if token.type in _LEAVES:
                yield from self._words(token.content, _LEAVES[token.type], token.info.strip())
            elif token.type == "inline":
                yield from self._inline(token.children or [])

    def _enter(self, token: Token) -> None:
        self._quotes += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        if token.type == "ordered_list_open":
            self._numbers.append(int(token.attrs.get("start", 1)) - 1)
        elif token.type == "bullet_list_open":
            self._numbers.append(None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            self._numbers.pop()
        elif token.type == "list_item_open":
            number = self._numbers[-1]
            self._numbers[-1] = None if number is None else number + 1
            self._begun = False
        elif token.type in ("paragraph_open", "heading_open", "th_open", "td_open"):
            self._block = token.tag if token.type == "heading_open" else token.type.removesuffix("_open")

    def _inline(self, children: list[Token]) -> Iterator[Seen]:
        styles: list[str] = []
        for child in children:
            if child.type in ("text", "code_inline"):
                kinds = [*styles, "code"] if child.type == "code_inline" else styles
                href = next((style for style in kinds if style.startswith("->")), "")
                yield from self._words(child.content, self._block, href, tuple(sorted(kinds)))
            elif child.nesting > 0:
                styles.append(f"->{child.attrs['href']}" if child.type == "link_open" else child.tag)
            elif child.nesting < 0:
                styles.pop()

    def _words(self, text: str, block: str, info: str, styles: tuple[str, ...] = ()) -> Iterator[Seen]:
        for word in WORD.findall(text):
            number = None if self._begun or not self._numbers else self._numbers[-1]
            self._begun = True
            yield Seen(word, block, info, styles, self._quotes, number)
