"""Holds the rules where our reading of Markdown differs from CommonMark, besides emphasis and formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import rules_block, rules_inline

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

DEEPEST = 20  # levels; a list and its item are one each. Deeper, list markers and ">" are text

_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]{1,100}\]:")
# As Slack writes links, and models who learned from it.
_SLACK_LINK = re.compile(
    r"<(?P<address>(?:https?://|mailto:)[^\s<>|]{1,2000})\|(?P<label>[^<>\n]{1,200})>", re.IGNORECASE
)
_MENTION = re.compile(r"<@[UW][A-Z0-9]{1,30}>")
_SCHEME = re.compile(r"(?<![A-Za-z0-9+.-])https?$", re.IGNORECASE)
# The host is ASCII: where no spaces are written, what follows an address is rather the sentence that goes on.
_ADDRESS = re.compile(
    r"""://[A-Za-z0-9][A-Za-z0-9._~%:@-]{0,300}
    (?:[/?#][^\s<>"`|\\\[\]^{}\u2018-\u201f\u3000-\u303f\uff00-\uff65]{0,2000})?""",
    re.VERBOSE,
)


def install(markdown: MarkdownIt) -> None:
    """All of them, into `markdown`."""
    blocks, inline = markdown.block.ruler, markdown.inline.ruler
    blocks.at("list", _list, {"alt": ["paragraph", "reference", "blockquote"]})
    blocks.at("blockquote", _quote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    blocks.at("reference", _reference)
    blocks.at("code", _code)
    inline.after("text", "address", _address)
    inline.at("autolink", _autolink)
    inline.before("autolink", "break", _break)
    inline.before("autolink", "mention", _mention)
    inline.before("autolink", "slack_link", _slack_link)


def _list(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return state.level < DEEPEST and rules_block.list_block(state, start, end, silent)


def _quote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    return state.level < DEEPEST and rules_block.blockquote(state, start, end, silent)


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Not for a footnote: `[^1]: Measured` would make of every `[^1]` a link to "Measured"."""
    at = state.bMarks[start] + state.tShift[start]
    return not state.src.startswith("[^", at) and rules_block.reference(state, start, end, silent)


def _code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Not below a footnote: what is indented there goes on with it."""
    return not _is_in_footnote(state, start) and rules_block.code(state, start, end, silent)


def _is_in_footnote(state: StateBlock, start: int) -> bool:
    """Tells whether the indented line `start` stands below the words of a footnote, with nothing but such lines between."""
    if not state.is_code_block(start):
        return False
    above = start - 1
    while above >= 0 and (state.isEmpty(above) or state.is_code_block(above)):
        above -= 1
    while above > 0 and not state.isEmpty(above - 1):
        above -= 1
    return above >= 0 and bool(_FOOTNOTE.match(state.src, state.bMarks[above] + state.tShift[above]))


def _autolink(state: StateInline, silent: bool) -> bool:
    """Not for Slack's tokens: CommonMark takes `<!subteam^S1|@ops>` for a mail address."""
    return not state.src.startswith(("<!", "<@", "<#"), state.pos) and rules_inline.autolink(state, silent)


def _address(state: StateInline, silent: bool) -> bool:
    """A web address in the text, which ends before the sentence's own punctuation. Not within a link's label."""
    if state.src[state.pos] != ":" or state.linkLevel > 0:
        return False
    scheme = _SCHEME.search(state.src, max(0, state.pos - 8), state.pos)
    rest = _ADDRESS.match(state.src, state.pos, state.posMax)
    if scheme is None or rest is None:
        return False
    address = without_full_stop(scheme[0] + rest[0])
    if not silent:
        state.pending = state.pending[: -len(scheme[0])]
        link = state.push("link_open", "a", 1)
        link.attrs, link.info = {"href": state.md.normalizeLink(address)}, "auto"
        state.push("text", "", 0).content = address
        state.push("link_close", "a", -1).info = "auto"
    state.pos += len(address) - len(scheme[0])
    return True


def without_full_stop(address: str) -> str:
    """`address` up to where the sentence around it goes on; a bracket is part of it where it was opened inside."""
    kept = address.rstrip(".,;:!?'*_~")
    while kept.endswith(")") and kept.count("(") < kept.count(")"):
        kept = kept[:-1].rstrip(".,;:!?'*_~")
    return kept


def _break(state: StateInline, silent: bool) -> bool:
    match = _BREAK.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("hardbreak", "br", 0)
    state.pos = match.end()
    return True


def _slack_link(state: StateInline, silent: bool) -> bool:
    """`<address|label>`; within a link's label, the label alone."""
    match = _SLACK_LINK.match(state.src, state.pos, state.posMax)
    if match is None or not state.md.validateLink(match["address"]):
        return False
    if not silent and state.linkLevel > 0:
        state.pending += match["label"]
    elif not silent:
        link, label = state.push("link_open", "a", 1), match["label"].strip()
        link.attrs = {"href": state.md.normalizeLink(match["address"])}
        state.push("text", "", 0).content = label or match["address"]
        state.push("link_close", "a", -1)
    state.pos = match.end()
    return True


def _mention(state: StateInline, silent: bool) -> bool:
    """`<@U…>`, apart from text: one who wrote `&lt;@U…>` meant no mention."""
    match = _MENTION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        state.push("mention", "", 0).content = match[0]
    state.pos = match.end()
    return True
