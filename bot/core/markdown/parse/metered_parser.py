"""markdown-it's parser with a meter, and what becomes of a text that it would take too long to read.

It has rules that look at the rest of a text again and again. In an ordinary text that is nothing; in one of nothing but
open brackets it is all there is to do.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt, helpers
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import text as read_letters
from markdown_it.token import Token

from bot.core.markdown.parse.work_meter import TooCostly, limited, pay, spend

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from markdown_it.rules_inline import StateInline

MOST_BLOCKS = 15_000
"""Steps for the blocks of a text. A list of 1,000 items takes 9,000, an answer that fills a message 2,000."""
MOST_WORDS = 8_000
"""Steps for the words of one block. A paragraph that fills a message, with every tenth word marked, takes 2,000."""
USUAL = 12_000
"""Characters. The blocks of a longer text may cost more, by its length."""
_READ = 10  # characters of an address or a title that are read one by one in the time of a step


class Metered(MarkdownIt):
    """A MarkdownIt that counts what it does. Its `blocks` and `words` may cost so many steps."""

    def __init__(self, options: dict[str, Any], *, blocks: float, words: float) -> None:
        super().__init__("commonmark", options)
        self.block, self.inline = _Block(blocks), _Inline(words)
        self.configure("commonmark", options)
        self.helpers: Any = SimpleNamespace(
            parseLinkLabel=helpers.parseLinkLabel, parseLinkDestination=_destination, parseLinkTitle=_title
        )
        self.inline.ruler.at("text", _letters)
        self.inline.ruler2.before("balance_pairs", "pay", _pairs)


# ---- blocks


class _Blocks(StateBlock):
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        pay(0.5)
        spend(1)  # each block has been offered to a dozen rules
        return super().push(ttype, tag, nesting)


class _Block(ParserBlock):
    def __init__(self, most: float) -> None:
        super().__init__()
        self._most = most

    def parse(self, src: str, md: MarkdownIt, env: Any, outTokens: list[Token]) -> list[Token]:
        with limited(self._most * max(1, len(src) / USUAL)):
            state = _Blocks(src, md, env, outTokens)
            try:
                self.tokenize(state, state.line, state.lineMax)
            except TooCostly:
                _give_up(src, outTokens)
        return outTokens


def _give_up(source: str, tokens: list[Token]) -> None:
    """The blocks that are whole stay; what is behind them is paragraphs of plain words."""
    whole = next(
        (n + 1 for n in reversed(range(len(tokens))) if not tokens[n].level and tokens[n].nesting <= 0), 0
    )
    del tokens[whole:]
    line = max((token.map[1] for token in tokens if token.map and not token.level), default=0)
    for first, lines in _paragraphs(source.split("\n"), line):
        place = [first, first + len(lines)]
        words = Token("inline", "", 0, map=place, level=1, content="\n".join(lines), children=[], block=True)
        words.meta = {"plain": True}
        tokens += [
            Token("paragraph_open", "p", 1, map=place, block=True),
            words,
            Token("paragraph_close", "p", -1, block=True),
        ]


def _paragraphs(lines: list[str], number: int) -> Iterator[tuple[int, list[str]]]:
    """Lines with words that stand together, from line `number` on, and where they begin."""
    while number < len(lines):
        end = number
        while end < len(lines) and lines[end].strip():
            end += 1
        if end > number:
            yield number, [line.strip() for line in lines[number:end]]
        number = end + 1


# ---- words


class _Inline(ParserInline):
    def __init__(self, most: float) -> None:
        super().__init__()
        self._most = most

    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        with self.limited():
            return super().parse(src, md, env, tokens)

    def limited(self) -> Any:
        """A limit for the words of one block."""
        return limited(self._most)

    def skipToken(self, state: StateInline) -> None:
        pay(0.2)
        super().skipToken(state)


def _letters(state: StateInline, silent: bool) -> bool:
    """It is asked first, whatever stands there."""
    pay()
    return read_letters(state, silent)


def _pairs(state: StateInline) -> None:
    pay(len(state.delimiters))


def _destination(source: str, pos: int, maximum: int) -> Any:
    read = helpers.parseLinkDestination(source, pos, maximum)
    pay(((read.pos or maximum) - pos) / _READ)
    return read


def _title(source: str, start: int, maximum: int, before: Any = None) -> Any:
    read = helpers.parseLinkTitle(source, start, maximum, before)
    pay(((read.pos or maximum) - start) / _READ if read.marker else 0)
    return read


def plain_words(content: str) -> list[Token]:
    """`content` as it is written, with no markup."""
    tokens: list[Token] = []
    for line in content.split("\n"):
        tokens += [Token("softbreak", "br", 0), Token("text", "", 0, content=line.strip())]
    return tokens[1:]
