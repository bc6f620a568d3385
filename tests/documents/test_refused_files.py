"""Files over the limits in every way that can be told beforehand. They are small and harmless: it is their claims that are not."""

from __future__ import annotations

import struct
import zlib

import pytest

from bot.core.conversation.attached_files import FileAbilities, FileLimits, refuse_file
from bot.core.conversation.block_reader import file_part
from bot.core.conversation.file_kinds import claimed_kind
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import ParseJob
from bot.documents.parser_main import read_document
from tests.documents.samples import a_pdf, a_picture, a_sheet, a_word_file, a_zip, slides
from tests.documents.test_archive_check import as_it_claims

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
MEGABYTE = 1 << 20


def a_png_that_claims(width: int, height: int) -> bytes:
    """A PNG of those pixels, none of which is in it."""
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [
        struct.pack(">I", len(one) - 4) + one + struct.pack(">I", zlib.crc32(one)) for one in (head, b"IDAT")
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


BY_CLAIM = [
    ({"name": "song.mp3", "mimetype": "audio/mpeg"}, FileRefusal.MEDIA),
    ({"name": "voice", "mimetype": "audio/mp4"}, FileRefusal.MEDIA),
    ({"name": "clip.mp4"}, FileRefusal.MEDIA),
    ({"name": "clip", "mimetype": "video/quicktime"}, FileRefusal.MEDIA),
    ({"name": "a.zip", "mimetype": "application/zip"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "a.tar.gz", "mimetype": "application/gzip"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "setup.exe"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "disk.iso"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "old.doc", "mimetype": "application/msword"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "old.xls", "mimetype": "application/vnd.ms-excel"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "photo.heic", "mimetype": "image/heic"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "scan.tiff", "mimetype": "image/tiff"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "canvas", "mimetype": "application/vnd.slack-docs"}, FileRefusal.UNKNOWN_KIND),
    ({"name": "huge.pdf", "size": 21 * MEGABYTE}, FileRefusal.TOO_LARGE),
    ({"name": "huge.csv", "size": 1 << 40}, FileRefusal.TOO_LARGE),
    ({"name": "huge.png", "size": 20 * MEGABYTE + 1}, FileRefusal.TOO_LARGE),
    ({"name": "huge.docx", "size": 10**30}, FileRefusal.TOO_LARGE),
    ({"name": "plan.docx", "mode": "external", "is_external": True}, FileRefusal.ELSEWHERE),
    ({"name": "plan.docx", "mode": "tombstone"}, FileRefusal.GONE),
    ({"name": "plan.docx", "mode": "hidden_by_limit"}, FileRefusal.GONE),
    ({"id": "F1", "file_access": "check_file_info"}, FileRefusal.NO_ACCESS),
]
BY_CONTENT = [
    ("a.pdf", b"", FileRefusal.WRONG_TYPE, "empty"),
    ("a.pdf", b"<html>Sign in</html>", FileRefusal.WRONG_TYPE, "a page"),
    ("a.pdf", a_zip({"a": b"b"}), FileRefusal.WRONG_TYPE, "an archive"),
    ("a.pdf", a_pdf("tea")[:40], FileRefusal.BROKEN, "cut short"),
    ("a.pdf", a_pdf("", ""), FileRefusal.NO_TEXT, "scanned"),
    ("a.docx", a_pdf("tea"), FileRefusal.WRONG_TYPE, "a PDF"),
    ("a.docx", a_word_file("tea")[:-30], FileRefusal.CUT_SHORT, "cut short"),
    ("a.docx", a_word_file("tea")[:1000], FileRefusal.CUT_SHORT, "half of it"),
    ("a.docx", a_zip({"a": b"b"}), FileRefusal.BROKEN, "another archive"),
    ("a.docx", OLE, FileRefusal.LOCKED, "with a password"),
    ("a.docx", as_it_claims(flags=1), FileRefusal.LOCKED, "encrypted members"),
    ("a.docx", as_it_claims(size=201 * MEGABYTE), FileRefusal.TOO_COMPLEX, "large members"),
    ("a.docx", a_word_file(), FileRefusal.NO_TEXT, "nothing in it"),
    ("a.xlsx", as_it_claims(size=11 * MEGABYTE), FileRefusal.TOO_COMPLEX, "far larger unpacked"),
    ("a.xlsx", as_it_claims(name="a/" * 17 + "b"), FileRefusal.TOO_COMPLEX, "deep folders"),
    ("a.xlsx", a_zip({"a": b"b"}), FileRefusal.BROKEN, "no workbook"),
    ("a.xlsx", a_sheet([]), FileRefusal.NO_TEXT, "no rows"),
    ("a.pptx", as_it_claims(size=(1 << 32) - 2), FileRefusal.TOO_COMPLEX, "four gigabytes"),
    ("a.pptx", a_word_file("tea"), FileRefusal.BROKEN, "a Word file"),
    ("a.pptx", slides(("", "", "")), FileRefusal.NO_TEXT, "empty slides"),
    ("a.png", b"MZ" + bytes(100), FileRefusal.WRONG_TYPE, "a program"),
    ("a.png", a_picture()[:60], FileRefusal.BROKEN, "cut short"),
    ("a.png", a_png_that_claims(9000, 9000), FileRefusal.TOO_LARGE, "81 megapixels"),
    ("a.png", a_png_that_claims(60_000, 60_000), FileRefusal.TOO_LARGE, "3,600 megapixels"),
    ("a.jpg", b"\xff\xd8\xff\xe0", FileRefusal.BROKEN, "four bytes"),
    ("a.txt", b"words\0words", FileRefusal.WRONG_TYPE, "with zeros"),
    ("a.py", b"\x7fELF\x02\x01\x01\0", FileRefusal.WRONG_TYPE, "a program"),
    ("a.csv", a_sheet([["tea"]]), FileRefusal.WRONG_TYPE, "an Excel file"),
    ("a.csv", b"\n \n", FileRefusal.NO_TEXT, "blank"),
]


@pytest.mark.parametrize(("claims", "refusal"), BY_CLAIM)
def test_what_slack_tells_of_a_file_is_enough_to_refuse_it(
    claims: dict[str, object], refusal: FileRefusal
) -> None:
    assert refuse_file(file_part(claims), FileAbilities(), FileLimits()) is refusal


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [pytest.param(name, content, why, id=f"{name}: {case}") for name, content, why, case in BY_CONTENT],
)
def test_what_a_file_is_tells_that_it_is_not_read(name: str, content: bytes, refusal: FileRefusal) -> None:
    file = file_part({"name": name, "size": len(content)})
    assert refuse_file(file, FileAbilities(), FileLimits()) is None
    assert read_document(ParseJob(claimed_kind(file), 1000), content) is refusal
