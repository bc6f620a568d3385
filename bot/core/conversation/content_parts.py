"""Defines what a message says: a tuple of parts, each a plain value, from Slack to the model and back.

Parts say what there is. How a model is told of it, in blocks or in words, is decided where models are spoken to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from bot.core.conversation.token_estimate import estimate_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.conversation.file_refusals import FileRefusal

IMAGE_TOKENS = 1_600
"""Says what an image costs, at most: what Anthropic's vision page (November 2026) gives for the largest that is not scaled down.
OpenAI's count fewer."""

FRAME_TOKENS = 100
"""Says what stands around a file's text costs: the words that a model is told it with."""


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


class FilePlace(Enum):
    """Says where a file's bytes are, as far as Slack tells."""

    SLACK = "slack"
    ASK = "ask"  # in a channel that is shared with another company: `files.info` knows
    ELSEWHERE = "elsewhere"  # with somebody else: Slack has a link to it
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file that came with a message, by what Slack tells of it. `size` is in bytes, 0 where it is not told.

    `refusal` says why it is not read, where that was tried; None elsewhere.
    """

    name: str
    mimetype: str = ""
    size: int = 0
    id: str = ""
    url: str = ""
    place: FilePlace = FilePlace.SLACK
    refusal: FileRefusal | None = None


class FileUnit(Enum):
    """Names what a file's text is counted in."""

    PAGES = "pages"
    SLIDES = "slides"
    ROWS = "rows"
    PARAGRAPHS = "paragraphs"
    LINES = "lines"


@dataclass(frozen=True, slots=True)
class FileTextPart:
    """Holds what was read of a file: the first `read` of `total` pages or lines; 0 of them where it is the beginning of the first."""

    name: str
    text: str
    unit: FileUnit
    read: int
    total: int


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


@dataclass(frozen=True, slots=True)
class EditedPart:
    """Its author has changed a message after it was sent. Not among their words, which may be a command to us."""


Part: TypeAlias = (
    TextPart
    | ImagePart
    | FilePart
    | FileTextPart
    | ToolCallPart
    | ToolResultPart
    | UnreadablePart
    | EditedPart
)
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
        case FileTextPart(name=name, text=text):
            return FRAME_TOKENS + estimate_tokens(name) + estimate_tokens(text)
        case ToolCallPart(name=name, arguments=arguments):
            return estimate_tokens(name + arguments)
        case ImagePart(alt=words) | FilePart(name=words):
            return 8 + estimate_tokens(words)  # 8: the words that a model is told it with
        case _:
            return 16  # a sentence


def utf8_length(text: str) -> int:
    """The bytes of `text`, half characters included."""
    return len(text.encode(errors="replace"))
