"""Reads what an MCP server answers: words, as many as the model is to read, and images that it can see."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mcp import types

from bot.model.tools.offered_tool import ToolAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_IMAGE = 1_500_000
"""Characters of base64 of one image, some 1.1 MB: what is larger costs more than it says."""
IMAGES = frozenset(("image/png", "image/jpeg", "image/gif", "image/webp"))
"""Kinds of images that the providers take, each of them."""
NOTHING = "[The tool returned nothing]"


def read_result(result: types.CallToolResult, *, most: int) -> ToolAnswer:
    """Returns what a call gave; `most` characters of its words, and a note where there were more."""
    pieces = [_words(one) for one in result.content]
    if not any(pieces) and result.structuredContent is not None:
        pieces = [json.dumps(result.structuredContent, ensure_ascii=False)]
    images = () if result.isError else tuple(_images(result))
    text = cut_text("\n\n".join(filter(None, pieces)), most=most)
    return ToolAnswer(text or ("" if images else NOTHING), images, failed=bool(result.isError))


def cut_text(text: str, *, most: int) -> str:
    """Returns the beginning of a text that is too long, with a note of how much is missing."""
    if len(text) <= most:
        return text
    return f"{text[:most]}\n\n[Cut here: {len(text) - most} characters more]"


def _words(block: object) -> str:
    match block:
        case types.TextContent(text=text):
            return text
        case types.ImageContent() if not _is_seen(block):
            return "[An image of a kind or size that is not passed on]"
        case types.ImageContent():
            return ""
        case types.AudioContent():
            return "[A recording, which is not passed on]"
        case types.ResourceLink(name=name, uri=uri):
            return f"[{name}: {uri}]"
        case types.EmbeddedResource(resource=types.TextResourceContents(text=text)):
            return text
        case _:
            return "[Something that is no text]"


def _is_seen(image: types.ImageContent) -> bool:
    return image.mimeType in IMAGES and len(image.data) <= MOST_IMAGE


def _images(result: types.CallToolResult) -> Iterator[dict[str, Any]]:
    for block in result.content:
        if isinstance(block, types.ImageContent) and _is_seen(block):
            yield {"type": "image", "base64": block.data, "mime_type": block.mimeType}
