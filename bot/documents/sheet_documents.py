"""Reads Excel files with python-calamine: each sheet's rows, cells with tabs between.

The library gives cells with an error, and formulas that nobody has calculated yet, as empty ones.
"""

from __future__ import annotations

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
    return FileText(FileUnit.ROWS, first_pieces(rows, chars), max(total, len(rows)))


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
