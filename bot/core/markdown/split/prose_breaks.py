"""Finds where running words may be cut: between sentences, lines, words, and at worst characters, but never inside a link, an
address, code or a formula, nor inside what is one character to a reader.
"""
# ruff: noqa: RUF001  (the punctuation of other scripts is meant)

from __future__ import annotations

from bisect import bisect_left
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import regex
from markdown_it.rules_inline import StateInline

from bot.core.markdown.parse.metered_parser import MOST_WORDS
from bot.core.markdown.parse.parser import build_parser
from bot.core.markdown.parse.work_meter import TooCostly, limited, paced, spend

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Rank(IntEnum):
    """Holds what ends where a text is cut: the lower, the better the place."""

    HEADING = 0  # all that is under the heading before
    BLOCK = 1  # a paragraph, list, table, … that is in no other
    ITEM = 2  # an item of a list that is in no other
    ROW = 3  # a table's row, or code before a blank line
    NESTED = 4  # a block in an item or a quote
    LINE = 5  # of code
    SENTENCE = 6
    BREAK = 7  # a line of words
    WORD = 8
    SCRIPT = 9  # where a script without spaces, or punctuation between letters, allows a line to end
    BEHIND = 10  # what goes with the next word or block: a link, code, a heading
    LETTER = 11


class Gap(NamedTuple):
    """A place in words where they may be cut: `end` is where the first half ends, `at` where the second begins.

    `closing` closes the emphasis and the like that is open there, and `opening` opens it again.
    """

    rank: Rank
    end: int
    at: int
    closing: str = ""
    opening: str = ""


class _Pair(NamedTuple):
    """Emphasised words: from `begins`, behind the mark that opens it, to `closes`, where the other one is."""

    begins: int
    closes: int
    mark: str


class _Whole(NamedTuple):
    """Holds what is cut through only where it is too long: from `start` to `end`. Its halves need `closing` and `opening`."""

    start: int
    end: int
    closing: str = ""
    opening: str = ""


