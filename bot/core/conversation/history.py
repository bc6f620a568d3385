"""A thread as the model reads it, within a token budget."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Role(Enum):
    """Who said it, as the model is told."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One thing said to or by the model."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """One message of a thread, as it stands in Slack. `ours`: we said it ourselves, as the part `marker` of a reply."""

    ts: str
    user: str
    text: str
    ours: bool = False
    marker: str = ""


def count_tokens(text: str) -> int:
    """About how many tokens a model sees in `text`, rather too many than too few.

    UTF-8 bytes by three: measured against a real tokenizer this is between 0.7 and 2.7 of the truth in every script and
    in code, where the usual "four characters a token" is three to six times too low for Chinese and emoji.
    """
    return len(text.encode(errors="replace")) // 3 + 4  # 4: what the chat format puts around a message


def to_messages(said: Iterable[ThreadMessage], *, system: str, budget: int) -> list[ChatMessage]:
    """What the model is given: the system prompt, then as much of the thread's end as `budget` tokens hold.

    The newest message is always there: cut in its middle where it alone is too long, since people put what they want
    at the beginning or at the end. Neighbours of one role are joined, because some providers refuse two in a row.
    """
    said = [one for one in said if one.text]
    left = budget - (count_tokens(system) if system else 0)
    kept = _newest(said, left)
    several = len({one.user for one in kept if not one.ours}) > 1
    head = [ChatMessage(Role.SYSTEM, system)] if system else []
    return head + _joined(kept, several=several)


def _newest(said: Sequence[ThreadMessage], budget: int) -> list[ThreadMessage]:
    kept: list[ThreadMessage] = []
    for one in reversed(said):
        cost = count_tokens(one.text)
        if kept and cost > budget:
            break
        kept.append(_cut(one, budget) if cost > budget else one)
        budget -= cost
    kept.reverse()
    # A conversation opens with a person: an answer whose question was dropped means nothing.
    while len(kept) > 1 and kept[0].ours:
        kept.pop(0)
    return kept


def _cut(one: ThreadMessage, budget: int) -> ThreadMessage:
    text, gap = one.text, "\n[…]\n"
    # Bytes, as the count is; the floor keeps a question askable under an absurdly small budget.
    room = max(300, 3 * (budget - 4) - len(gap.encode())) // 2
    raw = text.encode(errors="replace")
    head, tail = raw[:room].decode(errors="ignore"), raw[-room:].decode(errors="ignore")
    return ThreadMessage(one.ts, one.user, head + gap + tail, one.ours) if 2 * room < len(raw) else one


def _joined(said: Sequence[ThreadMessage], *, several: bool) -> list[ChatMessage]:
    messages: list[ChatMessage] = []
    for one in said:
        role = Role.ASSISTANT if one.ours else Role.USER
        text = f"@{one.user}: {one.text}" if several and not one.ours else one.text
        if messages and messages[-1].role is role:
            messages[-1] = ChatMessage(role, f"{messages[-1].text}\n\n{text}")
        else:
            messages.append(ChatMessage(role, text))
    return messages
