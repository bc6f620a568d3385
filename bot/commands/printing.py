"""An answer on standard output while it is written: as it comes into a pipe, as rendered Markdown on a terminal."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol, Self

from markdown_it import MarkdownIt
from rich.live import Live
from rich.markdown import Markdown
from rich.segment import Segment, Segments

from bot.errors import OutputError

if sys.platform != "win32":  # whose terminals draw no ^C
    import termios

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType
    from typing import TextIO

    from rich.console import Console


class Printer(Protocol):
    """Takes an answer piece by piece; leaving its block ends the answer's last line."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def add(self, text: str) -> None: ...


class PlainPrinter:
    """Every piece at once and as it is: what a pipe or a file gets."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._open_line = False

    def __enter__(self) -> Self:
        return self

    def add(self, text: str) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:
            raise  # whoever read has enough, and need not be told
        except OSError as error:
            raise OutputError(f"standard output takes no more of the answer: {error.strerror}") from error
        self._open_line = bool(text) and not text.endswith("\n")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open_line and not isinstance(error, BrokenPipeError | OutputError):
            self.add("\n")


class MarkdownPrinter:
    """Finished blocks are printed for good; the one being written is drawn anew below them.

    So nothing flickers, and nothing that has scrolled away has to be redrawn.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=15, transient=True, vertical_overflow="crop")
        self._open = ""
        self._keys = ExitStack()

    def __enter__(self) -> Self:
        self._keys.enter_context(without_echo_of_control_keys(sys.stdin))
        self._live.start()
        return self

    def add(self, text: str) -> None:
        finished, self._open = split_finished(self._open + text)
        if finished:
            self._console.print(Markdown(finished))
            self._console.print()
        self._live.update(self._end_of(self._open))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.update("")
        self._live.stop()
        self._keys.close()
        if self._open.strip():
            self._console.print(Markdown(self._open))

    def _end_of(self, text: str) -> Segments:
        """As many of the last lines as the screen holds: a block may be longer than it."""
        lines = self._console.render_lines(Markdown(text), pad=False)[-max(1, self._console.height - 2) :]
        return Segments([segment for line in lines for segment in (*line, Segment.line())])


@contextmanager
def without_echo_of_control_keys(keyboard: TextIO) -> Generator[None]:
    """A Ctrl-C is not drawn as ^C: it would move the cursor off the lines that are about to be drawn anew."""
    if sys.platform == "win32" or not keyboard.isatty():
        yield
        return
    before = termios.tcgetattr(keyboard)
    after = [*before[:3], before[3] & ~termios.ECHOCTL, *before[4:]]
    termios.tcsetattr(keyboard, termios.TCSANOW, after)
    try:
        yield
    finally:
        termios.tcsetattr(keyboard, termios.TCSANOW, before)


_blocks = MarkdownIt("commonmark").enable("table")


def split_finished(text: str) -> tuple[str, str]:
    """The blocks of `text` that no further word can change, and the rest: its last block, from its first line on."""
    starts = [
        token.map[0] for token in _blocks.parse(text) if token.level == 0 and token.map and token.nesting >= 0
    ]
    if len(starts) < 2:
        return "", text
    lines = text.splitlines(keepends=True)
    return "".join(lines[: starts[-1]]), "".join(lines[starts[-1] :])
