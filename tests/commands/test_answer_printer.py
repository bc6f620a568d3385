"""An answer on a terminal and in a pipe."""

from __future__ import annotations

import errno
import io
import os
import re
import termios

import pytest
from rich.console import Console

from bot.commands.answer_printer import MarkdownPrinter, PlainPrinter, without_echo_of_control_keys
from bot.errors import OutputError


def on_a_terminal(*pieces: str, height: int = 20) -> tuple[str, str]:
    """All that was written to the terminal, and what can be read on it at the end (movements of the cursor apart)."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=60, height=height, legacy_windows=False)
    with MarkdownPrinter(console) as printer:
        for piece in pieces:
            printer.add(piece)
    written = screen.getvalue()
    return written, re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)


def test_a_terminal_gets_rendered_markdown() -> None:
    _, text = on_a_terminal("# A ", "song\n\n**Bubbles** ", "rise")
    assert "**" not in text
    assert text.rstrip().endswith("Bubbles rise")


def test_no_word_is_dropped_and_nothing_the_model_writes_steers_the_terminal() -> None:
    _, text = on_a_terminal("A `List` of List<String> ", "\x1b]0;title\x07 and <b>", "\n")
    assert "A List of List<String>  and <b>" in text
    assert "title" not in text


def test_until_the_first_word_a_line_says_how_long_the_model_was_waited_for() -> None:
    now = [10.0]
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=60, height=20, legacy_windows=False)
    with MarkdownPrinter(console, clock=lambda: now[0]) as printer:
        now[0] = 14.0
        printer.redraw()
        waited = screen.getvalue()
        printer.add("Yes.")
        printer.redraw()
    assert "Waiting for the model (4 s)" in waited
    assert "Waiting" not in screen.getvalue().removeprefix(waited)


def test_an_answer_in_an_encoding_without_bullets_has_stars() -> None:
    screen = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    console = Console(file=screen, force_terminal=True, width=60, height=20, legacy_windows=False)
    with MarkdownPrinter(console) as printer:
        printer.add("- 漢\n> quoted\n")
    screen.flush()
    assert b"* ?" in screen.buffer.getvalue()


def test_a_finished_block_is_printed_once_and_for_good() -> None:
    _, text = on_a_terminal("First block.\n\n", *("word " for _ in range(50)))
    assert text.count("First block.") <= 2  # once while it was open, once for good


def test_a_block_longer_than_the_screen_shows_its_end_while_it_grows() -> None:
    _, text = on_a_terminal(
        "```\n" + "\n".join(f"line {n}" for n in range(40)), "\nthe end\n```\n", height=10
    )
    assert "line 0" in text
    assert "the end" in text


def test_a_terminals_keys_are_echoed_again_afterwards() -> None:
    leader, follower = os.openpty()
    with os.fdopen(leader), os.fdopen(follower) as keyboard:
        before = termios.tcgetattr(keyboard)
        with without_echo_of_control_keys(keyboard):
            assert not termios.tcgetattr(keyboard)[3] & termios.ECHOCTL
        assert termios.tcgetattr(keyboard) == before


def test_a_pipe_gets_every_piece_as_it_is_and_a_last_line_that_ends() -> None:
    out = io.StringIO()
    with PlainPrinter(out) as printer:
        printer.add("**a** ")
        printer.add("b")
    assert out.getvalue() == "**a** b\n"


@pytest.mark.parametrize("text", ["", "done\n"])
def test_a_pipe_gets_no_empty_line(text: str) -> None:
    out = io.StringIO()
    with PlainPrinter(out) as printer:
        printer.add(text)
    assert out.getvalue() == text


def test_a_reader_who_left_is_not_written_to_again() -> None:
    out = io.StringIO()
    printer = PlainPrinter(out)
    printer.add("half")
    printer.__exit__(BrokenPipeError, BrokenPipeError(), None)
    assert out.getvalue() == "half"


class Full(io.StringIO):
    """A file on a disk with room for `room` characters."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def flush(self) -> None:
        if self.tell() > self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def print_all(printer: PlainPrinter, *pieces: str) -> None:
    with printer:
        for piece in pieces:
            printer.add(piece)


def test_a_full_disk_is_told_and_not_written_to_again() -> None:
    out = Full(4)
    with pytest.raises(OutputError, match=r"takes no more of the answer: No space left on device"):
        print_all(PlainPrinter(out), "half", " an answer")
    assert out.getvalue() == "half an answer"
