"""A PgBouncer of the tests' own, in front of the tests' PostgreSQL."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pytest

from tests.postgres import USER, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgres import Server

MISSING = "no PgBouncer is installed (Debian: apt-get install pgbouncer)"


@contextmanager
def pooler(server: Server, *, pools_by: str) -> Iterator[str]:
    """The address of the server's own database through a pooler. Skips the test, and says so, where none is installed."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        pytest.skip(MISSING)
    folder, port = Path(mkdtemp(prefix="teleprinter-pooler-", dir="/tmp")), free_port()
    (folder / "ini").write_text(_settings(server, folder, port, pools_by))
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
        shutil.chown(folder / "ini", USER)
    someone = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
    url = f"postgresql://{USER}@127.0.0.1:{port}/postgres"
    command = [*someone, program, str(folder / "ini")]
    running = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)  # noqa: S603
    try:
        _until_it_is_up(running)
        yield url
    finally:
        running.terminate()
        running.communicate()
        shutil.rmtree(folder)


def _settings(server: Server, folder: Path, port: int, pools_by: str) -> str:
    return f"""
[databases]
* = host=127.0.0.1 port={server.port} user={USER}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir = {folder}
auth_type = any
pool_mode = {pools_by}
"""


def _until_it_is_up(running: subprocess.Popen[str]) -> None:
    assert running.stderr is not None
    said = ""
    for line in running.stderr:
        said += line
        if "process up" in line:
            return
    raise AssertionError(f"PgBouncer has not begun: {said}")