class Prose:
    """The words of one paragraph, as they are written."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._whole: list[_Whole] = []
        self._behind: set[int] = set()  # where a link or code ends
        self._pairs: list[_Pair] = []
        try:
            with limited(MOST_WORDS):
                self._read()
        except TooCostly:  # then it is shown without markup
            self._whole, self._behind, self._pairs = [], set(), []

    def gaps(self, *, letters: bool, wholes: bool = False) -> list[Gap]:
        """Returns where it may be cut, in order; between any two `letters`, and in the middle of `wholes`, only where that is
        asked for."""
        allowed = set(graphemes(self.text))
        for whole in self._whole:
            if not wholes or (self.text[whole.start] in _ESCAPES and not whole.closing):
                allowed.difference_update(range(whole.start + 1, whole.end))
        found = {end: Gap(Rank.LETTER, end, end) for end in paced(allowed, 0.1)} if letters else {}
        found |= {gap.end: gap for gap in self._candidates() if gap.end in allowed and gap.at in allowed}
        marked = self._marked([found[end] for end in paced(sorted(found), 0.1)])
        return list(self._through(marked) if wholes else marked)

    def _marked(self, gaps: list[Gap]) -> Iterator[Gap]:
        """The gaps with the emphasis that is open there; none where a pair of marks would stand around nothing."""
        coming, around = sorted(self._pairs, reverse=True), list[_Pair]()
        for gap in gaps:
            spend(0.2)
            while coming and coming[-1].begins <= gap.end:
                around.append(coming.pop())
            while around and around[-1].closes < gap.at:
                around.pop()
            if gap.end == gap.at and _beside_a_sign(self.text, gap.at):
                continue
            if len(around) <= DEEPEST:
                marks = "".join(pair.mark for pair in around)
                yield gap._replace(closing=marks[::-1], opening=marks)

    def _through(self, gaps: Iterable[Gap]) -> Iterator[Gap]:
        """The gaps with what closes and opens the link, code or formula that each is in."""
        for gap in gaps:
            number = bisect_left(self._whole, (gap.end,)) - 1
            whole = self._whole[number] if number >= 0 else _Whole(0, 0)
            if gap.end >= whole.end:
                yield gap
            elif self._is_inside(whole, gap):
                yield gap._replace(closing=whole.closing + gap.closing, opening=gap.opening + whole.opening)

    def _is_inside(self, whole: _Whole, gap: Gap) -> bool:
        """Tells whether `gap` leaves something of `whole` on either side, and no emphasis in it is cut through."""
        label_end = whole.end - len(whole.closing)
        marked = any(whole.start < pair.begins < whole.end for pair in self._pairs)
        return whole.start + len(whole.opening) < gap.end and gap.at < label_end and not marked

    def _candidates(self) -> Iterator[Gap]:
        """Better than between any two letters; of two for the same place the later one counts."""
        for space in _SPACE.finditer(self.text, 1):
            spend(0.3)
            if space.end() < len(self.text):
                yield Gap(self._rank(space), space.start(), space.end())
        for joint in paced(_JOINT.finditer(self.text), 0.2):
            yield Gap(Rank.SCRIPT, joint.end(), joint.end())
        for stop in paced(_FULL_STOP.finditer(self.text), 0.2):
            yield Gap(Rank.SENTENCE, stop.end(), stop.end())

    def _rank(self, space: regex.Match[str]) -> Rank:
        if _SENTENCE.search(self.text, max(0, space.start() - 12), space.start()):
            return Rank.SENTENCE
        if "\n" in space[0]:
            return Rank.BREAK
        return Rank.BEHIND if space.start() in self._behind else Rank.WORD

    # ---- what is what, as the parser sees it

    def _read(self) -> None:
        state = StateInline(self.text, _PARSER, {}, [])
        while state.pos < state.posMax:
            start = state.pos
            self._step(state)
            self._note(start, state.pos)
        tokens = [state.tokens[delimiter.token] for delimiter in state.delimiters]
        marks = [
            (token.meta["at"], token.content) for token in tokens
        ]  # before pairing takes the contents away
        for rule in _PARSER.inline.ruler2.getRules(""):
            rule(state)
        for (at, mark), delimiter in zip(marks, state.delimiters, strict=True):
            if delimiter.end >= 0:
                self._pairs.append(_Pair(at + len(mark), marks[delimiter.end][0], mark))

    def _step(self, state: StateInline) -> None:
        """One step of the parser: a run of plain letters, a mark, or a link or the like as a whole."""
        for rule in _RULES:
            if rule(state, False):
                return
        state.pending += state.src[state.pos]
        state.pos += 1

    def _note(self, start: int, end: int) -> None:
        if self.text[start] in _MARKUP:
            self._whole.append(_Whole(start, end, *self._signs(start, end)))
            if self.text[start] in "[!`" and end > start + 1:
                self._behind.add(end)
        elif self.text.startswith("://", start) and end > start + 1:
            scheme = _SCHEME.search(self.text, max(0, start - 8), start)
            self._whole.append(_Whole(scheme.start() if scheme else start, end))

    def _signs(self, start: int, end: int) -> tuple[str, str]:
        """Returns what closes and what opens the link, code or formula from `start` to `end`; nothing where it is none."""
        found = _CODE.fullmatch(self.text, start, end)
        if found:
            return found["closing"], found["opening"]
        label = _LABEL.match(self.text, start, end)
        return (label["closing"], label["opening"]) if label else ("", "")


def _beside_a_sign(text: str, at: int) -> bool:
    """Tells whether what is no mark between two letters may be one where a line begins or ends."""
    return text[at] in _SIGNS or text[at - 1] in _SIGNS


def graphemes(text: str) -> list[int]:
    """Returns where one character ends and the next begins, to a reader: 👩‍💻 is one."""
    return [match.end() for match in paced(_LETTER.finditer(text), 0.05)][:-1]


DEEPEST = 20  # emphasis in emphasis; where there is more, nobody means it
_PARSER = build_parser()
_RULES = _PARSER.inline.ruler.getRules("")
_MARKUP = frozenset("`*_~[!<&\\$")
_SIGNS = frozenset("*_~$")
_ESCAPES = "\\&"
_CODE = regex.compile(
    r"(?P<opening>`++|\$\$|\$)(?:.+)(?P<closing>(?P=opening))|(?P<opening>\\\().+(?P<closing>\\\))|(?P<opening>\\\[).+(?P<closing>\\\])",
    regex.DOTALL,
)
_LABEL = regex.compile(r"(?P<opening>!?\[)[^\[\]]+(?P<closing>\](?:\(.*\)|\[[^\[\]]*\]))\Z", regex.DOTALL)
_SCHEME = regex.compile(r"https?$", regex.IGNORECASE)
_LETTER = regex.compile(r"\X")
_SPACE = regex.compile(r"\s+")
_SENTENCE = regex.compile(r"[.!?…。！？][\"'”’»)\]*_~`]*$")
_OPENING, _CLOSING = (
    r"（［｛「『【〈《〔“‘(\[{",
    r"）］｝」』】〉》〕”’)\]}、。，．！？；：・ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ…,.!?;:",
)
# Scripts that put no space behind a sentence.
_FULL_STOP = regex.compile(rf"[。！？][{_CLOSING}]*(?=[^\s{_CLOSING}])")
_WIDE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_JOINT = regex.compile(
    rf"(?:[{_WIDE}][{_CLOSING}]*|[\w)\]}}][,;:!?/…—–-]|[、，；：）］｝」』】〉》〕…])(?=[^\s{_CLOSING}])"
)
