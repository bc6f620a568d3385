"""Several models of which people may choose one: by its name, as long as it is offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering


class ModelChoice:
    """Answers as the `first` model does, where nobody has chosen another; see `Answering` and `Models`."""

    def __init__(self, first: Answering, *others: Answering) -> None:
        self._first = first
        self._others = {one.label: one for one in others}

    @property
    def label(self) -> str:
        return self._first.label

    @property
    def caution(self) -> Translatable | None:
        return self._first.caution

    @property
    def window(self) -> int | None:
        return self._first.window

    @property
    def takes_images(self) -> bool:
        return self._first.takes_images

    @property
    def models(self) -> tuple[Answering, ...]:
        """Returns all of them, the first before the others."""
        return (self._first, *self._others.values())

    @property
    def names(self) -> tuple[str, ...]:
        """Returns what they are called, in the same order."""
        return tuple(one.label for one in self.models)

    def name_of(self, chosen: str) -> str:
        return name_among(self.names, chosen)

    async def pick(self, chosen: str) -> Answering:
        return self._others.get(chosen, self._first)

    def want(self) -> None:
        """They are loaded."""

    async def load(self) -> None:
        """They are loaded."""

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        return self._first.stream(messages)


def name_among(names: Sequence[str], chosen: str) -> str:
    """Returns the name that is chosen, the first of them where there is no such one."""
    return chosen if chosen in names else names[0]


def choice_of(model: Answering) -> ModelChoice:
    """Returns the model as a choice, of one where it is not one of several."""
    return model if isinstance(model, ModelChoice) else ModelChoice(model)
