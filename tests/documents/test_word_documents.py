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


def test_there_may_be_no_text_in_it() -> None:
    assert read_word(a_word_file(), 1000) is FileRefusal.NO_TEXT
