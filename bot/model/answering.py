"""Defines what a model is to whoever asks it: one thing, however many models and processes stand behind it; and what several are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable


class ModelsGoneError(Exception):
    """The models could not be loaded, or will not be: this process ends, and cannot answer."""


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


class Models(Protocol):
    """The models of which people may choose one. `label` and `caution` are those of the first, which answers where nobody has."""

    @property
    def label(self) -> str: ...
    @property
    def caution(self) -> Translatable | None: ...
    @property
    def names(self) -> tuple[str, ...]:
        """Returns what they are called, the first before the others."""
        ...

    def name_of(self, chosen: str) -> str:
        """Returns what the model is called that `pick` returns."""
        ...

    async def pick(self, chosen: str) -> Answering:
        """Returns the model of that name; the first where there is none, as for "". Waits where they are still to be loaded, which
        it lets begin. Raises ModelsGoneError where they will not be."""
        ...

    def want(self) -> None:
        """Lets `load` begin, where it waits for that."""
        ...

    async def load(self) -> None:
        """Loads them once they are wanted, where that is still to be done. Raises what that raises."""
        ...
