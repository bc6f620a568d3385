"""Reads what somebody has open in Slack beside their conversation with us, and says it to the model.

Slack tells of it by ids alone (docs.slack.dev, app_context_changed). It is no word of the person's: it goes into what the model is
told first. What is no id of Slack's is left out, so that nothing else gets there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.json_payload import as_payload, as_payloads, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.json_payload import Payload

_KINDS = {
    "slack#/types/channel_id": "channel",
    "slack#/types/canvas_id": "canvas",
    "slack#/types/list_id": "list",
}
_MESSAGE = "slack#/types/message_context"
_ID = re.compile(r"[A-Z][A-Z0-9]{1,30}", re.ASCII)
_TS = re.compile(r"\d{1,16}\.\d{1,9}", re.ASCII)
MOST_ENTITIES = 5
"""Things that the model is told of: a person looks at one or two."""


@dataclass(frozen=True, slots=True)
class OpenEntity:
    """Something that a person has open: of which kind, in the field's word, and its id. `ts` is a message's, in that channel."""

    kind: str
    id: str
    ts: str = ""


def read_app_context(context: Payload) -> tuple[OpenEntity, ...]:
    """Returns what a `context` or `app_context` of Slack's names, in its order; nothing that we do not know."""
    found = [_entity(one) for one in as_payloads(context.get("entities"))]
    return tuple(one for one in found if one is not None)[:MOST_ENTITIES]


def context_note(entities: Sequence[OpenEntity]) -> str:
    """Returns what the model is told of what its asker has open; "" where that is nothing."""
    if not entities:
        return ""
    shown = ", ".join(_named(one) for one in entities)
    return (
        f"The person who asks has this open in Slack beside this conversation: {shown}. They may mean it by words like "
        "“this channel”. They have not said so, and you cannot see what is in it unless it stands in this conversation."
    )


def _entity(found: Payload) -> OpenEntity | None:
    kind, value = as_text(found.get("type")), found.get("value")
    if kind == _MESSAGE:
        place = as_payload(value)
        channel, ts = as_text(place.get("channel_id")), as_text(place.get("message_ts"))
        whole = _ID.fullmatch(channel) and _TS.fullmatch(ts)
        return OpenEntity("message", channel, ts) if whole else None
    name = _KINDS.get(kind)
    return OpenEntity(name, as_text(value)) if name and _ID.fullmatch(as_text(value)) else None


def _named(one: OpenEntity) -> str:
    if one.ts:
        return f"the message {one.ts} in the channel with the id {one.id}"
    return f"the {one.kind} with the id {one.id}"
