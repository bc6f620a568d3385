"""Backslashes where a text would be read as markup, and nowhere else: `my_file` and `2 * 3` are fine as they are."""

from __future__ import annotations

import re

from bot.core.markdown.formulas import DOLLARS

_WORD = r"[^\W_]"
_MARKUP = re.compile(
    rf"""<
    |&(?=\#|lt|gt|amp|[A-Za-z][A-Za-z0-9]{{1,31}};)
    |\\(?=[!-/:-@\[-`{{-~\n]|$)
    |`
    |(?<![ \n])\*|\*(?![ \n])
    |(?<!{_WORD})(?<!_)_++|_++(?!{_WORD})
    |~(?=~|$)|(?<=~)~|^~
    |\](?=\()
    |(?<=http|ttps):(?=//)
    |(?={DOLLARS.pattern})\$""",
    re.VERBOSE | re.IGNORECASE,
)
_IN_LABEL = re.compile(r"[\[\]]")

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
_DEFINITION = re.compile(r"\[(?=[^\]]*\]:)")
_CHECKBOX = re.compile(r"\[(?=[ xX]\](?:[ \t]|$))")
_HEADING_END = re.compile(r"(?:^|(?<=[ \t]))#(?=#*$)")


def escaped(text: str, *, label: bool = False) -> str:
    """`text` as Markdown that reads as `text`. `label`: within a link's brackets."""
    text = _MARKUP.sub(_escape, text)
    return _IN_LABEL.sub(r"\\\g<0>", text) if label else text


def escaped_lines(markdown: str, *, item: bool) -> str:
    """The Markdown of a paragraph with what would begin another block escaped. `item`: it is the first thing in one."""
    markdown = _NUMBER.sub(r"\1\\", _LINE.sub(r"\\\g<0>", markdown))
    if _DEFINITION.match(markdown) or (item and _CHECKBOX.match(markdown)):
        return "\\" + markdown
    return markdown


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
