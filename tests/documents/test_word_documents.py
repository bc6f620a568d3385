"""Word files."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.word_documents import read_word
from tests.documents.samples import a_word_file


def with_body(words: str) -> bytes:
    """A Word file with that XML in the place of its only paragraph."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(a_word_file("HERE"))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = re.sub(rb"<w:p>.*HERE.*?</w:p>", words.encode(), content, flags=re.DOTALL)
            new.writestr(name, content)
    return out.getvalue()


def test_paragraphs_and_tables_are_read_in_their_order() -> None:
    found = read_word(a_word_file("Dear Grace,", "  ", "tea:", table=[["a\nb", "1"], ["c", "2"]]), 1000)
    assert found == FileText(FileUnit.PARAGRAPHS, ("Dear Grace,", "tea:", "| a b | 1 |", "| c | 2 |"), 4)


def test_what_the_library_s_own_list_leaves_out_is_read_as_well() -> None:
    run = "<w:r><w:t>{}</w:t></w:r>"
    body = (
        f"<w:p>{run.format('was')}<w:ins w:id='1'>{run.format(' new')}</w:ins>"
        "<w:del w:id='2'><w:r><w:delText> old</w:delText></w:r></w:del><w:r><w:tab/><w:br/></w:r></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('in a control')}</w:p></w:sdtContent></w:sdt>"
    )
    found = read_word(with_body(body), 1000)
    assert found == FileText(FileUnit.PARAGRAPHS, ("was new\t\n", "in a control"), 2)


RUN = "<w:r><w:t>{}</w:t></w:r>"
IN_BOX = "<w:txbxContent><w:p>" + RUN.format("in a box") + "</w:p></w:txbxContent>"
COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"


def test_a_text_box_is_read_once_though_the_file_holds_it_twice() -> None:
    drawn = (
        f"<mc:AlternateContent xmlns:mc='{COMPATIBILITY}'>"
        f"<mc:Choice Requires='wps' xmlns:wps='{SHAPE}'><wps:txbx>{IN_BOX}</wps:txbx></mc:Choice>"
        f"<mc:Fallback><w:pict>{IN_BOX}</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    found = read_word(with_body(f"<w:p>{RUN.format('beside it')}<w:r>{drawn}</w:r></w:p>"), 1000)
    assert found == FileText(FileUnit.PARAGRAPHS, ("beside it", "in a box"), 2)


def test_a_text_that_was_moved_is_read_where_it_is_now() -> None:
    moved = RUN.format("moved")
    body = f"<w:p><w:moveFrom w:id='1'>{moved}</w:moveFrom></w:p><w:p><w:moveTo w:id='2'>{moved}</w:moveTo></w:p>"
    assert read_word(with_body(body), 1000) == FileText(FileUnit.PARAGRAPHS, ("moved",), 1)


def test_a_table_within_a_cell_is_read_once() -> None:
    def cell(content: str) -> str:
        return (
            f"<w:tbl><w:tr><w:tc>{content}</w:tc><w:tc><w:p>{RUN.format('right')}</w:p></w:tc></w:tr></w:tbl>"
        )

    inner = cell(f"<w:p>{RUN.format('inner')}</w:p>")
    found = read_word(with_body(cell(f"<w:p>{RUN.format('left')}</w:p>{inner}<w:p/>")), 1000)
    assert found == FileText(FileUnit.PARAGRAPHS, ("| left inner right | right |",), 1)


def test_a_formula_is_read_as_its_signs() -> None:
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    formula = f"<m:oMath xmlns:m='{math}'><m:r><m:t>x=1</m:t></m:r></m:oMath>"
    found = read_word(with_body(f"<w:p>{RUN.format('where ')}{formula}</w:p>"), 1000)
    assert found == FileText(FileUnit.PARAGRAPHS, ("where x=1",), 1)


def test_there_may_be_no_text_in_it() -> None:
    assert read_word(a_word_file(), 1000) is FileRefusal.NO_TEXT
