"""Reads whom a message speaks to: whom it mentions in its own words.

A mention in a quote is what somebody else said, one in code is an example: neither speaks to anybody. Slack tells of both as
`app_mention` all the same, since it looks at the text alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload, as_payloads, as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.conversation.json_payload import Payload

_NOT_ITS_OWN = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|^(?:&gt;|>)[^\n]*", re.DOTALL | re.MULTILINE)
_MENTION = re.compile(r"<(?:@|!subteam\^)([^|<>]+)[^<>]*>|<!(here|channel|everyone)[^<>]*>")
_QUOTED = ("rich_text_quote", "rich_text_preformatted")


@dataclass(frozen=True, slots=True)
class Addressees:
    """Holds whom a message mentions: `us`, and the `others` by their ids. A group has its id, all in a channel the name of the range."""

    us: bool = False
    others: frozenset[str] = frozenset()

    @property
    def only_others(self) -> bool:
        """Tells whether it speaks to somebody, and not to us."""
        return bool(self.others) and not self.us


NOBODY = Addressees()


def read_addressees(message: Payload, *, bot_user: str) -> Addressees:
    """Returns whom `message` speaks to. `bot_user` is our own user id; a mention of oneself speaks to nobody."""
    rich = [block for block in as_payloads(message.get("blocks")) if block.get("type") == "rich_text"]
    mentioned = set(_in_rich_text(rich)) if rich else set(_in_text(as_text(message.get("text"))))
    return Addressees(
        bot_user in mentioned, frozenset(mentioned - {bot_user, as_text(message.get("user")), ""})
    )


def _in_text(text: str) -> Iterator[str]:
    for match in _MENTION.finditer(_NOT_ITS_OWN.sub("", text)):
        yield match[1] or match[2]


def _in_rich_text(blocks: list[Payload]) -> Iterator[str]:
    waiting = [element for block in blocks for element in as_payloads(block.get("elements"))]
    while waiting:
        element = waiting.pop()
        if element.get("type") in _QUOTED or as_payload(element.get("style")).get("code"):
            continue
        for name in ("user_id", "usergroup_id", "range"):
            if element.get("type") in ("user", "usergroup", "broadcast") and element.get(name):
                yield as_text(element[name])
        waiting += as_payloads(element.get("elements"))
