"""Two models as one: what the first does not answer, or not to its end, the second does.

    the first fails          what its reader sees
    ======================   =====================================================================
    before its first words   the second's answer, a little later
    in the midst             what is there, a rule below it, and the second's whole answer from the beginning
    and the second too       the same, and what the second's failure means

A question that a content filter did not let through, and an answer that came to no end, are not asked again: the second would be
asked for what the operator or the provider has forbidden.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.core.conversation.deltas import Text, Usage
from bot.core.markdown.split.cut_points import closed_below
from bot.errors import ModelEndless, ModelError, PromptBlocked
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.model.answering import Answering

RULE = "---"
FINAL = (PromptBlocked, ModelEndless)
"""Failures that another model is not asked after."""


class FallbackChat:
    """Answers with `first`, and where that fails with `second`. It is called what the first is; see `Answering`."""

    def __init__(self, first: Answering, second: Answering) -> None:
        self.label = first.label
        self.caution = first.caution or second.caution
        windows = [one.window for one in (first, second) if one.window is not None]
        self.window = min(windows) if len(windows) == 2 else None  # what either can read
        self.takes_images = first.takes_images and second.takes_images
        self._first = first
        self._second = second

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        """The answer to `messages`, as it is written. Raises the ModelError of the model that was asked last."""
        written: list[str] = []
        try:
            async with aclosing(self._first.stream(messages)) as deltas:
                async for delta in deltas:
                    if isinstance(delta, Text):
                        written.append(delta.text)
                    yield delta
            return
        except FINAL:
            raise
        except ModelError as error:
            self._tell(error, begun=bool(written))
        if text := "".join(written).strip():
            yield Text(f"{closed_below(text)}\n\n{RULE}\n\n")
        async with aclosing(self._second.stream(messages)) as deltas:
            async for delta in deltas:
                yield replace(delta, model=self._second.label) if isinstance(delta, Usage) else delta

    def _tell(self, error: ModelError, *, begun: bool) -> None:
        kind = type(error).__name__
        tell(facts.ModelFellBack(kind=kind, model=self.label, to=self._second.label, begun=begun))
