"""PowerPoint files."""

from __future__ import annotations

from io import BytesIO

import pptx
from pptx.util import Inches

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.slide_documents import DEEPEST, read_slides
from tests.documents.samples import a_picture, slides


def test_slides_are_read_with_their_numbers_and_notes() -> None:
    found = read_slides(slides(("Bubbles", "They rise", "Smile"), ("Thanks", "", "")), 1000)
    told = ("[Slide 1]\nBubbles\nThey rise\nNotes: Smile", "[Slide 2]\nThanks")
    assert found == FileText(FileUnit.SLIDES, told, 2)


def test_tables_and_groups_are_read_and_pictures_are_not() -> None:
    show, out, inch = pptx.Presentation(), BytesIO(), Inches(1)
    shapes = show.slides.add_slide(show.slide_layouts[6]).shapes
    table = shapes.add_table(1, 2, inch, inch, inch, inch).table
    table.cell(0, 0).text, table.cell(0, 1).text = "tea", "3"
    shapes.add_picture(BytesIO(a_picture()), inch, inch)
    group = shapes.add_group_shape()
    group.shapes.add_textbox(inch, inch, inch, inch).text_frame.text = "together"
    for _ in range(DEEPEST):
        group = group.shapes.add_group_shape()
    group.shapes.add_textbox(inch, inch, inch, inch).text_frame.text = "too deep"
    show.save(out)
    assert read_slides(out.getvalue(), 1000) == FileText(
        FileUnit.SLIDES, ("[Slide 1]\n| tea | 3 |\ntogether",), 1
    )


def test_there_may_be_no_text_in_it() -> None:
    assert read_slides(slides(("", "", "")), 1000) is FileRefusal.NO_TEXT
