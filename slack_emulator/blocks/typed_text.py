"""Writes what a person types as Slack stores it: `@Ada` becomes `<@U…>`, a web address `<https://…>`, and & < > are escaped.

Slack's own composer does this in the client; here it is done for the page and for tests alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_emulator.state.models import User

_EVERYBODY = {"here": "<!here>", "channel": "<!channel>", "everyone": "<!everyone>"}


def escape(text: str) -> str:
    """Slack's escaping: these three characters and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """The other way round."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def composed(text: str, users: Iterable[User]) -> str:
    """`text` as typed -> as Slack stores it. A mention takes a handle or a real name, in any case; the longest wins."""
    names = _EVERYBODY | {
        name.lower(): f"<@{user.id}>" for user in users for name in (user.name, user.real_name)
    }

    def token(match: re.Match[str]) -> str:
        if match["id"]:
            return f"<@{match['id']}>"
        return _linked(match["url"]) if match["url"] else names.get(match["name"].lower(), match[0])

    return _special(names).sub(token, escape(text))


def _special(names: Iterable[str]) -> re.Pattern[str]:
    """A token typed out, an address, or @ and a whole name: `@Adam` is not Ada, `ada@raj.example` mentions nobody."""
    known = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"&lt;@(?P<id>(?-i:[UW][A-Z0-9]+))&gt;|(?P<url>https?://[^\s<>|]+)|(?<!\w)@(?P<name>{known})(?!\w)",
        re.IGNORECASE,
    )


def _linked(url: str) -> str:
    """The full stop that ends a sentence is no part of the address before it."""
    end = len(url.rstrip(".,;:!?)'\""))
    return f"<{url[:end]}>{url[end:]}"
