"""Half an answer, made to look like the beginning of a whole one."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ ]{0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)


def open_fence(text: str) -> str:
    """The line that opened the code block `text` ends in, or "" where it ends outside of one."""
    opener = ""
    for match in _FENCE.finditer(text):
        mark, info = match["mark"], match["info"]
        if not opener:
            # CommonMark: a backtick fence whose info holds a backtick is inline code.
            opener = match[0].strip() if "~" in mark or "`" not in info else ""
        elif mark.startswith(fence_mark(opener)) and not info.strip():
            opener = ""
    return opener


def close_fence(text: str) -> str:
    """`text` with the code block it ends in closed, so that half a block is shown as a block."""
    opener = open_fence(text)
    if not opener:
        return text
    return f"{text}{'' if text.endswith(chr(10)) else chr(10)}{fence_mark(opener)}"


def fence_mark(opener: str) -> str:
    """The ticks or tildes of an opening line."""
    return opener[: len(opener) - len(opener.lstrip(opener[0]))]
