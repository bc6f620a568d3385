"""Deltas without regard to where the words between them were cut, which is up to the network and to how often one looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.deltas import Delta, Reasoning, Text

if TYPE_CHECKING:
    from collections.abc import Iterable


def joined(deltas: Iterable[Delta]) -> list[Delta]:
    """`deltas`, with neighbours that are both text, or both thoughts, as one."""
    found: list[Delta] = []
    for delta in deltas:
        last = found[-1] if found else None
        if isinstance(delta, Text) and isinstance(last, Text):
            found[-1] = Text(last.text + delta.text)
        elif isinstance(delta, Reasoning) and isinstance(last, Reasoning):
            found[-1] = Reasoning(last.text + delta.text)
        else:
            found.append(delta)
    return found
