"""Knows which documents can be read here: the libraries for most of them are an extra, `teleprinter[files]`."""

from __future__ import annotations

from importlib.util import find_spec

from bot.core.conversation.file_kinds import FileKind

EXTRA = 'pip install "teleprinter[files]"'
"""Says how the libraries are had."""
_NAMES = {
    FileKind.PDF: "PDF",
    FileKind.WORD: "Word",
    FileKind.SHEET: "Excel",
    FileKind.SLIDES: "PowerPoint",
}
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
    """Returns what a library is missing for, in words; nothing where all are here."""
    readable = readable_kinds()
    missing = [name for kind, name in _NAMES.items() if kind not in readable]
    return [*missing, *([] if is_here("PIL") else ["large pictures"])]


def is_here(library: str) -> bool:
    """Tells whether a library is installed, without loading it."""
    return find_spec(library) is not None


def missing_words() -> str:
    """Returns one line that names what is not read for want of a library, and the mend; "" where nothing is."""
    missing = ", ".join(missing_kinds())
    return (
        f"Of attached files these are not read, for want of a library: {missing}. To have them: {EXTRA}"
        if missing
        else ""
    )
