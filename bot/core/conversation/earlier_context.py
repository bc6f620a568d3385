"""Decides what was said before a message that begins a conversation belongs to it.

A thread is its own context. Outside one there is none by itself: in a direct message each question begins a thread, and a mention
stands below whatever the channel has talked of.

    | where                | what belongs to it                                                                      |
    |----------------------|-----------------------------------------------------------------------------------------|
    | a direct message     | the questions before it and their answers, while no pause is longer than half an hour;  |
    |                      | from a message on that begins with "new topic"                                          |
    | a mention            | as many messages above it as the operator says; where he does not: ten of the last day, |
    |                      | where the mention points at them ("this", "above", or no word at all)                   |
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.content_parts import FilePart, ImagePart
from bot.core.conversation.incoming import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import Prompt

PAUSE = 30 * 60.0
"""Seconds without a word after which a direct message is about something else."""
EXCHANGES = 5
"""Questions in a direct message that are looked back at, each with a reading of its own for its answer."""
ABOVE = 10
"""Messages above a mention that points at them."""
DAY = 24 * 3600.0

BARE = "[They mention you and say no more: it is about what stands above.]"
"""Says to the model what a mention without a word says."""

_NEW_TOPIC = re.compile(
    r"\W*(?:(?:new topic|neues thema|nouveau sujet|nuevo tema)\b|新しい話題)", re.IGNORECASE
)
_POINTS = re.compile(
    r"\b(?:th(?:is|at|ese|ose)|above|here|previous|preceding|earlier|last (?:message|post|alert)s?"
    r"|das|dies(?:e[mnrs]?)?|oben|hier|darüber|ceci|cela|ça|ci-dessus|ici|esto|eso|arriba|aquí)\b"
    r"|これ|それ|この|その|上の|ここ",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WantedAbove:
    """Says what to read before a question: at most `count` messages of its channel, and with `replies` what stands in their threads."""

    count: int
    replies: bool = False


def wanted_above(prompt: Prompt, *, count: int | None) -> WantedAbove | None:
    """Returns what belongs to a question that begins a conversation; None for nothing. `count` is the operator's, None for ours."""
    if prompt.kind is Kind.DIRECT:
        return None if is_new_topic(prompt.text) else WantedAbove(EXCHANGES, replies=True)
    if count is None:
        count = ABOVE if _points_above(prompt) else 0
    return WantedAbove(count) if count else None


def is_new_topic(text: str) -> bool:
    """Tells whether who writes that does not want to go on with what was said before."""
    return _NEW_TOPIC.match(text) is not None


def recent_exchange(before: Sequence[ThreadMessage], *, ts: str) -> list[ThreadMessage]:
    """Returns those messages of a direct message that the one at `ts` goes on from: of `before`, which are oldest first."""
    recent: list[ThreadMessage] = []
    since = float(ts)
    for one in reversed(before):
        if since - max(float(one.ts), float(one.last_reply or 0)) > PAUSE:
            break
        recent.insert(0, one)
        since = float(one.ts)
        if not one.ours and is_new_topic(one.text):
            break
    return recent


def recent_above(before: Sequence[ThreadMessage], *, ts: str) -> list[ThreadMessage]:
    """Returns those messages above a mention at `ts` that are of the day before it."""
    return [one for one in before if float(ts) - float(one.ts) <= DAY]


def _points_above(prompt: Prompt) -> bool:
    shows = any(isinstance(part, ImagePart | FilePart) for part in prompt.parts)
    return not prompt.parts or (not shows and _POINTS.search(prompt.text) is not None)
