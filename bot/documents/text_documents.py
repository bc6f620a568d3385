"""Reads plain text, code and CSV, in whatever encoding they came."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.file_refusals import FileRefusal

if TYPE_CHECKING:
    from bot.core.conversation.content_parts import FileUnit

_MARKED = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LAST_GUESS = "cp1252"
"""Names what is neither UTF-8 nor known to a library: what old programs of the West write, and no text fails in it."""
SAMPLE = 100_000  # bytes that an encoding is guessed by
LEAST = 200  # bytes: fewer look like any language


def read_text(content: bytes, chars: int, *, unit: FileUnit) -> FileText | FileRefusal:
    """Returns the first `chars` characters, by lines."""
    lines = decode(content).splitlines()
    if not any(line.strip() for line in lines):
        return FileRefusal.NO_TEXT
    return FileText(unit, first_pieces(lines, chars), len(lines))


def decode(content: bytes) -> str:
    """Returns a text of unknown encoding; signs that make no sense in it are replaced."""
    for mark, name in _MARKED:
        if content.startswith(mark):
            return content.decode(name, errors="replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode(_guess(content), errors="replace")


def _guess(content: bytes) -> str:
    if len(content) < LEAST:
        return LAST_GUESS
    # Imported here: it belongs to somebody else's requirements, and hardly any text needs it.
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return LAST_GUESS
    best = from_bytes(content[:SAMPLE]).best()
    return best.encoding if best is not None else LAST_GUESS


def first_pieces(pieces: list[str], chars: int) -> tuple[str, ...]:
    """Returns as many whole pieces as fit in so many characters, and of the first, where it alone does not, its beginning."""
    left = chars
    for number, piece in enumerate(pieces):
        left -= len(piece) + 1
        if left < 0:
            return tuple(pieces[:number]) or (piece[:chars],)
    return tuple(pieces)
