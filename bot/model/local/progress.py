"""Says how far the local model is on its way, and how a terminal shows it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from rich.console import Console
from rich.filesize import decimal

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

Step: TypeAlias = Literal["download", "unpack", "verify", "load"]

WORDS: dict[Step, str] = {
    "download": "Fetching the model",
    "unpack": "Unpacking the model",
    "verify": "Checking the model",
    "load": "Loading the model",
}


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` bytes of a step. "load" says only 0 and all: llama.cpp does not tell how far it is."""

    step: Step
    done: int
    total: int


Report: TypeAlias = Callable[[Progress], None]


def unreported(_progress: Progress) -> None:
    """A `Report` for those who need not see it."""


@contextmanager
def shown(console: Console | None = None) -> Generator[Report]:
    """Shows what it is told on standard error: as bars on a terminal, as a few plain lines in a log."""
    console = console or Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console).report
        return
    bars = _Bars(_build_bars(console))
    try:
        yield bars.report
    finally:
        bars.stop()


def _build_bars(console: Console) -> Bars:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    words = TextColumn("{task.description}")
    return Progress(
        words, BarColumn(), DownloadColumn(), TimeRemainingColumn(), console=console, transient=True
    )


class _Bars:
    """One bar a step, made when the step is first heard of. When the model is loaded they are gone, and what comes next
    has the terminal to itself."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[Step, TaskID] = {}

    def report(self, progress: Progress) -> None:
        if progress.step == "load" and progress.done:
            self.stop()
            return
        if progress.step not in self._tasks:
            self._bars.start()
            # Without a total the bar swings to and fro until something is known.
            self._tasks[progress.step] = self._bars.add_task(WORDS[progress.step], total=None)
        if progress.done:
            self._bars.update(self._tasks[progress.step], completed=progress.done, total=progress.total)

    def stop(self) -> None:
        self._bars.stop()
        for task in self._tasks.values():
            self._bars.remove_task(task)
        self._tasks.clear()


class _Lines:
    """A line where a step begins, and one at most for each tenth of the download, the one step that may take long."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._step: Step | None = None
        self._tenths = 0

    def report(self, progress: Progress) -> None:
        tenths = 10 * progress.done // max(progress.total, 1)
        if progress.step != self._step:
            self._print(f"{WORDS[progress.step]} ({decimal(progress.total)})")
        elif progress.step == "download" and tenths > self._tenths:
            self._print(f"{WORDS[progress.step]}: {10 * tenths} %")
        self._step, self._tenths = progress.step, tenths

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)
