"""Defines what a model is to whoever asks it: one thing, however many models and processes stand behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable


class Answering(Protocol):
    """A model that answers. `label` is what it is called; `caution` is what stands below each of its answers, or None.
    `window` is how many tokens it reads at once, None where nobody knows; `takes_images`, whether it is known to see pictures."""

    @property
    def label(self) -> str: ...
    @property
    def caution(self) -> Translatable | None: ...
    @property
    def window(self) -> int | None: ...
    @property
    def takes_images(self) -> bool: ...
    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream: ...
