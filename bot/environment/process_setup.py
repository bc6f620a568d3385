"""Makes what a process finds around it so that the commands need not think of it: streams, a home, a last word."""

from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.observability.logs import way_to

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from types import TracebackType

STANDARD = 2  # the last of the descriptors of standard input, output and error


def prepare() -> None:
    """Make sure of the standard streams, and that no exception's words are printed: some repeat a key."""
    hold_standard_descriptors()
    for stream in (sys.stdout, sys.stderr):
        bear_any_text(stream)
    if sys.stderr is None:  # closed, and libraries write to it without a look
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.excepthook = _without_words
    threading.excepthook = lambda args: _without_words(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def hold_standard_descriptors() -> None:
    """Where one of the three is closed the system would give its number to the next file opened, and prints would land in it."""
    opened = os.open(os.devnull, os.O_RDWR)
    while opened <= STANDARD:
        opened = os.open(os.devnull, os.O_RDWR)
    os.close(opened)


def bear_any_text(stream: object) -> None:
    """A character that the terminal's encoding does not have becomes a question mark there."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="replace")


def stand_in_for_home(environ: MutableMapping[str, str]) -> None:
    """A user without a home, as containers have them, gets the root as one: libraries ask for it, and nothing is kept there."""
    try:
        Path.home()
    except RuntimeError:
        environ["HOME"] = "/"


def leave_outputs() -> None:
    """Python writes what is left of the answer as it ends: to nowhere, where it would fail and complain once more."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _without_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    click.echo(way_to(error.with_traceback(trace)), err=True)
