"""Stands in for pip in tests: brings the wheels of a folder, or does not.

    python fake_pip.py FOLDER MODE download ... --dest INTO --requirement FILE

MODE: "bring"; "trust" to fail with the file of certificates that pip would believe; "hang" after the second byte, with the process id in FOLDER/pid; anything else is what it writes to standard error before it fails.
"""

from __future__ import annotations

import os
import shutil
import sys
import threading
from pathlib import Path


def main(folder: Path, mode: str, arguments: list[str]) -> int:
    if mode == "trust":
        sys.stderr.write(f"ERROR: {os.environ.get('REQUESTS_CA_BUNDLE')}\n")
        return 1
    into = Path(arguments[arguments.index("--dest") + 1])
    for wheel in sorted(folder.glob("*.whl")):
        size = wheel.stat().st_size
        say(f"Collecting {wheel.name}\nProgress 1 of {size}")
        if mode == "hang":
            (folder / "pid").write_text(str(os.getpid()), encoding="utf-8")
            say("Progress 2 of 3")
            threading.Event().wait()
        if mode != "bring":
            sys.stderr.write(mode)
            return 1
        shutil.copy(wheel, into)
        say(f"Progress {size} of {size}")
    return 0


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
