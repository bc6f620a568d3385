"""Excel files."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.sheet_documents import count_emptied, read_sheets
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


def test_cells_that_the_library_empties_are_counted_and_told_of() -> None:
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Costs")
    sheet.write_row(0, 0, ["item", "eur"])
    sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!")
    sheet.write_formula(2, 0, "=A9", None, "")
    sheet.write_formula(3, 0, "=1+1", None, 2)
    book.close()
    assert count_emptied(out.getvalue()) == 2
    found = read_sheets(out.getvalue(), 1000)
    assert isinstance(found, FileText)
    assert found.pieces[0].startswith("[2 of the cells hold an error, or a formula that was never calculated")
    assert (len(found.pieces), found.total) == (4, 4)
