"""Slack Markdown as Slack reads it: by CommonMark's letter, with tables, strike-through and task lists, and none of our own rules."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markdown_it.token import Token

CORPUS = Path(__file__).parent / "corpus"
WORD_JOINER = "\u2060"

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "tasklists": True}).enable(["table", "strikethrough"])


def corpus(name: str) -> list[dict[str, Any]]:
    """The cases of a file of tests/corpus."""
    cases: list[dict[str, Any]] = json.loads((CORPUS / f"{name}.json").read_text(encoding="utf-8"))
    return cases


def parse(markdown: str) -> list[Token]:
    """`markdown` as tokens."""
    return _MARKDOWN.parse(markdown)


@dataclass
class Reading:
    """What a reader of Markdown sees: all `text`, and what of it is marked how. A link is its address and its label."""

    text: str = ""
    bold: list[str] = field(default_factory=list)
    italic: list[str] = field(default_factory=list)
    strike: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    pre: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    blocks: list[str] = field(default_factory=list)


def read(markdown: str) -> Reading:
    """`markdown` as its reader sees it. Invisible characters are not seen."""
    reading = Reading()
    for token in _MARKDOWN.parse(markdown.replace(WORD_JOINER, "")):
        reading.blocks += [token.tag] if token.nesting >= 0 and token.tag else []
        if token.type == "inline":
            _read_words(token.children or [], reading)
            reading.text += "\n"
        elif token.type in ("fence", "code_block"):
            reading.pre.append(token.content)
            reading.text += token.content
    return reading


def visible(markdown: str) -> str:
    """What its reader sees, with every gap a single space."""
    return re.sub(r"\s+", " ", read(markdown).text).strip()


def _read_words(words: Iterable[Token], reading: Reading) -> None:
    kinds = {"strong": reading.bold, "em": reading.italic, "s": reading.strike}
    opened: list[tuple[Token, int]] = []
    for word in words:
        if word.nesting > 0:
            opened.append((word, len(reading.text)))
        elif word.nesting < 0:
            opener, start = opened.pop()
            label = reading.text[start:]
            if opener.tag == "a":
                reading.links.append((str(opener.attrs["href"]), label))
            else:
                kinds[opener.tag].append(label)
        elif word.type == "image":
            _read_words(word.children or [], reading)
        else:
            reading.code += [word.content] if word.type == "code_inline" else []
            reading.text += "\n" if word.type in ("softbreak", "hardbreak") else word.content
