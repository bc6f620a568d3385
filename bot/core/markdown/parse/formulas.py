r"""LaTeX between `$ $`, `$$ $$`, `\( \)` and `\[ \]`. Slack draws no formulas, so their source is shown, as code.

What converts LaTeX to Unicode corrupts it often enough (`\frac` loses its bar) that the source is the better reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.markdown.parse.work_meter import pay

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

LONGEST = 2000  # characters of a formula: no rule here looks further, so that none takes quadratic time
MOST_LINES = 60
"""Of a formula on lines of its own."""

# Money is no formula: `$5 or $10`, `US$5`, `$HOME/$USER`. So a space may stand neither after the opening sign nor before
# the closing one, and no letter or digit outside.
DOLLARS = re.compile(
    rf"""(?<![A-Za-z0-9$\\])\$(?![\s$])(?P<dollar>(?:\\.|[^$\\\n]){{1,{LONGEST}}}?)(?<!\s)\$(?![A-Za-z0-9$])
    |\$\$(?P<dollars>(?:\\.|[^$\\]){{1,{LONGEST}}})\$\$""",
    re.VERBOSE,
)
_BRACKETS = re.compile(
    rf"\\\((?P<round>(?:[^\\]|\\[^)]){{1,{LONGEST}}}?)\\\)|\\\[(?P<square>(?:[^\\]|\\[^\]]){{1,{LONGEST}}}?)\\\]"
)
_ENVIRONMENT = re.compile(
    rf"(?P<environment>\\begin\{{(?P<name>[A-Za-z]{{1,30}}\*?)\}}[\s\S]{{0,{LONGEST}}}?\\end\{{(?P=name)\}})"
)
_BEGIN = re.compile(r"\\begin\{([A-Za-z]{1,30}\*?)\}")
_MAY_OPEN = re.compile(r" {0,3}(?:\$\$(?!.*\$\$)|\\\[(?!.*\\\])|\\begin\{)")
_CLOSERS = {"$$": "$$", r"\[": r"\]", r"\(": r"\)", r"\b": r"\end{"}


def install(markdown: MarkdownIt) -> None:
    """Before `escape`, which would read `\\(` as a bracket."""
    markdown.inline.ruler.before("escape", "formula", _inline)
    markdown.block.ruler.before(
        "table", "formula", _block, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )


def may_open(line: str) -> bool:
    """Tells whether a line may be the first of a formula that a line to come closes."""
    return _MAY_OPEN.match(line) is not None


def _inline(state: StateInline, silent: bool) -> bool:
    pattern = _pattern(state)
    may_close = pattern is DOLLARS or (pattern is not None and _closes(state.src, state.pos))
    pay(8 if may_close else 0)  # how far it may have to look
    match = pattern.match(state.src, state.pos, state.posMax) if pattern and may_close else None
    if match is None or not (source := match[match.lastgroup or 0].strip()):
        return False
    if not silent:
        token = state.push("code_inline", "code", 0)
        token.content = source.replace("\n", " ")
        token.markup = "$"
    state.pos = match.end()
    return True


def _pattern(state: StateInline) -> re.Pattern[str] | None:
    """Returns what a formula that begins here looks like; None where none does."""
    if state.src[state.pos] == "\\":
        return _ENVIRONMENT if _BEGIN.match(state.src, state.pos) else _BRACKETS
    return DOLLARS if state.src[state.pos] == "$" else None


def _closes(source: str, at: int) -> bool:
    """Tells whether what may be a formula's first sign is followed by its last, near enough: cheaply, as most are not."""
    closer = _CLOSERS.get(source[at : at + 2])
    return closer is not None and source.find(closer, at + 2, at + 2 + LONGEST + len(closer)) >= 0


def _block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula on lines of its own. One that is never closed is text."""
    pay()  # this is the first of all rules to be asked, at any line
    at = state.bMarks[start] + state.tShift[start]
    opener, closer = _signs(state.src, at)
    if not closer or not _closes(state.src, at) or state.is_code_block(start):
        return False
    lines = _body(state, start, end=end, opener=opener, closer=closer)
    source = "\n".join(lines).strip()
    if not source or closer in source:
        return False
    if not opener:  # what an environment is called is part of its source
        source += (" " if len(lines) == 1 else "\n") + closer
    if not silent:
        token = state.push("formula", "code", 0)
        token.content = source + "\n"
        token.map = [start, start + len(lines)]
        state.line = start + len(lines)
    return True


def _signs(source: str, at: int) -> tuple[str, str]:
    """Returns what is left out before and behind a formula that may begin a line at `at`; no closer where none does."""
    if begin := _BEGIN.match(source, at):
        return "", f"\\end{{{begin[1]}}}"
    opener = source[at : at + 2]
    return opener, _CLOSERS[opener] if opener in ("$$", r"\[") else ""


def _body(state: StateBlock, start: int, *, end: int, opener: str, closer: str) -> list[str]:
    """The lines from `start` to the one that ends in `closer`, without the signs; none where a blank line comes before."""
    lines = [_line(state, start).removeprefix(opener).rstrip()]
    while not lines[-1].endswith(closer):
        number = start + len(lines)
        inside = number < end and len(lines) < MOST_LINES and state.sCount[number] >= state.blkIndent
        if not inside or state.isEmpty(number):
            return []
        lines.append(_line(state, number).rstrip())
    return [*lines[:-1], lines[-1].removesuffix(closer).rstrip()]


def _line(state: StateBlock, number: int) -> str:
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]
