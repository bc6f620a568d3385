"""What a process finds around it."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

from bot.environment.process_setup import bear_any_text, stand_in_for_home
from bot.environment.process_setup import prepare as prepare_all

if TYPE_CHECKING:
    import pytest


def test_a_character_that_the_terminal_does_not_have_is_replaced() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    bear_any_text(stream)
    bear_any_text(None)
    stream.write("La → 漢")
    stream.flush()
    assert raw.getvalue() == b"La ? ?"


def test_a_home_that_is_there_is_left_alone() -> None:
    environ = {"HOME": "/home/ada"}
    stand_in_for_home(environ)
    assert environ == {"HOME": "/home/ada"}


def test_the_words_of_an_exception_are_not_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    monkeypatch.setattr("threading.excepthook", None)
    prepare_all()
    sys.excepthook(ValueError, ValueError("sk-hunter2"), None)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert capsys.readouterr().err == "builtins.ValueError\n"
