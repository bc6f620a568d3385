"""Knows which documents can be read here: the libraries for most of them are an extra, `teleprinter[files]`."""

from __future__ import annotations

from importlib.util import find_spec

from bot.core.conversation.file_kinds import FileKind

EXTRA = 'pip install "teleprinter[files]"'
"""Says how the libraries are had."""
_NEEDED = {
    FileKind.PDF: "pypdfium2",
    FileKind.WORD: "docx",
    FileKind.SHEET: "python_calamine",
    FileKind.SLIDES: "pptx",
}
_BUILT_IN = frozenset({FileKind.TEXT, FileKind.CSV, FileKind.PICTURE})


def readable_kinds() -> frozenset[FileKind]:
    """Returns the kinds of files that can be read here. Pictures need no library; with one they are scaled."""
    return _BUILT_IN | {kind for kind, library in _NEEDED.items() if is_here(library)}


def missing_kinds() -> list[str]:
    """Returns what a library is missing for, in words, in their order; nothing where all are here."""
    readable = readable_kinds()
    missing = [kind.value for kind in _NEEDED if kind not in readable]
    return [*missing, *([] if is_here("PIL") else ["large pictures"])]


def is_here(library: str) -> bool:
    """Tells whether a library is installed, without loading it."""
    return find_spec(library) is not None
