"""What kind of thing a file is, by what is said of it and by its first bytes."""

from __future__ import annotations

import pytest

from bot.core.conversation.content_parts import FilePart
from bot.core.conversation.file_kinds import (
    FileKind,
    claimed_kind,
    contradicts,
    is_locked,
    is_page,
    picture_type,
)


@pytest.mark.parametrize(
    ("name", "mimetype", "kind"),
    [
        ("plan.pdf", "application/pdf", FileKind.PDF),
        ("plan", "Application/PDF; charset=binary", FileKind.PDF),
        ("plan.PDF", "application/octet-stream", FileKind.PDF),
        ("a.docx", "application/octet-stream", FileKind.WORD),
        ("a.xlsx", "", FileKind.SHEET),
        ("a.pptx", "application/zip", FileKind.SLIDES),
        ("a.csv", "text/csv", FileKind.CSV),
        ("a.csv", "text/plain", FileKind.CSV),
        ("cat.jpg", "image/jpeg", FileKind.PICTURE),
        ("cat.webp", "application/octet-stream", FileKind.PICTURE),
        ("cat.svg", "image/svg+xml", FileKind.TEXT),
        ("cat.heic", "image/heic", FileKind.UNKNOWN),
        ("main.py", "text/x-python", FileKind.TEXT),
        ("main.ts", "video/mp2t", FileKind.TEXT),
        ("strange.ext", "text/plain", FileKind.TEXT),
        ("data.ext", "application/json", FileKind.TEXT),
        ("data.ext", "application/atom+xml", FileKind.TEXT),
        ("Makefile", "application/octet-stream", FileKind.TEXT),
        ("a file", "", FileKind.TEXT),
        ("song.mp3", "audio/mpeg", FileKind.MEDIA),
        ("voice", "audio/webm", FileKind.MEDIA),
        ("clip.mov", "", FileKind.MEDIA),
        ("a.zip", "application/zip", FileKind.UNKNOWN),
        ("a.exe", "application/octet-stream", FileKind.UNKNOWN),
        ("a.doc", "application/msword", FileKind.UNKNOWN),
    ],
)
def test_a_file_is_what_its_type_says_or_its_name(name: str, mimetype: str, kind: FileKind) -> None:
    assert claimed_kind(FilePart(name, mimetype)) is kind


@pytest.mark.parametrize(
    ("head", "mimetype"),
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"RIFF\0\0\0\0WAVEfmt ", ""),
        (b"<svg>", ""),
        (b"", ""),
    ],
)
def test_a_picture_s_first_bytes_say_which(head: bytes, mimetype: str) -> None:
    assert picture_type(head) == mimetype


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (FileKind.PDF, b"\n%PDF-1.7", b"PK\x03\x04"),
        (FileKind.WORD, b"PK\x03\x04", b"%PDF-1.7"),
        (FileKind.SHEET, b"PK\x03\x04", b"a,b"),
        (FileKind.SLIDES, b"PK\x03\x04", b"\0"),
        (FileKind.PICTURE, b"GIF89a", b"<html>"),
        (FileKind.TEXT, b"print()", b"\x7fELF\0"),
        (FileKind.TEXT, b"\xff\xfea\0", b"%PDF-1.7"),
        (FileKind.CSV, b"a,b", b"PK\x03\x04"),
        (FileKind.CSV, b"", b"MZ\0"),
    ],
)
def test_a_file_s_first_bytes_have_to_be_of_its_kind(kind: FileKind, good: bytes, bad: bytes) -> None:
    assert not contradicts(kind, good)
    assert contradicts(kind, bad)


def test_a_file_of_office_with_a_password_is_wrapped_as_old_ones_are() -> None:
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    assert is_locked(FileKind.WORD, old)
    assert not is_locked(FileKind.WORD, b"PK\x03\x04")
    assert not is_locked(FileKind.TEXT, old)


def test_a_page_of_html_is_known_by_its_type_or_name() -> None:
    assert is_page(FilePart("a", "text/html"))
    assert is_page(FilePart("a.HTM"))
    assert not is_page(FilePart("a.txt", "text/plain"))
