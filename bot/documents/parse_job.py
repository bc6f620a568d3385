"""Defines what the process that reads a document is asked, and how it replies: a line of JSON, and bytes behind it.

    the bot                          the process
    arguments: kind, limits     ──►
    the file, on standard input ──►  reads it
                                ◄──  {"unit": "pages", "total": 40, "sizes": [812, 1490]}\\n and the pages, as UTF-8
                                or   {"mimetype": "image/png"}\\n and the picture
                                or   {"refusal": "locked"}\\n

Whatever else comes is no reply.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.attached_files import FileText, Picture
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_kinds import HEAD, FileKind, picture_type
from bot.core.conversation.file_refusals import FileRefusal
from bot.core.conversation.json_payload import as_list, as_payload

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.attached_files import FileContent

MOST_PAGES = 500
"""Pages, slides or sheets that are looked into: a document of more is read from its beginning."""
LONGEST_SIDE = 1568
"""Pixels of a picture's longer side: Anthropic's vision page (November 2026) scales down what is larger, and OpenAI's has it smaller."""

MOST_PICTURE = 8 * 1024 * 1024  # bytes
LEAST_REPLY = 64 * 1024  # bytes, of a reply with hardly any text


@dataclass(frozen=True, slots=True)
class ParseJob:
    """Says what a file is read as. `chars` is the most of its text that comes back; the others are what its process may use:
    bytes of memory, and seconds of processor."""

    kind: FileKind
    chars: int
    memory: int = 512 * 1024 * 1024
    seconds: int = 10

    @property
    def most_reply(self) -> int:
        """Returns the bytes that an honest reply may have: of a text four a character, and as many for the sizes of its lines."""
        return MOST_PICTURE if self.kind is FileKind.PICTURE else 8 * self.chars + LEAST_REPLY

    def arguments(self) -> list[str]:
        """Returns the job as arguments of a command."""
        return [self.kind.value, str(self.chars), str(self.memory), str(self.seconds)]


def read_job(arguments: Sequence[str]) -> ParseJob:
    """Returns the job of a command's arguments."""
    kind, chars, memory, seconds = arguments
    return ParseJob(FileKind(kind), int(chars), int(memory), int(seconds))


def write_reply(found: FileContent | FileRefusal) -> bytes:
    """Returns the reply as bytes."""
    if isinstance(found, FileRefusal):
        return json.dumps({"refusal": found.value}).encode() + b"\n"
    if isinstance(found, Picture):
        return json.dumps({"mimetype": found.mimetype}).encode() + b"\n" + found.data
    pieces = [piece.encode(errors="replace") for piece in found.pieces]
    head = {"unit": found.unit.value, "total": found.total, "sizes": [len(piece) for piece in pieces]}
    return json.dumps(head).encode() + b"\n" + b"".join(pieces)


def read_reply(said: bytes) -> FileContent | FileRefusal | None:
    """Returns what a process has replied; None where that is no reply."""
    line, _, rest = said.partition(b"\n")
    try:
        head = as_payload(json.loads(line))
        if refusal := head.get("refusal"):
            return FileRefusal(refusal)
        if "mimetype" in head:
            # By its own bytes: what read it may have been talked into anything.
            mimetype = picture_type(rest[:HEAD])
            return Picture(rest, mimetype) if mimetype else None
        return _text(FileUnit(head.get("unit")), head.get("total"), as_list(head.get("sizes")), rest)
    except (ValueError, RecursionError):
        return None  # a process that was ended in the midst of a word, or one that is none of ours


def _text(unit: FileUnit, total: object, sizes: Sequence[object], rest: bytes) -> FileText | None:
    pieces: list[str] = []
    for size in sizes:
        if not isinstance(size, int) or not 0 <= size <= len(rest):
            return None
        pieces.append(rest[:size].decode(errors="replace"))
        rest = rest[size:]
    if not pieces or rest or not isinstance(total, int) or total < len(pieces):
        return None
    return FileText(unit, tuple(pieces), total)
