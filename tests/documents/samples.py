"""Files as people attach them, made here: small, whole and harmless."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import docx
import pptx
import xlsxwriter
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def a_pdf(*pages: str) -> bytes:
    """A PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    things = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, words in enumerate(pages):
        drawn = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET"
        fonts = "<< /Font << /F1 3 0 R >> >>"
        place = f"/MediaBox [0 0 612 792] /Contents {5 + 2 * number} 0 R"
        things += [
            f"<< /Type /Page /Parent 2 0 R {place} /Resources {fonts} >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
        ]
    return _assembled(things)


def a_pdf_form(words: str, *annotations: str) -> bytes:
    """A PDF of one page with a line of text, and with these annotations, of which those with a type of field (`/FT`) are its form."""
    numbers = range(6, 6 + len(annotations))
    kids, fields = (
        " ".join(f"{number} 0 R" for number in chosen)
        for chosen in (numbers, [6 + n for n, one in enumerate(annotations) if "/FT" in one])
    )
    drawn = f"BT /F1 12 Tf 72 720 Td ({words}) Tj ET"
    fonts = "<< /Font << /F1 3 0 R >> >>"
    form = f"/AcroForm << /Fields [{fields}] /DR {fonts} /DA (/F1 0 Tf) >>" if fields else ""
    page = f"/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R /Resources {fonts} /Annots [{kids}]"
    return _assembled(
        [
            f"<< /Type /Catalog /Pages 2 0 R {form} >>",
            "<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            f"<< {page} >>",
            f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream",
            *(f"<< /Type /Annot /Rect [72 600 300 620] {one} >>" for one in annotations),
        ]
    )


def _assembled(things: Sequence[str]) -> bytes:
    out, places = b"%PDF-1.4\n", list[int]()
    for number, thing in enumerate(things, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{thing}\nendobj\n".encode()
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = f"trailer << /Size {len(things) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(things) + 1) + table + end


def a_word_file(*paragraphs: str, table: Sequence[Sequence[str]] = ()) -> bytes:
    """A Word file, with a table below its paragraphs where one is given."""
    document, out = docx.Document(), BytesIO()
    for words in paragraphs:
        document.add_paragraph(words)
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in enumerate(table):
            for column, words in enumerate(cells):
                made.cell(row, column).text = words
    document.save(out)
    return out.getvalue()


def a_sheet(rows: Sequence[Sequence[str | float]], name: str = "Costs") -> bytes:
    """An Excel file of one sheet."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def slides(*said: tuple[str, str, str]) -> bytes:
    """A PowerPoint file: a title, a text and a note of the speaker's for each slide."""
    show, out = pptx.Presentation(), BytesIO()
    for title, text, note in said:
        slide = show.slides.add_slide(show.slide_layouts[1])
        slide.placeholders[0].text_frame.text = title
        slide.placeholders[1].text_frame.text = text
        if note:
            slide.notes_slide.notes_text_frame.text = note
    show.save(out)
    return out.getvalue()


def a_picture(width: int = 60, height: int = 40, *, kind: str = "PNG", mode: str = "RGB") -> bytes:
    """A picture of one colour."""
    out = BytesIO()
    Image.new(mode, (width, height)).save(out, kind)
    return out.getvalue()


def a_zip(members: Mapping[str, bytes]) -> bytes:
    """An archive with these members."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()
