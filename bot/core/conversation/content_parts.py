"""Defines what a message says: a tuple of parts, each a plain value, from Slack to the model and back.

Parts say what there is. How a model is told of it, in blocks or in words, is decided where models are spoken to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from bot.core.conversation.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

IMAGE_TOKENS = 1_600
"""Says what an image costs, at most: what Anthropic's vision page (November 2026) gives for the largest that is not scaled down.
OpenAI's count fewer."""


@dataclass(frozen=True, slots=True)
class TextPart:
    """Words."""

    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture that stands in a message. `alt` is what it is called; `data` is empty where nobody has fetched it."""

    alt: str
    mimetype: str = ""
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file that came with a message, by what Slack tells of it. `size` is in bytes, 0 where it is not told."""

    name: str
    mimetype: str = ""
    size: int = 0
    id: str = ""


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A tool that the model calls. `arguments` is JSON, as the model wrote it."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """Holds what a tool gave back for the call of that id."""

    call_id: str
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class UnreadablePart:
    """A message shows something, and none of it can be read."""


Part: TypeAlias = TextPart | ImagePart | FilePart | ToolCallPart | ToolResultPart | UnreadablePart
Parts: TypeAlias = tuple[Part, ...]


def text_parts(text: str) -> Parts:
    """`text` as the parts of a message; none where there is no text."""
    return (TextPart(text),) if text else ()


def text_of(parts: Iterable[Part]) -> str:
    """The words among the parts, a blank line between two that something else stands between; "" where there are none."""
    return "\n\n".join(part.text for part in parts if isinstance(part, TextPart))


def joined(before: Parts, after: Parts) -> Parts:
    """Both, one below the other: words that meet become one part, with a blank line in it."""
    if before and after and isinstance(before[-1], TextPart) and isinstance(after[0], TextPart):
        met = TextPart(f"{before[-1].text}\n\n{after[0].text}")
        return (*before[:-1], met, *after[1:])
    return before + after


def prefixed(prefix: str, parts: Parts) -> Parts:
    """The parts with `prefix` before their first words, or as words of its own."""
    if parts and isinstance(parts[0], TextPart):
        return (replace(parts[0], text=prefix + parts[0].text), *parts[1:])
    return (TextPart(prefix.rstrip()), *parts)


def count_tokens(parts: Iterable[Part]) -> int:
    """About how many tokens a model sees in a message of these parts, rather too many than too few."""
    return 4 + sum(map(_tokens, parts))  # 4: what the chat format puts around a message


def _tokens(part: Part) -> int:
    match part:
        case ImagePart(data=data) if data:
            return IMAGE_TOKENS
        case TextPart(text) | ToolResultPart(text=text):
            return estimate_tokens(text)
        case ToolCallPart(name=name, arguments=arguments):
            return estimate_tokens(name + arguments)
        case ImagePart(alt=words) | FilePart(name=words):
            return 8 + estimate_tokens(words)  # 8: the words that a model is told it with
        case _:
            return 16  # a sentence


def utf8_length(text: str) -> int:
    """The bytes of `text`, half characters included."""
    return len(text.encode(errors="replace"))
