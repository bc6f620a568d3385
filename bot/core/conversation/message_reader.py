"""Reads what a message says, from Slack's payload of any kind: the parts that a person would read in it, each once.

    blocks, or the text where these say nothing ── files ── attachments, each below the other

Slack says most things several times: `text` stands for the blocks where these cannot be shown, `fallback` for an attachment.
What people see counts, and its stand-in only where nothing of it can be read. Never raises, however odd the payload.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.core.conversation.attachment_reader import PLACEHOLDERS, is_forwarded, read_attachment
from bot.core.conversation.block_reader import BlockReader, file_part, grid, in_cell
from bot.core.conversation.content_parts import (
    EditedPart,
    FilePart,
    TextPart,
    UnreadablePart,
    joined,
    text_parts,
)
from bot.core.conversation.json_payload import as_list, as_payload, as_payloads, as_text
from bot.core.conversation.rich_text_reader import MARKDOWN, rich_text_words
from bot.core.conversation.slack_text import plain_text
from bot.core.markdown.parse.spans import WORD_JOINER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.core.conversation.content_parts import Part, Parts
    from bot.core.conversation.json_payload import Payload

MOST = 40_000
"""Characters of a message that are read: as many as Slack keeps of a text (docs.slack.dev, chat.postMessage)."""
PICTURE = 100  # characters that a picture or a file counts as, so that countless ones come to an end as well
CUT = "[…]"

_LINKED = re.compile(r"(.+) \(([A-Za-z][A-Za-z0-9+.-]*:\S+)\)", re.DOTALL)
_CODE_OR_LESS = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)|&lt;", re.DOTALL)


def read_message(message: Payload, *, bot_user: str = "") -> Parts:
    """Returns what somebody says with `message`, in an event or in a thread. `bot_user` is our own user id.

    None at all where there is nothing but our own mention. One `UnreadablePart` where there is something to see, and
    nothing of it to read.
    """
    reader, room = BlockReader(bot_user), _Room()
    body = list(room.within(_body(message, reader)))
    parts = _lines(body)
    parts = joined(parts, tuple(room.within(map(file_part, as_payloads(message.get("files"))))))
    for attachment in as_payloads(message.get("attachments")):
        below = read_attachment(attachment, reader)
        # What somebody else said may be what the sender says as well.
        fresh = below if is_forwarded(attachment) else _fresh(below, _said(body))
        parts = joined(parts, _lines(room.within(fresh)))
    if parts and message.get("edited") and not message.get("bot_id"):  # Slack marks people's edits only
        return (*parts, EditedPart())
    return parts or ((UnreadablePart(),) if _shows_something(message, reader) else ())


def read_own_message(message: Payload) -> Parts:
    """Returns what we said ourselves with `message`: the Markdown that was written, without what stands around it."""
    if written := written_blocks(message):
        return text_parts("\n\n".join(map(_as_written, written)))
    blocks = as_payloads(message.get("blocks"))
    rich = [rich_text_words(one, notation=MARKDOWN) for one in blocks if one.get("type") == "rich_text"]
    words = "\n\n".join(filter(None, rich)) or plain_text(as_text(message.get("text")))
    return text_parts(words.replace(WORD_JOINER, ""))


def written_blocks(message: Payload) -> list[str]:
    """Returns the Markdown in a message of ours, block by block; a table that people can sort, or a chart, as the Markdown that it was."""
    written: list[str] = []
    for block in as_payloads(message.get("blocks")):
        if block.get("type") == "markdown":
            written.append(as_text(block.get("text")))
        elif block.get("type") == "data_table":
            written.append(_written_table(block))
        elif block.get("type") == "data_visualization":
            written.append(_written_chart(block))
    return written


def _written_table(block: Payload) -> str:
    rows = [[_written_cell(as_payload(one)) for one in as_list(row)] for row in as_list(block.get("rows"))]
    return grid(rows, columns=len(rows[0]) if rows else 0)


def _written_chart(block: Payload) -> str:
    """Its title and its figures, a column for each series."""
    chart = as_payload(block.get("chart"))
    series = as_payloads(chart.get("series")) or [{"name": chart.get("type"), "data": chart.get("segments")}]
    columns = [as_payloads(one.get("data")) for one in series]
    header = ["", *(in_cell(as_text(one.get("name"))) for one in series)]
    rows = [
        [in_cell(as_text(row[0].get("label"))), *(as_text(one.get("value")) for one in row)]
        for row in zip(*columns, strict=False)
    ]
    return f"**{as_text(block.get('title'))}**\n\n{grid([header, *rows], columns=len(header))}"


def _written_cell(cell: Payload) -> str:
    rich = cell.get("type") == "rich_text"
    words = rich_text_words(cell, notation=MARKDOWN) if rich else as_text(cell.get("text"))
    return in_cell(words)


def _as_written(markdown: str) -> str:
    """A text without what guards it in Slack: the model is not to learn to write so."""
    text = markdown.replace(WORD_JOINER, "")
    return _CODE_OR_LESS.sub(lambda match: "<" if match[0] == "&lt;" else match[0], text)


def _body(message: Payload, reader: BlockReader) -> Iterator[Part]:
    blocks = as_payloads(message.get("blocks"))
    shown = list(reader.read(blocks))
    text = reader.words(as_text(message.get("text")))
    # Of a kind that is not known yet, the text may tell more than what could be read of it.
    if text not in PLACEHOLDERS and not (shown and all(map(reader.knows, blocks))):
        yield TextPart(text)
    yield from shown


def _shows_something(message: Payload, reader: BlockReader) -> bool:
    """Tells whether there is more in a message than words: of those, nothing is left only where they are our mention."""
    kinds = {as_text(block.get("type")) for block in as_payloads(message.get("blocks"))}
    placeholder = reader.words(as_text(message.get("text"))) in PLACEHOLDERS[1:]
    return bool(kinds - {"rich_text"}) or placeholder or bool(message.get("attachments"))


def _lines(parts: Iterable[Part]) -> Parts:
    """The parts with words that follow each other in one, a line each."""
    lined: list[Part] = []
    for part in parts:
        if lined and isinstance(part, TextPart) and isinstance(lined[-1], TextPart):
            lined[-1] = TextPart(f"{lined[-1].text}\n{part.text}")
        else:
            lined.append(part)
    return tuple(lined)


def _said(parts: Iterable[Part]) -> set[str]:
    """The pieces and the lines that have been said."""
    texts = [part.text for part in parts if isinstance(part, TextPart)]
    return {_key(line) for text in texts for line in (text, *text.split("\n"))}


def _key(words: str) -> str:
    return " ".join(words.split())


def _fresh(parts: Iterable[Part], said: set[str]) -> Iterator[Part]:
    """Returns what of an attachment its message has not said before; of a link with a known label its address."""
    for part in parts:
        if isinstance(part, TextPart):
            label = _LINKED.fullmatch(part.text)
            if label and _key(label[1]) in said:
                part = TextPart(label[2])
            if _key(part.text) in said:
                continue
        yield part


class _Room:
    """Says how much more of a message is read."""

    def __init__(self) -> None:
        self._left = MOST
        self._files: set[str] = set()

    def within(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts as long as there is room, and a sign where there is more. A file once, which Slack may tell of twice."""
        for part in parts:
            if isinstance(part, FilePart) and not self._is_new(part):
                continue
            length = len(part.text) if isinstance(part, TextPart) else PICTURE
            before, self._left = self._left, self._left - length
            if self._left >= 0:
                yield part
            elif before >= 0:
                yield TextPart((part.text[:before] if isinstance(part, TextPart) else "") + CUT)
            else:
                return

    def _is_new(self, file: FilePart) -> bool:
        known = bool(file.id) and file.id in self._files
        self._files.add(file.id)
        return not known
