"""`python -m benchmarks.providers [NAME ...]`: what our chat makes of each provider's real package, as a table.

Each integration gets an environment of its own with pinned versions, below a temporary folder or `--keep`, and is sent to a small
server on this computer that speaks its provider's wire format. Ends with 1 where a cell is neither right nor known.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from benchmarks.providers.integrations import INTEGRATIONS

ROOT = Path(__file__).parents[2]
BESIDE = ("langchain==1.4.7", "langchain-openai==1.7.3", "aiohttp==3.14.5")
"""What our own modules need, and the client that some integrations take where it is there."""

INSTALLING, PLAYING = 1800, 900
"""Seconds at most for one integration, which on a busy machine is slow: some have fifty packages below them."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, type=click.Choice(list(INTEGRATIONS)))
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Keep the environments there.")
def main(names: tuple[str, ...], keep: Path | None) -> None:
    """Hold our chat against real integrations: all, or those named."""
    with TemporaryDirectory() as folder:
        rows = {name: _row(name, keep or Path(folder)) for name in names or INTEGRATIONS}
    print(_table(rows))
    wrong = [
        (name, case)
        for name, row in rows.items()
        for case, cell in row.items()
        if _is_wrong(name, case, cell)
    ]
    for name, case in wrong:
        print(f"wrong: {name}, {case}: {rows[name][case]}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


def _row(name: str, folder: Path) -> dict[str, str]:
    """What became of each case; one cell alone where the package could not be installed or played."""
    home = (folder / name).absolute()
    try:
        _install(name, home)
        return _play(name, home)
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        return {"finished": f"not played: {type(error).__name__}, see what stands above"}


def _install(name: str, home: Path) -> None:
    ready = home / "ready"
    if ready.exists():
        return
    venv.create(home, with_pip=True)
    pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-compile"]
    wanted = [*pip, *INTEGRATIONS[name].requirements, *BESIDE]
    subprocess.run(wanted, stdout=sys.stderr, check=True, timeout=INSTALLING)  # noqa: S603  (pinned, and from the table)
    ready.touch()


def _play(name: str, home: Path) -> dict[str, str]:
    probe = subprocess.run(  # noqa: S603
        [str(home / "bin" / "python"), "-m", "benchmarks.providers.probe", name],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.PIPE,
        cwd=home,
        check=True,
        timeout=PLAYING,
    )
    row: dict[str, str] = json.loads(probe.stdout.decode().splitlines()[-1])
    return row


def _is_wrong(name: str, case: str, cell: str) -> bool:
    return cell not in ("right", "no such thing") and case not in INTEGRATIONS[name].known


def _table(rows: dict[str, dict[str, str]]) -> str:
    cases = list(dict.fromkeys(case for row in rows.values() for case in row))
    lines = ["| | " + " | ".join(cases) + " |", "|---" * (len(cases) + 1) + "|"]
    lines += [
        f"| {name} | " + " | ".join(_cell(name, case, row) for case in cases) + " |"
        for name, row in rows.items()
    ]
    return "\n".join(lines)


def _cell(name: str, case: str, row: dict[str, str]) -> str:
    cell = row.get(case, "")
    if cell not in ("right", "no such thing"):
        cell = INTEGRATIONS[name].known.get(case, f"**{cell}**")
    return {"no such thing": "-"}.get(cell, cell)


if __name__ == "__main__":
    main()
