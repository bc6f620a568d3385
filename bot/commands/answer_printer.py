"""An answer on standard output while it is written: as it comes into a pipe, as rendered Markdown on a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Protocol, Self

from rich.live import Live
from rich.text import Text

from bot.commands.line_wrap import fold
from bot.commands.terminal import ASCII, Drawing, Signs
from bot.commands.terminal_stream import Unrolling
from bot.errors import OutputError

if sys.platform != "win32":  # whose terminals draw no ^C
    import termios

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
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
    """Rendered, on a terminal: what is finished is printed for good, and the open end is drawn anew below it.

    What is drawn anew is never higher than the screen, since nothing that has scrolled away can be. Until the first word a
    quiet line says how long the model has been waited for. `clock` tells seconds.
    """

    def __init__(self, console: Console, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock
        self._asked = 0.0
        self._waiting = True
        signs = ASCII if console.options.ascii_only else Signs()
        self._unrolling = Unrolling(Drawing(console.width, signs))
        self._drawing = Lock()  # the screen is drawn by a thread of its own, and may see no half of a change
        self._live = Live(
            console=console,
            get_renderable=self._now,
            refresh_per_second=15,
            transient=True,
            vertical_overflow="crop",
        )
        self._keys = ExitStack()

    def __enter__(self) -> Self:
        self._asked = self._clock()
        self._keys.enter_context(without_echo_of_control_keys(sys.stdin))
        self._live.start()
        return self

    def add(self, text: str) -> None:
        with self._drawing:
            self._waiting = self._waiting and not text.strip()
            finished = self._unrolling.feed(text)
        self._print(finished)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._drawing:
            self._waiting = False
            rest = self._unrolling.close()
        self._live.stop()
        self._keys.close()
        self._print(rest)

    def redraw(self) -> None:
        """Draw the open end now; it is drawn fifteen times a second anyway."""
        self._live.refresh()

    def _print(self, lines: list[Text]) -> None:
        if lines:
            # Left to itself, rich would cut what is wider than the screen.
            self._console.print(Text("\n").join(lines), soft_wrap=True)

    def _now(self) -> Text:
        with self._drawing:
            if self._waiting:
                return Text(f"Waiting for the model ({self._clock() - self._asked:.0f} s)", "dim")
            lines = self._unrolling.open_end()
        folded = [piece for line in lines for piece in fold(line, self._console.width)]
        return Text("\n").join(folded[-max(1, self._console.height - 2) :])


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
