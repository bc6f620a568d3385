"""Puts images that tools return where the model's provider reads them.

Chat Completions documents words only in what a tool returns (docs of OpenAI, 2026); an image in a person's message it does read. So
there it goes into a message behind the results, and its place says so. Anthropic and Google read images in results.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import HumanMessage, ToolMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.messages import BaseMessage

BELOW = "[An image: it is in the next message]"
ABOVE = "Images that the tools above returned:"


def moved_images(messages: Iterable[BaseMessage]) -> list[BaseMessage]:
    """Returns the messages with each image behind the results that it stood among."""
    moved: list[BaseMessage] = []
    images: list[dict[str, Any]] = []
    for message in messages:
        if not isinstance(message, ToolMessage):
            _put(moved, images)
            moved.append(message)
            continue
        blocks = cast("list[object]", message.content) if isinstance(message.content, list) else []
        found = [
            cast("dict[str, Any]", one)
            for one in blocks
            if isinstance(one, dict) and one.get("type") == "image"
        ]
        images += found
        moved.append(message.model_copy(update={"content": _words(blocks)}) if found else message)
    _put(moved, images)
    return moved


def _words(blocks: Iterable[object]) -> str:
    said = (cast("dict[str, Any]", one) for one in blocks if isinstance(one, dict))
    return "\n\n".join(
        filter(None, (BELOW if one.get("type") == "image" else str(one.get("text", "")) for one in said))
    )


def _put(moved: list[BaseMessage], images: list[dict[str, Any]]) -> None:
    if images:
        moved.append(HumanMessage([{"type": "text", "text": ABOVE}, *images]))
        images.clear()
