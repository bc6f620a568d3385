"""Reads Word files with python-docx: paragraphs and tables in their order, and what stands in content controls and in changes that
nobody has accepted yet, which the library's own list of paragraphs leaves out."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
from docx.oxml.ns import qn

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.text_documents import first_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
_TEXT_BOX = qn("w:txbxContent")
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXTS = frozenset({qn("w:t"), qn("m:t")})
_TWICE = frozenset(
    {"{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", qn("w:moveFrom")}
)
"""Names what stands elsewhere in the file once more: shapes as old programs draw them, and where a moved text was."""


def read_word(content: bytes, chars: int) -> FileText | FileRefusal:
    """Returns the first `chars` characters, by paragraphs; a row of a table is one."""
    said = [words for words in _walk(docx.Document(BytesIO(content)).element.body) if words.strip()]
    if not said:
        return FileRefusal.NO_TEXT
    return FileText(FileUnit.PARAGRAPHS, first_pieces(said, chars), len(said))


def _walk(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == _PARAGRAPH:
            yield from _paragraph(child)
        elif child.tag == _TABLE:
            yield from _rows(child)
        elif child.tag not in _TWICE:
            yield from _walk(child)


def _paragraph(paragraph: Any) -> Iterator[str]:
    yield _words(paragraph)
    for box in _nearest(paragraph, _TEXT_BOX):
        yield from _walk(box)


def _rows(table: Any) -> Iterator[str]:
    """Yields a line a row. What stands in a table within a cell is read as words of that cell."""
    for row in _nearest(table, _ROW):
        cells = [
            " ".join(" ".join(map(_words, _nearest(cell, _PARAGRAPH))).split())
            for cell in _nearest(row, _CELL)
        ]
        yield f"| {' | '.join(cells)} |"


def _nearest(element: Any, tag: str) -> Iterator[Any]:
    """Yields the elements of that name within another, but none that lies within one of them."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _TWICE:
            yield from _nearest(child, tag)


def _words(element: Any) -> str:
    if element.tag in _TEXTS:
        return element.text or ""
    if element.tag == _TEXT_BOX or element.tag in _TWICE:
        return ""
    return _SIGNS.get(element.tag, "") + "".join(map(_words, element))
