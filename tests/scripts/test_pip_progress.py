"""What is shown while the packages of `make demo` are fetched."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "pip_progress.py"
MAKEFILE = Path(__file__).parents[2] / "Makefile"
PIP = """
print("Collecting rich==14.1.0 (from -r requirements.lock (line 1))")
print("  Downloading rich-14.1.0-py3-none-any.whl (243 kB)")
print("Processing /wheels/click-8.1.8-py3-none-any.whl (from -r requirements.lock (line 2))")
print("Installing collected packages: rich, click")
print("Successfully installed rich-14.1.0 click-8.1.8")
raise SystemExit({code})
"""


def run(code: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), sys.executable, "-c", PIP.format(code=code)]
    return subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603


def test_in_a_log_a_dot_stands_for_each_package() -> None:
    done = run(0)
    assert (done.returncode, done.stdout, done.stderr) == (0, ".. unpacking them all ...\n", "")


@pytest.mark.parametrize("code", [1, 2])
def test_pip_s_exit_code_is_kept(code: int) -> None:
    assert run(code).returncode == code


class Terminal(io.StringIO):
    """A terminal that keeps what was written to it."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_one_line_says_what_is_fetched() -> None:
    told = Terminal()
    shown: dict[str, object] = {"__name__": "shown"}
    exec(compile(SCRIPT.read_text(), str(SCRIPT), "exec"), shown)  # noqa: S102 - a script, and no module of a package
    main = shown["main"]
    assert callable(main)
    assert main([sys.executable, "-c", PIP.format(code=0)], told) == 0
    lines = [line.strip() for line in told.getvalue().split("\r")]
    assert lines == [
        "",
        "package 1: rich==14.1.0",
        "package 2: click-8.1.8-py3-none-any.whl",
        "unpacking them all ...",
    ]


def test_the_packages_of_the_demo_are_fetched_with_it() -> None:
    recipes = MAKEFILE.read_text().replace("\\\n", "").splitlines()
    (fetched,) = [line for line in recipes if "--require-hashes" in line]
    assert "scripts/pip_progress.py" in fetched
    assert "--quiet" not in fetched
