"""What a zip archive's list of members tells, before anything is unpacked. The archives here are small: only their lists are not."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest

from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.archive_check import MOST_MEMBERS, refuse_archive
from tests.documents.samples import a_word_file, a_zip


def as_it_claims(*, size: int = 100, name: str = "a", flags: int = 0) -> bytes:
    """A small archive whose list says of its only member what is not so."""
    raw = bytearray(a_zip({name: b"words"}))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 8 : at + 10] = flags.to_bytes(2, "little")
    raw[at + 24 : at + 28] = size.to_bytes(4, "little")
    return bytes(raw)


@pytest.mark.parametrize(
    ("archive", "refusal"),
    [
        pytest.param(a_zip({"a/b.xml": b"words"}), None, id="small"),
        pytest.param(a_word_file("Hello"), None, id="a Word file"),
        pytest.param(as_it_claims(size=9 << 20), None, id="grows, and stays small"),
        pytest.param(as_it_claims(size=11 << 20), FileRefusal.TOO_COMPLEX, id="grows too much for its size"),
        pytest.param(as_it_claims(size=201 << 20), FileRefusal.TOO_COMPLEX, id="too large"),
        pytest.param(as_it_claims(name="a/" * 17 + "b"), FileRefusal.TOO_COMPLEX, id="too deep"),
        pytest.param(as_it_claims(flags=1), FileRefusal.LOCKED, id="encrypted"),
        pytest.param(a_zip({"a": b"words"})[:20], FileRefusal.CUT_SHORT, id="without its list"),
        pytest.param(b"", FileRefusal.CUT_SHORT, id="nothing"),
    ],
)
def test_the_list_of_members_tells_whether_it_is_unpacked(
    archive: bytes, refusal: FileRefusal | None
) -> None:
    assert refuse_archive(BytesIO(archive), len(archive)) is refusal


def test_an_archive_of_too_many_members_is_not_unpacked() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(MOST_MEMBERS + 1):
            archive.writestr(zipfile.ZipInfo(str(number)), b"")
    assert refuse_archive(out, len(out.getvalue())) is FileRefusal.TOO_COMPLEX
