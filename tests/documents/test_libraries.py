"""Which documents can be read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.file_kinds import FileKind
from bot.documents import libraries
from bot.documents.libraries import is_here, missing_kinds, missing_words, readable_kinds

if TYPE_CHECKING:
    import pytest


def test_with_the_extra_every_kind_is_read() -> None:
    assert readable_kinds() == frozenset(FileKind) - {FileKind.MEDIA, FileKind.UNKNOWN}
    assert missing_kinds() == []
    assert missing_words() == ""


def test_without_it_text_and_small_pictures_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    assert readable_kinds() == {FileKind.TEXT, FileKind.CSV, FileKind.PICTURE}
    assert missing_kinds() == ["PDF", "Word", "Excel", "PowerPoint", "large pictures"]
    assert missing_words().endswith('large pictures. To have them: pip install "teleprinter[files]"')


def test_a_library_that_is_here_is_known_without_being_loaded() -> None:
    assert is_here("json")
    assert not is_here("no_such_library")
