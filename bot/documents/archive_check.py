"""Looks into a zip archive before anything is unpacked: its list of members tells how much that would be."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from bot.core.conversation.file_refusals import FileRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import IO

MOST_MEMBERS = 10_000
MOST_UNPACKED = 200 * 1024 * 1024  # bytes of all members together
MOST_RATIO = 100  # times its size that an archive may grow, where it is more than
SMALL = 10 * 1024 * 1024  # bytes
DEEPEST = 16  # folders within folders
_ENCRYPTED = 0x1


def refuse_archive(file: IO[bytes], size: int) -> FileRefusal | None:
    """Returns why an archive of `size` bytes is not unpacked; None where it may be."""
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError):
        return FileRefusal.CUT_SHORT  # the list is an archive's end
    return _refuse(members, size)


def _refuse(members: Sequence[zipfile.ZipInfo], size: int) -> FileRefusal | None:
    if any(one.flag_bits & _ENCRYPTED for one in members):
        return FileRefusal.LOCKED
    unpacked = sum(one.file_size for one in members)
    grows = unpacked > SMALL and unpacked > MOST_RATIO * size
    deep = any(one.filename.count("/") > DEEPEST for one in members)
    if len(members) > MOST_MEMBERS or unpacked > MOST_UNPACKED or grows or deep:
        return FileRefusal.TOO_COMPLEX
    return None
