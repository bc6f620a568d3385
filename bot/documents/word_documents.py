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
_SIGNS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXT = qn("w:t")


def read_word(content: bytes, chars: int) -> FileText | FileRefusal:
    """Returns the first `chars` characters, by paragraphs; a row of a table is one."""
    said = [words for words in _walk(docx.Document(BytesIO(content)).element.body) if words.strip()]
    if not said:
        return FileRefusal.NO_TEXT
    return FileText(FileUnit.PARAGRAPHS, first_pieces(said, chars), len(said))


def _walk(element: Any) -> Iterator[str]:
    for child in element:
        if child.tag == _PARAGRAPH:
            yield _words(child)
        elif child.tag == _TABLE:
            yield from _rows(child)
        else:
            yield from _walk(child)


def _rows(table: Any) -> Iterator[str]:
    for row in table.iter(_ROW):
        cells = [" ".join(_words(cell).split()) for cell in row.iter(_CELL)]
        yield f"| {' | '.join(cells)} |"


def _words(element: Any) -> str:
    return "".join(_SIGNS.get(one.tag, one.text or "" if one.tag == _TEXT else "") for one in element.iter())
