"""Backslashes where a text would be read as markup, and nowhere else: `my_file` and `2 * 3` are fine as they are."""

from __future__ import annotations

import re
from itertools import zip_longest

from bot.core.markdown.parse.formulas import DOLLARS

_WORD = r"[^\W_]"
_MARKUP = re.compile(
    rf"""<
    |&(?=\#|lt|gt|amp|[A-Za-z][A-Za-z0-9]{{1,31}};)
    |\\(?=[!-/:-@\[-`{{-~]|[ \t]*(?:\n|$))
    |`
    |(?<!\S\ )\*|\*(?!\ \S)
    |(?<!{_WORD})(?<!_)_++|_++(?!{_WORD})
    |~(?=~)|(?<=~)~
    |\](?=\()
    |(?<=http|ttps):(?=//[A-Za-z0-9])
    |(?={DOLLARS.pattern})\$""",
    re.VERBOSE | re.IGNORECASE,
)
# What makes a formula only now that a backslash stands before another.
_DOLLAR = re.compile(rf"(?<!\\)(?={DOLLARS.pattern})\$", re.VERBOSE)
_BRACKET = re.compile(r"[\[\]]")

# What only counts where a line begins. The last: under a line of text it would make a heading of it, or a table.
_LINE = re.compile(
    r"""^(?:[-+](?=[ \t]|$)
    |\#(?=\#{0,5}(?:[ \t]|$))
    |>
    |\$(?=\$)
    |=(?==*[ \t]*$)
    |[-|:](?=[-|: \t]*$))""",
    re.VERBOSE | re.MULTILINE,
)
_NUMBER = re.compile(r"^(\d{1,9})(?=[.)](?:[ \t]|$))", re.MULTILINE)
_DEFINITION = re.compile(r"\[[^\[\]]*(?=\]:)")
_CHECKBOX = re.compile(r"\[[ xX](?=\](?:[ \t]|$))")
_HEADING_END = re.compile(r"(?:^|(?<=[ \t]))#(?=#*$)")


# `\\[` and `\\]` around a text would make a formula of it, so of a pair of brackets only the second is ever escaped.


def escaped(text: str, *, label: bool = False) -> str:
    """`text` as Markdown that reads as `text`. `label`: within a link's brackets, where brackets must be in pairs."""
    text = _DOLLAR.sub(r"\$", _MARKUP.sub(_escape, text))
    return _in_pairs(text) if label else text


def escaped_lines(markdown: str) -> str:
    """The Markdown of a paragraph with what would begin another block escaped, or make it explain a link."""
    markdown = _NUMBER.sub(r"\1\\", _LINE.sub(r"\\\g<0>", markdown))
    return _at_start(_DEFINITION, markdown)


def escaped_item(markdown: str) -> str:
    """The Markdown of a list's item that is no task, though it may look like one."""
    return _at_start(_CHECKBOX, markdown)


def escaped_heading(markdown: str) -> str:
    """The Markdown of a heading; `#` at its end would be taken for its decoration."""
    return _HEADING_END.sub(r"\#", markdown)


def escaped_cell(markdown: str) -> str:
    """The Markdown of a table's cell; a bar would end it, in code too."""
    return markdown.replace("|", r"\|")


def _escape(match: re.Match[str]) -> str:
    found = match[0]
    if found == "<":
        # A backslash would do for Markdown; for Slack, which looks for `<!` first, only this does.
        return "&lt;"
    return "&amp;" if found == "&" else "".join("\\" + char for char in found)


def _at_start(pattern: re.Pattern[str], markdown: str) -> str:
    """`markdown` with a backslash after `pattern`, if it begins with that."""
    match = pattern.match(markdown)
    return f"{match[0]}\\{markdown[match.end() :]}" if match else markdown


def _in_pairs(markdown: str) -> str:
    """`markdown` with a backslash before each bracket that is alone."""
    alone: list[int] = []
    for match in _BRACKET.finditer(markdown):
        if match[0] == "]" and alone and markdown[alone[-1]] == "[":
            alone.pop()
        else:
            alone.append(match.start())
    starts = [0, *alone]
    return "\\".join(markdown[start:end] for start, end in zip_longest(starts, alone))
