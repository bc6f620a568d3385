"""Writes the message in which somebody is asked whether a tool may act: what it would do, as it is, and two buttons.

All that comes of a model stands in a block of code, in which Slack makes neither mentions nor links, and every character that cannot
be seen is written as its number: what is approved is what is read.
"""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING, Any

from bot.core.conversation import notices
from bot.core.conversation.form_blocks import plain, section
from bot.core.conversation.tool_names import readable_name
from bot.core.delivery.approval import outcome_words
from bot.core.delivery.controls import ControlKind, button

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.core.conversation.json_payload import Payload
    from bot.core.delivery.approval import Approval
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

BLOCK = 2_900
"""Characters in one block; Slack takes 3,000 in most."""
MOST_BLOCKS = 5
"""Blocks of what would be done. Whoever is to approve more than that is told how much is not shown."""


def request_text(tool: str, language: Language) -> str:
    """Returns what notifications and screen readers say of the message."""
    return language.say(notices.MAY_I.fill(tool=readable_name(tool)))


def request_blocks(
    approval: Approval,
    tool: str,
    arguments: Mapping[str, Any],
    language: Language,
    *,
    tag: str,
    wait: Translatable,
) -> list[Payload]:
    """Returns the message's blocks while somebody is asked; `wait` says how long that is."""
    who = ", ".join(f"<@{one}>" for one in sorted(approval.deciders))
    buttons = [
        {**button(ControlKind.APPROVE, f"{approval.key.value} {tag}", language), "style": "primary"},
        {**button(ControlKind.DECLINE, f"{approval.key.value} {tag}", language), "style": "danger"},
    ]
    return [
        {
            "type": "section",
            "text": {**plain(request_text(tool, language)), "emoji": False},
        },
        *_shown(readable_arguments(arguments, language), language),
        _small(language.say(notices.WHO_DECIDES.fill(who=who, wait=wait))),
        {"type": "actions", "elements": buttons},
    ]


def outcome_blocks(blocks: Sequence[Payload], approval: Approval, language: Language) -> list[Payload]:
    """Returns a message's blocks once nobody is asked any more: without its buttons, and with what became of it."""
    kept = [one for one in blocks if one.get("type") not in ("actions", "context")]
    return [*kept, _small(outcome_words(approval, language))]


def readable_arguments(arguments: Mapping[str, Any], language: Language) -> str:
    """Returns a call's arguments, a line each or more; nothing in them is hidden."""
    lines = (
        f"{name}: {value if isinstance(value, str) else _json(value)}" for name, value in arguments.items()
    )
    return "".join(map(_visible, "\n".join(lines))) or language.say(notices.NO_ARGUMENTS)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _visible(sign: str) -> str:
    """Control characters, and those that turn the direction of writing or have no width, as their numbers."""
    hidden = sign not in "\n\t" and unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
    return f"\\u{{{ord(sign):x}}}" if hidden else sign


def _shown(text: str, language: Language) -> list[Payload]:
    pieces = [text[at : at + BLOCK] for at in range(0, len(text), BLOCK)]
    shown = [_code(piece) for piece in pieces[:MOST_BLOCKS]]
    hidden = len(text) - BLOCK * MOST_BLOCKS
    if hidden <= 0:
        return shown
    return [*shown, section(language.say(notices.NOT_ALL_SHOWN.fill(count=hidden)))]


def _code(text: str) -> Payload:
    element = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [element]}


def _small(mrkdwn: str) -> Payload:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn}]}
