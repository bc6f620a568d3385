"""Reads one document, in a process of its own: python -P -m bot.documents.parser_main KIND CHARS MEMORY SECONDS < file

What strangers wrote may be made to use up memory and time, or to break a library written in C. So it is read here, where the system
sets bounds, and whoever started this ends it. It opens no file and no connection, and has no token.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING

from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_kinds import HEAD, ZIPPED, FileKind, contradicts, is_locked
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.archive_check import refuse_archive
from bot.documents.parse_job import read_job, write_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import IO

    from bot.core.conversation.attached_files import FileContent
    from bot.documents.parse_job import ParseJob

NICENESS = 10  # answers that are being written go first


def main(arguments: Sequence[str], source: IO[bytes], target: IO[bytes]) -> None:
    """Reads the job's file from `source`, and writes the reply to `target`."""
    job = read_job(arguments)
    set_bounds(job)
    target.write(write_reply(read_document(job, source.read())))
    target.flush()


def read_document(job: ParseJob, content: bytes) -> FileContent | FileRefusal:
    """Returns what stands in a file, or why it is not read."""
    if (refusal := _refuse(job.kind, content)) is not None:
        return refusal
    try:
        return _READERS[job.kind](content, job.chars)
    except MemoryError:
        return FileRefusal.TOO_COMPLEX
    except ImportError:
        return FileRefusal.NO_READER
    except Exception:
        # A library may raise whatever it likes over a damaged file; nobody but its sender can mend that.
        return FileRefusal.BROKEN


def _refuse(kind: FileKind, content: bytes) -> FileRefusal | None:
    head = content[:HEAD]
    if is_locked(kind, head):
        return FileRefusal.LOCKED
    if contradicts(kind, head):
        return FileRefusal.WRONG_TYPE
    return refuse_archive(BytesIO(content), len(content)) if kind in ZIPPED else None


def set_bounds(job: ParseJob) -> None:
    """Lets the system end this process where it uses more than the job allows. Not on Windows, which has no such bounds."""
    with suppress(AttributeError):
        os.nice(NICENESS)
    try:
        import resource
    except ImportError:
        return
    bounds = {
        resource.RLIMIT_AS: job.memory,
        resource.RLIMIT_CPU: job.seconds,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, most in bounds.items():
        with suppress(ValueError, OSError):  # a system that does not count this, or has less already
            resource.setrlimit(what, (most, most))


def _pdf(content: bytes, chars: int) -> FileContent | FileRefusal:
    from bot.documents.pdf_documents import read_pdf

    return read_pdf(content, chars)


def _word(content: bytes, chars: int) -> FileContent | FileRefusal:
    from bot.documents.word_documents import read_word

    return read_word(content, chars)


def _slides(content: bytes, chars: int) -> FileContent | FileRefusal:
    from bot.documents.slide_documents import read_slides

    return read_slides(content, chars)


def _sheets(content: bytes, chars: int) -> FileContent | FileRefusal:
    from bot.documents.sheet_documents import read_sheets

    return read_sheets(content, chars)


def _picture(content: bytes, _chars: int) -> FileContent | FileRefusal:
    from bot.documents.picture_scaling import read_picture

    return read_picture(content)


def _lines(content: bytes, chars: int, unit: FileUnit = FileUnit.LINES) -> FileContent | FileRefusal:
    from bot.documents.text_documents import read_text

    return read_text(content, chars, unit=unit)


def _rows(content: bytes, chars: int) -> FileContent | FileRefusal:
    return _lines(content, chars, FileUnit.ROWS)


_READERS: dict[FileKind, Callable[[bytes, int], FileContent | FileRefusal]] = {
    FileKind.PDF: _pdf,
    FileKind.WORD: _word,
    FileKind.SLIDES: _slides,
    FileKind.SHEET: _sheets,
    FileKind.PICTURE: _picture,
    FileKind.TEXT: _lines,
    FileKind.CSV: _rows,
}

if __name__ == "__main__":
    main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer)
