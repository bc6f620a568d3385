"""Plain text, code and CSV, in whatever encoding they came."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from bot.core.conversation.attached_files import FileText
from bot.core.conversation.content_parts import FileUnit
from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.text_documents import decode, first_pieces, read_text

CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy. Všichni lidé se rodí svobodní a sobě rovní. " * 5


def test_a_text_is_read_by_lines() -> None:
    found = read_text(b"one\r\ntwo\n\nfour", 1000, unit=FileUnit.LINES)
    assert found == FileText(FileUnit.LINES, ("one", "two", "", "four"), 4)


def test_a_long_text_is_read_from_its_beginning() -> None:
    assert read_text(b"one\ntwo\nthree", 8, unit=FileUnit.ROWS) == FileText(FileUnit.ROWS, ("one", "two"), 3)
    assert read_text(b"one\ntwo", 2, unit=FileUnit.LINES) == FileText(FileUnit.LINES, ("on",), 2)


@pytest.mark.parametrize("content", [b"", b" \n\t\n", b"\xef\xbb\xbf"])
def test_there_may_be_no_text_in_it(content: bytes) -> None:
    assert read_text(content, 1000, unit=FileUnit.LINES) is FileRefusal.NO_TEXT


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param("naïve 三".encode(), "naïve 三", id="UTF-8"),
        pytest.param("naïve".encode("utf-8-sig"), "naïve", id="UTF-8 with a mark"),
        pytest.param("naïve 三".encode("utf-16"), "naïve 三", id="UTF-16"),
        pytest.param(b"\xfe\xff" + "naïve".encode("utf-16-be"), "naïve", id="UTF-16, the other way round"),
        pytest.param("naïve".encode("cp1252"), "naïve", id="a few words of an old program"),
        pytest.param(CZECH.encode("cp1250"), CZECH, id="many words of an old program"),
        pytest.param(b"\xff\xfea", "\N{REPLACEMENT CHARACTER}", id="half a character"),
    ],
)
def test_its_encoding_is_found(content: bytes, text: str) -> None:
    assert decode(content) == text


def test_without_a_library_for_encodings_it_is_taken_for_the_west_s(monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "charset_normalizer":
            raise ImportError
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    assert decode(("naïve " * 100).encode("cp1252")) == "naïve " * 100


def test_what_nobody_can_name_is_read_all_the_same() -> None:
    assert len(decode(bytes(range(128, 256)) * 4)) > 0


def test_pieces_are_whole_but_for_a_first_one_that_is_too_long() -> None:
    assert first_pieces(["ab", "cd"], 100) == ("ab", "cd")
    assert first_pieces(["ab", "cd"], 5) == ("ab",)
    assert first_pieces(["abcdef"], 5) == ("abcde",)
    assert first_pieces([], 5) == ()
