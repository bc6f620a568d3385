"""Excel files."""

from __future__ import annotations

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.sheet_documents import read_sheets
from tests.documents.samples import a_sheet


def test_rows_are_read_with_tabs_between_their_cells() -> None:
    found = read_sheets(a_sheet([["item", "eur"], ["green\ntea", 3.5], ["pot", 12]]), 1000)
    rows = ('[Sheet "Costs"]\nitem\teur', "green tea\t3.5", "pot\t12")
    assert found == FileText(FileUnit.ROWS, rows, 3)


def test_of_a_long_one_the_first_rows_are() -> None:
    found = read_sheets(a_sheet([[f"row {number}"] for number in range(500)]), 100)
    assert isinstance(found, FileText)
    assert found.pieces[:2] == ('[Sheet "Costs"]\nrow 0', "row 1")
    assert (len(found.pieces), found.total) == (13, 500)


def test_there_may_be_no_text_in_it() -> None:
    assert read_sheets(a_sheet([]), 1000) is FileRefusal.NO_TEXT
