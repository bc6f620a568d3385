"""Reads what hangs below a message: alerts and other integrations, link previews, and messages that somebody forwarded.

A forwarded message is quoted line by line, under the name of who said it: it is not its sender's word.
Source: docs.slack.dev, "Reference: secondary message attachments"; forwarded messages are on no page of Slack's, and are as
real ones were reported (`is_msg_unfurl`, `is_share`, `message_blocks`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.block_reader import file_part
from bot.core.conversation.content_parts import ImagePart, TextPart
from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.conversation.slack_text import date_text, linked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.conversation.block_reader import BlockReader
    from bot.core.conversation.content_parts import Part
    from bot.core.conversation.json_payload import Payload

PLACEHOLDERS = ("", "[no preview available]", "This content can't be displayed.")
"""Quotes what Slack itself says where an app has given it no words for those who cannot be shown its blocks."""

DEEPEST = 3  # forwarded messages within forwarded messages


def is_forwarded(attachment: Payload) -> bool:
    """Tells whether it is somebody's message that was forwarded, or linked to."""
    return any(attachment.get(name) for name in ("is_msg_unfurl", "is_share", "message_blocks"))


def quoted(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts as somebody else's: each line of their words behind a sign."""
    for part in parts:
        if isinstance(part, TextPart):
            part = TextPart("\n".join(f"> {line}" for line in part.text.split("\n")))
        yield part


def read_attachment(attachment: Payload, reader: BlockReader, depth: int = 0) -> Iterator[Part]:
    """Returns what a person reads in one attachment, from its top to its bottom. Its fall-back only where that is nothing."""
    if depth > DEEPEST:
        return
    if is_forwarded(attachment):
        said = list(quoted(_forwarded(attachment, reader, depth)))
    else:
        said = list(_shown(attachment, reader))
    if said:
        yield from said
    elif (fallback := reader.words(attachment.get("fallback"))) not in PLACEHOLDERS:
        yield TextPart(fallback)


def _shown(attachment: Payload, reader: BlockReader) -> Iterator[Part]:
    yield from _text(reader.words(attachment.get("pretext")))
    blocks = list(reader.read(as_payloads(attachment.get("blocks"))))
    # Slack shows the older fields only where there are no blocks.
    yield from blocks or _fields(attachment, reader)


def _fields(attachment: Payload, reader: BlockReader) -> Iterator[Part]:
    names = ("service_name", "author_name", "author_subname")
    yield from map(
        TextPart, dict.fromkeys(filter(None, (reader.words(attachment.get(one)) for one in names)))
    )
    title, text = reader.words(attachment.get("title")), reader.words(attachment.get("text"))
    yield from _text(title and linked(title, reader.words(attachment.get("title_link"))))
    yield from _text(text if text != title else "")
    for field in as_payloads(attachment.get("fields")):
        pair = (reader.words(field.get("title")), reader.words(field.get("value")))
        yield from _text(": ".join(filter(None, pair)))
    if attachment.get("image_url"):
        yield ImagePart("" if title or text else reader.words(attachment.get("fallback")))
    yield from _links(attachment, reader)
    yield from _files(attachment)
    yield from _footer(attachment, reader)


def _links(attachment: Payload, reader: BlockReader) -> Iterator[Part]:
    """The buttons that lead somewhere."""
    for action in as_payloads(attachment.get("actions")):
        url = reader.words(action.get("url"))
        yield from _text(url and linked(reader.words(action.get("text")), url))


def _forwarded(attachment: Payload, reader: BlockReader, depth: int) -> Iterator[Part]:
    said = [*_message(attachment, reader, depth), *_files(attachment)]
    if said:
        author_id = as_text(attachment.get("author_id"))
        name = reader.words(attachment.get("author_name")) or (f"@{author_id}" if author_id else "Somebody")
        yield TextPart(f"{name}:")
        yield from said
        yield from _footer(attachment, reader)


def _message(attachment: Payload, reader: BlockReader, depth: int) -> Iterator[Part]:
    """The words of a forwarded message: its own blocks before the text that stands for them."""
    messages = [as_payload(one.get("message")) for one in as_payloads(attachment.get("message_blocks"))]
    blocks = [part for one in messages for part in reader.read(as_payloads(one.get("blocks")))]
    yield from blocks or _text(reader.words(attachment.get("text")))
    for inner in (one for message in messages for one in as_payloads(message.get("attachments"))):
        yield from read_attachment(inner, reader, depth + 1)


def _files(attachment: Payload) -> Iterator[Part]:
    return map(file_part, as_payloads(attachment.get("files")))


def _footer(attachment: Payload, reader: BlockReader) -> Iterator[Part]:
    pair = (reader.words(attachment.get("footer")), date_text(as_text(attachment.get("ts"))))
    yield from _text(" | ".join(filter(None, pair)))


def _text(words: str) -> Iterator[Part]:
    if words:
        yield TextPart(words)
