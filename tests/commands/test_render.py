"""How a text will look in Slack, part by part."""

from __future__ import annotations

import io
import json
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.commands.render import Wish, render, render_lines
from bot.core.delivery.segments import too_long
from bot.errors import InputError, OutputError
from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = "&lt;!channel>"
Pipe = pytest.CaptureFixture[bytes]


def piped(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))


def a_pipe() -> Console:
    return Console(file=io.StringIO(), force_terminal=False)


@pytest.mark.parametrize(
    ("wish", "parts"),
    [
        (Wish(), ["**Hi** &lt;!channel> `x`"]),
        (Wish("mrkdwn"), ["*Hi* &lt;!channel&gt; `x`"]),
        (Wish("plain"), ["Hi &lt;!channel&gt; x"]),
        (Wish(limit=20), ["**Hi**", NOBODY, "`x`"]),
    ],
)
def test_a_text_is_shown_in_the_form_that_is_asked_for(wish: Wish, parts: list[str]) -> None:
    assert wish.parts("**Hi** <!channel> `x`") == parts


def test_a_text_that_goes_on_is_shown_as_it_looks_until_then() -> None:
    assert Wish(unfinished=True).parts("This is **bo") == ["This is **bo**"]
    assert Wish(unfinished=False).parts("This is **bo") == [r"This is \*\*bo"]
    assert Wish(unfinished=True).parts("**") == [""]


def test_as_many_parts_are_shown_as_slack_would_get_but_with_a_limit_all() -> None:
    text = "---\n\n" * 1_000  # of which a message takes 45
    assert len(Wish().parts(text)) == 20
    assert Wish().parts(text)[-1].endswith(too_long(ENGLISH))
    assert len(Wish(limit=11_000).parts(text)) == 23


def test_into_a_pipe_the_parts_are_plain(capsysbinary: Pipe, tmp_path: Path) -> None:
    (tmp_path / "text.md").write_text("alpha beta\n\ngamma 漢字", encoding="utf-8")
    render(tmp_path / "text.md", Wish(limit=10), a_pipe())
    assert capsysbinary.readouterr().out.decode() == "alpha beta\n\ngamma 漢字\n"


def test_on_a_terminal_they_are_set_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, b"alpha [b]\n\n**gamma**")
    terminal = Console(file=io.StringIO(), force_terminal=True, width=60, color_system=None)
    render(None, Wish(limit=10), terminal)
    shown = terminal.file.getvalue()  # type: ignore[attr-defined]
    assert "part 1 of 2 · 9 of 10 characters" in shown
    assert "\nalpha [b]\n" in shown
    assert "gamma\n" in shown
    assert "**" not in shown


@pytest.mark.parametrize("to", ["markdown", "mrkdwn", "plain"])
def test_a_reader_sees_words_and_the_wire_has_escapes(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Pipe, to: str
) -> None:
    for wire in (False, True):
        piped(monkeypatch, b"a <b> & @here")
        render(None, Wish(to, wire=wire), a_pipe())
    read, sent = capsysbinary.readouterr().out.decode().splitlines()
    assert read == "a <b> & @here"
    assert "&lt;b" in sent


