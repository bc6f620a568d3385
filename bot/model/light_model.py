"""Says what a model of ours can do beyond LangChain's: be read without its keeping every chunk until the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from langchain_core.messages import BaseMessage


class LightModel(ABC):
    """To be inherited, and asked for by `isinstance`: LangChain's bindings pass all methods on, and would drop what is bound."""

    @abstractmethod
    def stream_light(self, prompt: Sequence[BaseMessage]) -> AsyncGenerator[BaseMessage | str, None]:
        """The chunks of `astream(prompt)`; of one that only adds words to the answer, the words."""

    @abstractmethod
    def stream_unheard(
        self, prompt: Sequence[BaseMessage], **options: Any
    ) -> AsyncGenerator[BaseMessage | str, None]:
        """The chunks of a call with `options`, such as tools, in the same form; no callback hears of them."""
