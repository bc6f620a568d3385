"""Finds what the next delta may still change, in the words at the end of an unfinished text: from where to hold them back, and
which marks are open before that.

These are rules for the parser, so that they know what it knows: an escaped star is no mark, and in code nothing is. Each
one looks at what no finished rule took, and asks whether it could still become something.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from markdown_it import rules_inline

from bot.core.markdown.parse.formulas import LONGEST
from bot.core.markdown.parse.parser import build_parser
from bot.core.markdown.parse.work_meter import TooCostly, pay

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

LONGEST_LABEL = 200  # characters of a link's label that are held back; a longer one is text in brackets
LONGEST_ADDRESS = 2000
LONGEST_DOLLARS = 120

# From its first letter, or the reader would see `htt` come and go.
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])(?:ht{0,2}|https?)\Z")
_SCHEME_BEFORE = re.compile(r"(?<![A-Za-z0-9+.-])https?$", re.IGNORECASE)
_ADDRESS = re.compile(rf":(?:/(?:/[^\s<>]{{0,{LONGEST_ADDRESS}}}+)?)?\Z")
_BEGIN = rf"b(?:e|eg|egi|egin(?:\{{(?:(?!\\end\{{[^}}]{{0,30}}\}})[\s\S]){{0,{LONGEST}}})?)?"
_AT_END = {
    "<": re.compile(
        rf"""<(?:[A-Za-z!@\#/][^\s<>]{{0,{LONGEST_ADDRESS}}}+)?\Z|<br\s*/?\Z
        |<(?:https?://|mailto:)[^\s<>|]{{1,{LONGEST_ADDRESS}}}+\|[^<>\n]{{0,{LONGEST_LABEL}}}\Z""",
        re.IGNORECASE | re.VERBOSE,
    ),
    "&": re.compile(r"&(?:#?[A-Za-z0-9]{0,31})?\Z"),
    ":": re.compile(r"(?<![\w:]):[a-z0-9_+-]{0,64}+\Z"),
    "!": re.compile(r"!\Z"),
    # Of what begins with a digit, `$5 or` is money.
    "$": re.compile(
        rf"""(?<![A-Za-z0-9$])\$(?:(?![\s\d$])[^$\n]{{0,{LONGEST_DOLLARS}}})?\Z|\$\$[^$]{{0,{LONGEST}}}\$?\Z""",
    ),
    "\\": re.compile(
        rf"\\(?:\((?:[^\\]|\\[^)]){{0,{LONGEST}}}\\?|\[(?:[^\\]|\\[^\]]){{0,{LONGEST}}}\\?|\n|{_BEGIN})?\Z",
    ),
}
_LABEL = re.compile(
    rf"\[(?:[^\[\]\\`]|\\[\s\S]|`[^`]{{0,{LONGEST_LABEL}}}`?|\[[^\[\]]{{0,{LONGEST_LABEL}}}\]?){{0,{LONGEST_LABEL}}}+"
)
_TITLE = rf"""(?:"[^"]{{0,{LONGEST_LABEL}}}"?|'[^']{{0,{LONGEST_LABEL}}}'?|\([^)]{{0,{LONGEST_LABEL}}}\)?)"""
_TARGET = re.compile(
    rf"""\]
    (?:\(\s*(?:<[^>\n]{{0,{LONGEST_ADDRESS}}}+>?|[^\s<>]{{1,{LONGEST_ADDRESS}}}+)?(?:\s+{_TITLE}?)?\s*
    |\[[^\]]{{0,{LONGEST_LABEL}}})?\Z""",
    re.VERBOSE,
)
_DEFINITION = re.compile(rf"\]:\s*\S{{0,{LONGEST_ADDRESS}}}+(?:\s+{_TITLE}?)?\Z")
_TRAILING = re.compile(r"[*_~\s]+\Z")


@dataclass(slots=True)
class Found:
    """Holds what is known of the words `source`: `held` is from where they may still change, `code` where code opened, with
    `ticks`. `pairs` are where marks open and close that belong together."""

    source: str
    held: int | None = None
    code: int | None = None
    ticks: str = ""
    opened: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    pairs: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    @property
    def end(self) -> int:
        """Up to where the words can be shown."""
        if self.code is None:
            return _without_marks(self.source, len(self.source) if self.held is None else self.held)
        start = self.code + len(self.ticks)
        # Ticks at the end may be half of those that close.
        inside = self.source[start:].rstrip().rstrip("`").rstrip()
        return start + len(inside) if inside else _without_marks(self.source, self.code)

    @property
    def decided(self) -> int:
        """Up to where no mark is open either: what nothing can change that may still come."""
        ends = [self.end, *(at for at, _ in self.opened)]
        if self.code is not None:
            ends.append(self.code)
        end = _without_marks(self.source, min(ends))
        # What is left out may be what closes marks before it.
        while crossed := [at for at, closed in self.pairs if at < end <= closed]:
            end = _without_marks(self.source, min(crossed))
        return end

    @property
    def closers(self) -> str:
        """Returns what closes that which is open where the words end."""
        end = self.end
        signs = [sign for at, sign in self.opened if at < end]
        if self.code is not None and self.code < end:
            signs.append(self.ticks)
        return "".join(reversed(signs))


def find(source: str) -> Found:
    """Returns what is unfinished in `source`, which goes on to the end of the text."""
    # A dollar at the end may close a formula, unless a digit follows it.
    source = source.rstrip("$")
    found = Found(source)
    try:
        _MARKDOWN.inline.parse(source, _MARKDOWN, {"found": found}, [])
    except TooCostly:
        return Found(source)
    if found.held is None and found.code is None and (scheme := _SCHEME.search(source)):
        found.held = scheme.start()
    return found


def _without_marks(source: str, end: int) -> int:
    """`end`, or before the marks there: whether they open, close or grow is not known yet."""
    match = _TRAILING.search(source, max(0, end - LONGEST_LABEL), end)
    if match is None:
        return end
    before = source[: match.start()]
    escapes = len(before) - len(before.rstrip("\\"))
    return match.start() + (escapes % 2 and not match[0][0].isspace())


def _install(markdown: MarkdownIt) -> MarkdownIt:
    markdown.inline.ruler.after("text", "hold", _hold)
    markdown.inline.ruler.before("backticks", "open_code", _open_code)
    markdown.inline.ruler.push("hold_link", _hold_link)
    markdown.inline.ruler2.after("balance_pairs", "open_marks", _open_marks)
    return markdown


def _found(state: StateInline) -> Found | None:
    """Returns what is to be told, or None within a link's label, where only the label ends."""
    found = state.env["found"]
    assert isinstance(found, Found)
    return found if state.src is found.source and state.posMax == len(state.src) else None


def _hold(state: StateInline, silent: bool) -> bool:
    """Returns what may become a tag, an entity, an emoji, an address or a formula: nothing after it in the text decided yet."""
    pattern = _AT_END.get(state.src[state.pos])
    if silent or pattern is None or (found := _found(state)) is None:
        return False
    pay(8 if state.src[state.pos] in "$\\" else 0)  # how far these may have to look
    if pattern.match(state.src, state.pos):
        return _held(state, found, at=state.pos)
    scheme = _SCHEME_BEFORE.search(state.src, max(0, state.pos - 8), state.pos)
    if scheme and _ADDRESS.match(state.src, state.pos):
        return _held(state, found, at=scheme.start())
    return False


def _hold_link(state: StateInline, silent: bool) -> bool:
    """A link or an image that no rule has found whole."""
    start = state.pos + state.src.startswith("![", state.pos)
    if silent or state.src[start] != "[" or (found := _found(state)) is None:
        return False
    label = _LABEL.match(state.src, start)
    assert label is not None
    end = label.end()
    definition = start == 0 and not state.src.startswith("[^") and _DEFINITION.match(state.src, end)
    if end == len(state.src) or definition or _TARGET.match(state.src, end):
        return _held(state, found, at=state.pos)
    return False


def _held(state: StateInline, found: Found, *, at: int) -> bool:
    found.held = at
    state.pos = state.posMax
    return True


def _open_code(state: StateInline, silent: bool) -> bool:
    """Ticks that nothing closes yet: the rest is code."""
    start = state.pos
    if silent or state.src[start] != "`" or (found := _found(state)) is None:
        return False
    rules_inline.backtick(state, True)
    ticks, state.pos = state.src[start : state.pos], start
    if ticks.strip("`"):
        return False
    found.code, found.ticks = start, ticks
    state.pos = state.posMax
    return True


def _open_marks(state: StateInline) -> None:
    """Returns which marks are open, now that markdown-it has paired them up. A pair that is closed by marks held back is open."""
    found = _found(state)
    if found is None:
        return
    end, closed_until = found.end, -1
    for number, one in enumerate(state.delimiters):
        token = state.tokens[one.token]
        if one.end >= 0:
            closes = state.tokens[state.delimiters[one.end].token].meta["at"]
            found.pairs.append((token.meta["at"], closes))
        if one.end >= 0 and state.tokens[state.delimiters[one.end].token].meta["at"] < end:
            closed_until = max(closed_until, one.end)
        elif number > closed_until and one.open and not token.meta["within"]:
            found.opened.append((token.meta["at"], chr(one.marker) * (2 if one.marker == ord("~") else 1)))


_MARKDOWN = _install(build_parser())
