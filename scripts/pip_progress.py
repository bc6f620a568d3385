"""Runs a `pip install`, and shows in one line that it goes on: what it gets, on a terminal, or a dot for each package.

    python scripts/pip_progress.py COMMAND ...

pip's own words stay out, but for what it has to complain of; its exit code is ours. The standard library alone: nothing is
installed yet.
"""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Sequence

GETTING = re.compile(r"(?:Collecting|Processing) (\S+)")
UNPACKING = "Installing collected packages: "
WIDTH = 60  # columns of the line on a terminal: a longer name before is written over


class Progress:
    """pip's lines in, ours out."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._packages = 0

    def read(self, line: str) -> None:
        if getting := GETTING.match(line):
            self._packages += 1
            name = getting[1].rpartition("/")[2]
            self._say(f"package {self._packages}: {name}", ".")
        elif line.startswith(UNPACKING):
            self._say("unpacking them all ...", " unpacking them all ...")

    def end(self) -> None:
        self._out.write("\n")
        self._out.flush()

    def _say(self, on_terminal: str, elsewhere: str) -> None:
        line = f"\r    {on_terminal[:WIDTH]:<{WIDTH}}" if self._out.isatty() else elsewhere
        self._out.write(line)
        self._out.flush()


def main(command: Sequence[str], out: TextIO) -> int:
    """Run the command to its end; its exit code."""
    progress = Progress(out)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as pip:  # noqa: S603
        assert pip.stdout is not None
        for line in pip.stdout:
            progress.read(line)
    progress.end()
    return pip.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout))
