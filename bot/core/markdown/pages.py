"""Where a text that does not fit one message is cut."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ ]{0,3}(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$", re.MULTILINE)

# Slack takes 12,000 characters of Markdown in all the blocks of a message; what it adds for each block counts as well.
MARKDOWN_LIMIT = 11_500
# chat.update refuses a `text` of more than 4,000 bytes; three bytes a character is what most scripts need.
TEXT_LIMIT = 1_250

# The best place to cut comes first; each is tried only in the second half of what fits, so that no part is a stub.
_BOUNDARIES = (r"\n(?=#{1,6} )", r"\n[ \t]*\n", r"\n", r"(?<=[.!?]) ", r" ")


def cut(text: str, limit: int) -> int:
    """The index at which `text`, longer than `limit` by Slack's count, is cut: what comes before fits."""
    end = _fitting(text, limit)
    for pattern in _BOUNDARIES:
        ends = [match.end() for match in re.finditer(pattern, text[:end]) if match.end() > end // 2]
        if ends:
            return ends[-1]
    return max(1, end)


def fits(text: str, limit: int) -> bool:
    """Whether `text` fits `limit` by Slack's count."""
    # Most texts are far below: no need to count them letter by letter, once an edit.
    return 5 * len(text) + 100 * text.count("#") <= limit or _size(text) <= limit


def reopened(before: str, rest: str) -> str:
    """`rest` with the code block that was cut through opened again, under the same language.

    Where the cut left nothing of the block but its end, the end goes too: an empty box says nothing.
    """
    opener = open_fence(before)
    if not opener:
        return rest
    closing = re.match(rf"\s*{re.escape(fence_mark(opener))}+[ \t]*(?:\n|$)", rest)
    return rest[closing.end() :] if closing else f"{opener}\n{rest}"


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


def _size(text: str) -> int:
    """The length as Slack counts it: UTF-16 units, after `&`, `<` and `>` are escaped; 100 more for a heading."""
    astral = sum(1 for c in text if c > "\uffff")
    escapes = 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))
    return len(text) + astral + escapes + 100 * len(re.findall(r"^#{1,6} ", text, re.MULTILINE))


def _fitting(text: str, limit: int) -> int:
    """The length of the longest beginning of `text` that fits `limit`."""
    low, high = 0, min(len(text), limit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _size(text[:middle]) <= limit else (low, middle - 1)
    return low
