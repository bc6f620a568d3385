"""What people have filled into PDF files."""

from __future__ import annotations

import pytest

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.pdf_documents import read_pdf
from tests.documents.samples import a_pdf_form

FIELD = "/Subtype /Widget /T (name)"
TICK = f"{FIELD} /FT /Btn /AP << /N << /Yes 5 0 R /Off 5 0 R >> >>"


def read(*annotations: str, words: str = "A form") -> str:
    """What is read of the only page."""
    found = read_pdf(a_pdf_form(words, *annotations), 1000)
    assert isinstance(found, FileText)
    return found.pieces[0].removeprefix("[Page 1]\n")


def test_what_is_filled_in_stands_below_the_text_of_its_page() -> None:
    assert read(f"{FIELD} /FT /Tx /V (Grace)") == "A form\n[Filled in]\nname: Grace"


def test_a_field_is_named_as_people_see_it() -> None:
    assert read(f"{FIELD} /TU (Your name) /FT /Tx /V (Grace)") == "A form\n[Filled in]\nYour name: Grace"


def test_signs_of_any_script_are_kept() -> None:
    assert read(f"{FIELD} /FT /Tx /V <FEFF00DCD83DDE00>") == "A form\n[Filled in]\nname: Ü😀"


@pytest.mark.parametrize(
    "field",
    ["/FT /Tx", "/FT /Tx /V ()", "/FT /Tx /Ff 8192 /V (secret)", "/FT /Btn /Ff 65536", "/FT /Sig"],
    ids=["open", "empty", "a password", "a button", "a signature"],
)
def test_a_field_with_nothing_to_read_is_no_line(field: str) -> None:
    assert read(f"{FIELD} {field}") == "A form"


def test_a_box_is_read_where_it_is_ticked() -> None:
    assert read(f"{TICK} /V /Yes /AS /Yes", f"{TICK} /V /Off /AS /Off") == "A form\n[Filled in]\nname: Yes"


def test_a_choice_is_read() -> None:
    assert (
        read(f"{FIELD} /FT /Ch /Ff 131072 /Opt [(tea) (milk)] /V (milk)") == "A form\n[Filled in]\nname: milk"
    )


def test_a_note_that_was_typed_on_the_page_is_read_and_a_link_is_none() -> None:
    note, link = "/Subtype /FreeText /Contents (Paid)", "/Subtype /Link /Contents (a link)"
    assert read(note, link) == "A form\n[Filled in]\nPaid"


def test_a_page_may_have_nothing_but_what_was_filled_in() -> None:
    assert read(f"{FIELD} /FT /Tx /V (Grace)", words="") == "[Filled in]\nname: Grace"
    assert read_pdf(a_pdf_form("", FIELD), 1000) is FileRefusal.NO_TEXT
