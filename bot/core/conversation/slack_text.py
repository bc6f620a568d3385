"""Slack's mrkdwn as plain words: links, dates, mentions and the three escaped characters undone.

Source: docs.slack.dev, "Formatting message text".
"""

from __future__ import annotations

import re
from email.utils import formatdate

LAST_SECOND = 253_402_300_799  # of the year 9999, the last that Python's calendar knows

# A token holds no `<`: without that, a text of many that never end would be searched to its end for each of them.
_LINK = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^|<>]*)(?:\|([^<>]*))?>")
_HALF = re.compile(
    r"[\ud800-\udfff]"
)  # of a pair that JSON can say alone, and no request to a model can carry
_DATE = re.compile(r"<!date\^(-?\d+(?:\.\d+)?)[^|<>]*(?:\|([^<>]*))?>")
_NAMED = re.compile(r"<([@#!])([^|<>]*)(?:\|([^<>]*))?>")


def mention_pattern(user: str) -> str:
    """A regular expression for the mention of a user in a message's text."""
    return rf"<@{re.escape(user)}(?:\|[^<>]*)?>"


def plain_text(text: str, *, bot_user: str = "") -> str:
    """Returns what a person typed, from Slack's mrkdwn.

    A date is read as its sender's fall-back says it: Slack shows it in each reader's own zone, which the model has not.
    Our own mention is an address, not part of the question, so it goes.
    """
    if bot_user:
        text = re.sub(rf"(?<!\s)\s*{mention_pattern(bot_user)}[ \t]*", " ", text)
    text = _DATE.sub(_plain_date, _LINK.sub(_plain_link, text))
    text = _NAMED.sub(_plain_name, text)
    text = _HALF.sub("\N{REPLACEMENT CHARACTER}", text)
    # Last, and `&amp;` at the very end: what a person typed as "&lt;" arrives as "&amp;lt;".
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def escape_text(text: str) -> str:
    """`text` as mrkdwn that reads as `text`."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def linked(label: str, url: str) -> str:
    """A link in plain words: its address once, and its label where that says more."""
    url = url.removeprefix("mailto:").removeprefix("tel:")
    if not url or not label or label == url or url.endswith(f"//{label}"):
        return url or label
    return f"{label} ({url})"


def date_text(timestamp: str) -> str:
    """Seconds since 1970 as a date and a time in UTC; "" where they are no date."""
    try:
        seconds = float(timestamp)
    except ValueError:
        return ""
    return formatdate(seconds, usegmt=True) if 0 <= seconds <= LAST_SECOND else ""


def _plain_date(match: re.Match[str]) -> str:
    return match[2] or date_text(match[1])


def _plain_link(match: re.Match[str]) -> str:
    return linked(match[2] or "", match[1])


def _plain_name(match: re.Match[str]) -> str:
    sigil, name, label = match.groups()
    if label:
        return label if label.startswith(("@", "#")) else f"{'#' if sigil == '#' else '@'}{label}"
    return f"{'#' if sigil == '#' else '@'}{name.removeprefix('subteam^')}"
