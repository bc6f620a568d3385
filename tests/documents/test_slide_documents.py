"""PowerPoint files."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pptx
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.util import Inches

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.slide_documents import read_slides
from tests.documents.samples import a_picture, slides

if TYPE_CHECKING:
    from collections.abc import Callable

COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def test_slides_are_read_with_their_numbers_and_notes() -> None:
    found = read_slides(slides(("Bubbles", "They rise", "Smile"), ("Thanks", "", "")), 1000)
    told = ("[Slide 1]\nBubbles\nThey rise\nNotes: Smile", "[Slide 2]\nThanks")
    assert found == FileText(FileUnit.SLIDES, told, 2)


def a_show_with(draw: Callable[[Any], None]) -> bytes:
    """A PowerPoint file of one slide, on whose shapes somebody has drawn."""
    show, out = pptx.Presentation(), BytesIO()
    draw(show.slides.add_slide(show.slide_layouts[6]).shapes)
    show.save(out)
    return out.getvalue()


def read(draw: Callable[[Any], None]) -> str:
    """What is read of the only slide."""
    found = read_slides(a_show_with(draw), 1000)
    assert isinstance(found, FileText)
    return found.pieces[0].removeprefix("[Slide 1]\n")


INCH = Inches(1)
CATEGORIES: Any = CategoryChartData  # the library has no types
PAIRS: Any = XyChartData
PLACE = (INCH, INCH, INCH, INCH)


def test_tables_and_groups_are_read_and_pictures_are_not() -> None:
    def draw(shapes: Any) -> None:
        table = shapes.add_table(1, 2, *PLACE).table
        table.cell(0, 0).text, table.cell(0, 1).text = "tea\nand milk", "3"
        shapes.add_picture(BytesIO(a_picture()), INCH, INCH)
        inner = shapes.add_group_shape().shapes.add_group_shape()
        inner.shapes.add_textbox(*PLACE).text_frame.text = "together"

    assert read(draw) == "| tea and milk | 3 |\ntogether"


def test_a_chart_is_read_as_its_title_and_numbers() -> None:
    def draw(shapes: Any) -> None:
        data = CATEGORIES()
        data.categories = ["May", "June"]
        data.add_series("Tea", (1234567, 2.5))
        data.add_series("Milk", (3, None))
        chart = shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, *PLACE, data).chart
        chart.chart_title.text_frame.text = "Cups"

    assert read(draw) == "Cups\nTea: May 1234567, June 2.5\nMilk: May 3"


def test_a_chart_of_points_without_a_title_is_read_as_pairs() -> None:
    def draw(shapes: Any) -> None:
        data = PAIRS()
        data.add_series("Tea").add_data_point(1, 7)
        shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, *PLACE, data).chart.has_title = False

    assert read(draw) == "Tea: 1 7"


def test_a_shape_that_is_there_in_two_forms_is_read_once_with_its_formula() -> None:
    def draw(shapes: Any) -> None:
        box = shapes.add_textbox(*PLACE)
        box.text_frame.text = "where "
        paragraph = box.element.find(f".//{{{DRAWING}}}p")
        math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
        paragraph.append(parse_xml(f"<m:oMath xmlns:m='{math}'><m:r><m:t>x=1</m:t></m:r></m:oMath>"))
        both = parse_xml(
            f"<mc:AlternateContent xmlns:mc='{COMPATIBILITY}'><mc:Choice/><mc:Fallback/></mc:AlternateContent>"
        )
        parent = box.element.getparent()
        both[1].append(deepcopy(box.element))
        both[0].append(box.element)
        parent.append(both)

    assert read(draw) == "where x=1"


def test_a_diagram_is_read_by_its_words() -> None:
    words = "<dgm:pt><dgm:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></dgm:t></dgm:pt>"
    data = f"<dgm:dataModel xmlns:dgm='{DIAGRAM}' xmlns:a='{DRAWING}'>{words.format('first')}{words.format('then')}</dgm:dataModel>"

    def draw(shapes: Any) -> None:
        part = shapes.part
        name = PackURI("/ppt/diagrams/data1.xml")
        found = part.relate_to(
            Part(name, "application/xml", part.package, data.encode()), f"{RELATIONS}/diagramData"
        )
        frame = shapes.add_table(1, 1, *PLACE).element
        graphic = frame.find(f".//{{{DRAWING}}}graphicData")
        graphic.clear()
        graphic.append(parse_xml(f"<dgm:relIds xmlns:dgm='{DIAGRAM}' xmlns:r='{RELATIONS}' r:dm='{found}'/>"))

    assert read(draw) == "first\nthen"


def test_the_number_of_a_slide_and_breaks_of_lines_are_no_words() -> None:
    def draw(shapes: Any) -> None:
        box = shapes.add_textbox(*PLACE)
        box.text_frame.text = "one\vtwo"
        number = f"<a:fld xmlns:a='{DRAWING}' type='slidenum' id='{{1}}'><a:t>7</a:t></a:fld>"
        box.element.find(f".//{{{DRAWING}}}p").append(parse_xml(number))

    assert read(draw) == "one\ntwo"


def test_there_may_be_no_text_in_it() -> None:
    assert read_slides(slides(("", "", "")), 1000) is FileRefusal.NO_TEXT
