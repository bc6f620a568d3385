"""Reads Excel files with python-calamine: each sheet's rows, cells with tabs between.

The library gives cells with an error, and formulas that no program has calculated yet, as empty ones. So they are counted in the
file itself, and the model is told of them: a sum over such a column would be wrong without a word.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import python_calamine

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import MOST_PAGES
from bot.documents.text_documents import first_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_EMPTIED = re.compile(
    rb'<c [^>]*\bt="e"[^>]*>|</f>\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>|<f[^>]*/>\s*(?:<v\s*/>)?\s*</c>'
)
"""Finds cells that the library empties: those with an error, and formulas without a value."""
EMPTIED = (
    "[{count} of the cells hold an error, or a formula that was never calculated: they are empty here]\n"
)


def read_sheets(content: bytes, chars: int) -> FileText | FileRefusal:
    """Returns the first rows, `chars` characters of them. A sheet's name stands above its first row."""
    book: Any = python_calamine.CalamineWorkbook.from_filelike(BytesIO(content))
    rows, total, left = list[str](), 0, chars
    for name in book.sheet_names[:MOST_PAGES]:
        sheet = book.get_sheet_by_name(name)
        total += sheet.height
        if left > 0:
            found = list(_rows(name, sheet, left))
            rows += found
            left -= sum(map(len, found))
    if not any(row.strip() for row in rows):
        return FileRefusal.NO_TEXT
    if emptied := count_emptied(content):
        rows[0] = EMPTIED.format(count=emptied) + rows[0]
    return FileText(FileUnit.ROWS, first_pieces(rows, chars), max(total, len(rows)))


def count_emptied(content: bytes) -> int:
    """Returns how many cells of a workbook hold something that is read as nothing."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [
            name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")
        ]
        return sum(len(_EMPTIED.findall(archive.read(name))) for name in sheets)


def _rows(name: str, sheet: Any, chars: int) -> Iterator[str]:
    title = f'[Sheet "{name}"]\n'
    for row in sheet.iter_rows():
        if chars < 0:
            return
        line = title + "\t".join(map(_cell, row)).rstrip()
        title = ""
        chars -= len(line)
        yield line


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return " ".join(str(value).split())