def test_each_line_is_answered_with_a_line(monkeypatch: pytest.MonkeyPatch, capsysbinary: Pipe) -> None:
    asked = [
        {"text": "**Hi** 漢"},
        {"text": "**Hi**", "to": "mrkdwn"},
        {"text": "**Hi", "unfinished": False, "limit": None},
        {"text": "a b", "limit": 1},
    ]
    piped(monkeypatch, b"\n".join(json.dumps(one).encode() for one in asked) + b"\n\n")
    render_lines(None, Wish(unfinished=True))
    answers = [json.loads(line)["parts"] for line in capsysbinary.readouterr().out.decode().splitlines()]
    assert answers == [["**Hi** 漢"], ["*Hi*"], [r"\*\*Hi"], ["a", "b"]]


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        (b"{oops", "line 2: this is not JSON; write an object"),
        (b"[" * 100_000, "line 2: this is not JSON"),
        (b'"Hi"', "line 2: write an object"),
        (b"{}", 'line 2: "text" is missing or no string'),
        (b'{"text": 1}', 'line 2: "text" is missing or no string'),
        (b'{"text": "x", "to": "html"}', 'line 2: "to" is none of markdown, mrkdwn, plain'),
        (b'{"text": "x", "unfinished": 1}', 'line 2: "unfinished" is neither true nor false'),
        (b'{"text": "x", "limit": 0}', 'line 2: "limit" is no whole number of at least 1'),
        (b'{"text": "x", "limit": true}', 'line 2: "limit" is no whole number'),
        (b'{"text": "\xff"}', "line 2: byte 11 is not UTF-8"),
    ],
)
def test_a_line_that_makes_no_sense_is_answered_with_the_mend_and_all_others_with_parts(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Pipe, line: bytes, mend: str
) -> None:
    piped(monkeypatch, b'{"text": "Hi"}\n' + line + b'\n{"text": "Ho"}\n')
    with pytest.raises(InputError, match=r'^1 line was answered with an "error"'):
        render_lines(None, Wish())
    before, wrong, after = [json.loads(one) for one in capsysbinary.readouterr().out.splitlines()]
    assert (before, after) == ({"parts": ["Hi"]}, {"parts": ["Ho"]})
    assert list(wrong) == ["error"]
    assert wrong["error"].startswith(f"standard input, {mend}")


def test_all_lines_that_make_no_sense_are_counted(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Pipe
) -> None:
    piped(monkeypatch, b"oops\n\n[]\n")
    with pytest.raises(InputError, match=r"^2 lines were answered"):
        render_lines(None, Wish())
    assert capsysbinary.readouterr().out.count(b'{"error": ') == 2


def test_half_a_character_is_shown_as_a_sign_for_it(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: Pipe
) -> None:
    piped(monkeypatch, rb'{"text": "\ud83d"}')
    render_lines(None, Wish())
    assert json.loads(capsysbinary.readouterr().out) == {"parts": ["\ufffd"]}


def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(
        InputError, match="missing cannot be read \\(No such file or directory\\): name a file"
    ):
        render(tmp_path / "missing", Wish(), a_pipe())
    with pytest.raises(InputError, match="cannot be read \\(Is a directory\\)"):
        render_lines(tmp_path, Wish())
    (tmp_path / "latin").write_bytes(b"caf\xe9")
    with pytest.raises(InputError, match="latin: byte 4 is not UTF-8; save the text as UTF-8"):
        render(tmp_path / "latin", Wish(), a_pipe())
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(InputError, match="standard input is closed"):
        render(None, Wish(), a_pipe())


class Broken(io.RawIOBase):
    """Fails as a disk or a pipe does."""

    def __init__(self, error: OSError) -> None:
        self._error = error

    def read(self, size: int = -1) -> bytes:
        raise self._error

    readline = read  # type: ignore[assignment]

    def write(self, raw: object) -> int:
        raise self._error


def test_an_input_that_breaks_off_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=Broken(OSError(5, "Input/output error"))))
    with pytest.raises(InputError, match="standard input cannot be read \\(Input/output error\\)"):
        render(None, Wish(), a_pipe())
    with pytest.raises(InputError, match="standard input cannot be read \\(Input/output error\\)"):
        render_lines(None, Wish())


def test_an_output_that_takes_no_more_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    piped(monkeypatch, b"Hi")
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Broken(OSError(28, "No space left on device"))))
    with pytest.raises(OutputError, match="takes no more of the parts: No space left"):
        render(None, Wish(), a_pipe())
    piped(monkeypatch, b"Hi")
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=Broken(BrokenPipeError())))
    with pytest.raises(BrokenPipeError):
        render(None, Wish(), a_pipe())
    piped(monkeypatch, b"Hi")
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="standard output is closed"):
        render(None, Wish(), a_pipe())
