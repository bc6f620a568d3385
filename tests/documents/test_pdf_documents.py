"""The text of PDF files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pypdfium2

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.pdf_documents import read_pdf
from tests.documents.samples import a_pdf

if TYPE_CHECKING:
    import pytest


def test_pages_are_read_with_their_numbers() -> None:
    pages = ("[Page 1]\nSparkling", "[Page 2]\nwater")
    assert read_pdf(a_pdf("Sparkling", "water"), 1000) == FileText(FileUnit.PAGES, pages, 2)


def test_of_a_long_one_the_first_pages_are() -> None:
    found = read_pdf(a_pdf(*("word " * 10 for _ in range(20))), 200)
    assert isinstance(found, FileText)
    assert (len(found.pieces), found.total) == (4, 20)


def test_of_a_long_page_its_beginning_is() -> None:
    assert read_pdf(a_pdf("Sparkling"), 5) == FileText(FileUnit.PAGES, ("[Page 1]\nSpark",), 1)


def test_there_may_be_no_text_in_it() -> None:
    assert read_pdf(a_pdf("", ""), 1000) is FileRefusal.NO_TEXT


def test_a_damaged_one_is_told_from_one_with_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_pdf(b"%PDF-1.4 and nothing more", 1000) is FileRefusal.BROKEN

    def locked(_: bytes) -> None:
        raise pypdfium2.PdfiumError("Failed to load document (PDFium: Incorrect password error).")

    monkeypatch.setattr(pypdfium2, "PdfDocument", locked)
    assert read_pdf(b"", 1000) is FileRefusal.LOCKED
