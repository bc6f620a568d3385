"""Decides in which form what tools return is handed to a model's integration, where the plain one does not arrive as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeAlias

from langchain_core.messages import BaseMessage, ToolMessage

from bot.model.tools.tool_images import moved_images

ResultForm: TypeAlias = Callable[[Iterable[BaseMessage]], list[BaseMessage]]


def form_for(model: object) -> ResultForm:
    """Returns what makes of a prompt one whose tools' results the model's provider gets as they are."""
    modules = [one.__module__ for one in type(model).__mro__]
    if any("openai" in one for one in modules):
        return moved_images
    return words_in_blocks if any("google_genai" in one for one in modules) else list


def words_in_blocks(messages: Iterable[BaseMessage]) -> list[BaseMessage]:
    """Returns the messages with the words of each result in a block.

    LangChain's integration reads a bare string as JSON where that goes (langchain-google-genai 4.4.3): "NaN" becomes what no JSON is and
    ends the answer, and a long number loses its last digits at Google, whose numbers are floats.
    """
    return [_in_block(one) if isinstance(one, ToolMessage) else one for one in messages]


def _in_block(result: ToolMessage) -> ToolMessage:
    if not isinstance(result.content, str):
        return result
    return result.model_copy(update={"content": [{"type": "text", "text": result.content}]})
