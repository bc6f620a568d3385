"""`teleprinter render`: how a text will look in Slack, part by part, or with `wire` what goes over the wire for that."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from rich.text import Text

from bot.commands.line_wrap import visible
from bot.commands.reader_view import seen
from bot.commands.terminal import ASCII, WIDE, Drawing, Signs
from bot.core.delivery.delivery import MOST_MESSAGES
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.segments import too_long
from bot.core.markdown.render.message_text import plain
from bot.core.markdown.split.pagination import split
from bot.core.markdown.stream.healing import heal
from bot.errors import InputError, OutputError
from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from rich.console import Console

    from bot.core.markdown.split.pagination import Shape

FORMS = ("markdown", "mrkdwn", "plain")


@dataclass(frozen=True, slots=True)
class Wish:
    """Says how a text is to be shown: in one of the FORMS; `unfinished`, as if it went on; in parts of at most `limit` characters.

    Without a limit the parts are those that Slack would get.
    """

    to: str = "markdown"
    unfinished: bool = False
    limit: int | None = None
    wire: bool = False  # not as it is read, but as it is sent

    @property
    def shape(self) -> Shape:
        """Returns what becomes of a text that is shown so."""
        wanted = (Dialect.TEXT if self.to == "mrkdwn" else Dialect.BLOCK).shape()
        if self.to == "plain":
            wanted = replace(wanted, emit=plain)
        return wanted if self.limit is None else replace(wanted, room=wanted.room.narrowed(self.limit))

    def parts(self, text: str) -> list[str]:
        """`text` in parts; one at least, which is empty where there is nothing to show."""
        wanted = self.shape
        # Who names a limit wants to see where it cuts, in however many parts.
        most = MOST_MESSAGES if self.limit is None else inf
        text = heal(text) if self.unfinished else text
        return split(text, wanted, most=most, note=f"\n\n{wanted.emit(too_long(ENGLISH))}")


def render(file: Path | None, wish: Wish, console: Console) -> None:
    """Show the text in `file`, or that comes on standard input, on `console`: the parts drawn and apart, or plain into a pipe.

    Raises InputError for what is no readable text.
    """
    with _opened(file) as source:
        text = _decoded(_read_all(source, file), _name(file))
    shown, room = wish.parts(text), wish.shape.room
    signs = ASCII if console.is_terminal and console.options.ascii_only else Signs()
    drawing = Drawing(console.width if console.is_terminal else WIDE, signs)
    for number, part in enumerate(shown, 1):
        lines = [Text(visible(part))] if wish.wire else seen(part, wish.to, drawing)
        if console.is_terminal:
            size = f"{room.count(part):,} of {room.letters:,} characters"
            console.rule(Text(f"part {number} of {len(shown)} · {size}"), style="dim")
            console.print(Text("\n").join(lines), soft_wrap=True)
        else:
            plain_text = part if wish.wire else "\n".join(line.plain for line in lines)
            _write(plain_text + ("\n" if number == len(shown) else "\n\n"))


def render_lines(file: Path | None, wish: Wish) -> None:
    """Answer each line of `file`, a JSON object, with a line: its text in parts, as they go over the wire. What an object leaves out is as in `wish`.

    Each is answered before the next is read, and one that makes no sense with {"error": …}, which names the line and the mend.
    Raises InputError at the end where there was such a line.
    """
    wrong = 0
    with _opened(file) as source:
        for number, line in enumerate(_lines(source, file), 1):
            if line.strip():
                answer = _answer(line, wish, f"{_name(file)}, line {number}")
                wrong += "error" in answer
                _write(json.dumps(answer, ensure_ascii=False) + "\n")
    if wrong:
        lines = "line was" if wrong == 1 else "lines were"
        raise InputError(f'{wrong} {lines} answered with an "error", which names the mend.')


def _answer(line: bytes, wish: Wish, place: str) -> dict[str, list[str] | str]:
    try:
        asked, text = _asked(line, wish, place)
    except InputError as error:
        return {"error": str(error)}
    return {"parts": asked.parts(text)}


# ---- what is asked


def _asked(line: bytes, wish: Wish, place: str) -> tuple[Wish, str]:
    try:
        asked: object = json.loads(_decoded(line, place))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f'{place}: this is not JSON; write an object such as {{"text": "**Hi**"}}.'
        ) from error
    if not isinstance(asked, dict):
        raise InputError(f'{place}: write an object such as {{"text": "**Hi**"}}.')
    fields = cast("dict[str, Any]", asked)
    text, to = fields.get("text"), fields.get("to", wish.to)
    unfinished, limit = fields.get("unfinished", wish.unfinished), fields.get("limit", wish.limit)
    if not isinstance(text, str):
        raise InputError(f'{place}: "text" is missing or no string; write the Markdown there.')
    if to not in FORMS:
        raise InputError(f'{place}: "to" is none of {", ".join(FORMS)}; choose one of them.')
    if not isinstance(unfinished, bool):
        raise InputError(f'{place}: "unfinished" is neither true nor false; write one of them.')
    if limit is not None and (type(limit) is not int or limit < 1):
        raise InputError(f'{place}: "limit" is no whole number of at least 1; write one, or leave it out.')
    return Wish(to, unfinished, limit), text


# ---- reading and writing


@contextmanager
def _opened(file: Path | None) -> Generator[BinaryIO]:
    if file is None:
        if sys.stdin is None:
            raise InputError("standard input is closed: name a file.")
        yield sys.stdin.buffer
        return
    try:
        source = file.open("rb")
    except OSError as error:
        raise _unreadable(file, error) from error
    with source:
        yield source


def _read_all(source: BinaryIO, file: Path | None) -> bytes:
    try:
        return source.read()
    except OSError as error:
        raise _unreadable(file, error) from error


def _lines(source: BinaryIO, file: Path | None) -> Iterator[bytes]:
    try:
        yield from iter(source.readline, b"")
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path | None, error: OSError) -> InputError:
    return InputError(f"{_name(file)} cannot be read ({error.strerror}): name a file that can.")


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: byte {error.start + 1} is not UTF-8; save the text as UTF-8.") from error


def _name(file: Path | None) -> str:
    return "standard input" if file is None else str(file)


def _write(text: str) -> None:
    """At once and as UTF-8, whatever the terminal's own encoding is."""
    if sys.stdout is None:
        raise OutputError("the parts have nowhere to go: standard output is closed")
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise  # whoever read has enough, and need not be told
    except OSError as error:
        raise OutputError(f"standard output takes no more of the parts: {error.strerror}") from error
