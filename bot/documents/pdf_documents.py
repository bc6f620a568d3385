"""Reads the text of PDF files with pypdfium2, page by page.

Not by bounds: on a page that is turned, the text between two bounds glues rows of a table. U+FFFE is its sign for a hyphen at the
end of a line. What people have filled in stands below a page's text, of which it is no part.
"""

from __future__ import annotations

from contextlib import closing

import pypdfium2

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import MOST_PAGES
from bot.documents.pdf_forms import filled_in

_PASSWORD = "password"  # noqa: S105  (a word of the library's)


def read_pdf(content: bytes, chars: int) -> FileText | FileRefusal:
    """Returns the first pages, `chars` characters of them."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return FileRefusal.LOCKED if _PASSWORD in str(error).lower() else FileRefusal.BROKEN
    with closing(document):
        document.init_forms()
        pages = _pages(document, chars)
        if not any(pages):
            return FileRefusal.NO_TEXT  # scanned, most likely
        told = tuple(f"[Page {number}]\n{page}" for number, page in enumerate(pages, 1))
        return FileText(FileUnit.PAGES, told, len(document))


def _pages(document: pypdfium2.PdfDocument, chars: int) -> list[str]:
    pages: list[str] = []
    left = chars
    for number in range(min(len(document), MOST_PAGES)):
        text = _page(document, number)
        left -= len(text)
        if left < 0 and pages:
            break
        pages.append(text[:chars])
    return pages


def _page(document: pypdfium2.PdfDocument, number: int) -> str:
    with closing(document[number]) as page, closing(page.get_textpage()) as text:
        said = str(text.get_text_range())
        filled = "\n".join(filled_in(document.formenv, page))
    said = said.replace("\ufffe", "-").replace("\r\n", "\n").strip()
    return f"{said}\n[Filled in]\n{filled}".lstrip() if filled else said
