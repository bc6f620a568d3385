"""Reads PowerPoint files with python-pptx: what stands on each slide, its tables, and what its speaker has noted."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pptx

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import MOST_PAGES
from bot.documents.text_documents import first_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 8  # groups of shapes within groups


def read_slides(content: bytes, chars: int) -> FileText | FileRefusal:
    """Returns the first slides, `chars` characters of them."""
    slides: Any = pptx.Presentation(BytesIO(content)).slides
    said = ["\n".join(filter(None, _slide(slide))) for slide in list(slides)[:MOST_PAGES]]
    if not any(said):
        return FileRefusal.NO_TEXT
    told = [f"[Slide {number}]\n{words}" for number, words in enumerate(said, 1)]
    return FileText(FileUnit.SLIDES, first_pieces(told, chars), len(slides))


def _slide(slide: Any) -> Iterator[str]:
    yield from _shapes(slide.shapes)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None and notes.text:
        yield f"Notes: {notes.text}"


def _shapes(shapes: Any, depth: int = 0) -> Iterator[str]:
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes, depth + 1) if depth < DEEPEST else ()
        elif shape.has_text_frame:
            yield shape.text_frame.text
        elif shape.has_table:
            yield from (
                f"| {' | '.join(' '.join(cell.text.split()) for cell in row.cells)} |"
                for row in shape.table.rows
            )
