"""Reads PowerPoint files with python-pptx: what stands on each slide, its tables, charts and diagrams, and what its speaker has noted.

By the elements of a slide, since the library's own list of shapes leaves out those that are there in a newer and an older form (any
text with a formula in it), and the words of diagrams, which are a part of their own.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pptx
from pptx.oxml import parse_xml
from pptx.oxml.ns import qn

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import MOST_PAGES
from bot.documents.text_documents import first_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARAGRAPH, _TABLE, _ROW, _CELL = qn("a:p"), qn("a:tbl"), qn("a:tr"), qn("a:tc")
_TEXTS, _BREAK, _FIELD = frozenset({qn("a:t"), qn("m:t")}), qn("a:br"), qn("a:fld")
_CHART, _DIAGRAM = qn("c:chart"), "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_SERIES, _CHART_ID, _DIAGRAM_ID = qn("c:ser"), qn("r:id"), qn("r:dm")
_TWICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
"""Names shapes as old programs draw them; the newer form stands beside it."""


def read_slides(content: bytes, chars: int) -> FileText | FileRefusal:
    """Returns the first slides, `chars` characters of them."""
    slides: Any = pptx.Presentation(BytesIO(content)).slides
    said = ["\n".join(filter(None, _slide(slide))) for slide in list(slides)[:MOST_PAGES]]
    if not any(said):
        return FileRefusal.NO_TEXT
    told = [f"[Slide {number}]\n{words}" for number, words in enumerate(said, 1)]
    return FileText(FileUnit.SLIDES, first_pieces(told, chars), len(slides))


def _slide(slide: Any) -> Iterator[str]:
    yield from _walk(slide.element, slide.part)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None and notes.text:
        yield f"Notes: {notes.text}"


def _walk(element: Any, part: Any) -> Iterator[str]:
    for child in element:
        if child.tag == _PARAGRAPH:
            yield _words(child)
        elif child.tag == _TABLE:
            yield from map(_row, child.iterchildren(_ROW))
        elif child.tag == _CHART:
            yield from _chart(parse_xml(part.related_part(child.get(_CHART_ID)).blob))
        elif child.tag == _DIAGRAM:
            yield from _walk(parse_xml(part.related_part(child.get(_DIAGRAM_ID)).blob), part)
        elif child.tag != _TWICE:
            yield from _walk(child, part)


def _row(row: Any) -> str:
    cells = (
        " ".join(" ".join(map(_words, cell.iter(_PARAGRAPH))).split()) for cell in row.iterchildren(_CELL)
    )
    return f"| {' | '.join(cells)} |"


def _words(element: Any) -> str:
    """Returns the words of a paragraph. The number of the slide is none of them."""
    if element.tag in _TEXTS:
        return element.text or ""
    if element.tag == _BREAK:
        return "\n"
    if element.tag == _TWICE or (element.tag == _FIELD and element.get("type") == "slidenum"):
        return ""
    return "".join(map(_words, element))


def _chart(root: Any) -> Iterator[str]:
    """Yields a chart's title, and a line for each of its series: by its elements, whatever kind of chart it is."""
    yield from map(_words, root.xpath("c:chart/c:title//a:p"))
    for series in root.iter(_SERIES):
        name = " ".join(point.text or "" for point in series.xpath("c:tx//c:v"))
        yield f"{name}: {', '.join(_points(series))}".removeprefix(": ")


def _points(series: Any) -> Iterator[str]:
    categories = _cached(series, "c:cat", "c:xVal")
    for place, value in _cached(series, "c:val", "c:yVal").items():
        yield f"{categories.get(place, '')} {value}".lstrip()


def _cached(series: Any, *names: str) -> dict[str, str]:
    """Returns the values of a series that the file holds, by their places."""
    points = (point for name in names for point in series.xpath(f"{name}//c:pt"))
    return {point.get("idx"): "".join(point.itertext()).strip() for point in points}
