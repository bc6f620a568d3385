"""A PostgreSQL of our own: a fresh cluster in a folder, on a free port, gone with the block."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MISSING = "no PostgreSQL is installed (Debian: apt-get install postgresql)"
USER = "postgres"  # whom the package makes; PostgreSQL refuses to run as root
# Nothing here outlives a test, so nothing has to reach a disk.
OPTIONS = "-c fsync=off -c max_connections=200"


def binaries() -> Path | None:
    """Where PostgreSQL's programs are, the newest of several; None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@dataclass(frozen=True)
class Server:
    """A running server."""

    programs: Path
    folder: Path
    port: int
    address: str = "127.0.0.1"
    inside: tuple[str, ...] = ()  # the words in front of a command that is to run where the server is

    @property
    def url(self) -> str:
        """The address of a new database there, empty until somebody makes it."""
        return f"postgresql://{USER}@{self.address}:{self.port}/t{uuid4().hex[:12]}"

    def restart(self) -> None:
        """End it as a crash would, and start it again."""
        self._control("restart", "-m", "immediate", *self._started())

    def start(self) -> None:
        """Make the cluster, and start it."""
        cluster = str(self.folder / "data")
        self._run("initdb", "-D", cluster, "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8")
        with (self.folder / "data" / "pg_hba.conf").open("a") as trusted:
            trusted.write(f"host all all {self.address}/24 trust\n")
        self._control("start", *self._started())

    def start_again(self) -> None:
        """After a `stop`."""
        self._control("start", *self._started())

    def freeze(self) -> None:
        """Let it and all its sessions stand still: the system goes on acknowledging what is sent to them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """After a `freeze`."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it without waiting for anybody."""
        self._control("stop", "-m", "immediate")

    def _signal(self, number: signal.Signals) -> None:
        first = int((self.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(first, number)
        for pid in _children(first):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _started(self) -> tuple[str, ...]:
        log = str(self.folder / "log")
        return (
            "-l",
            log,
            "-o",
            f"-p {self.port} -k {self.folder} -c listen_addresses={self.address} {OPTIONS}",
        )

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        someone = ["runuser", "-u", USER, "--"] if os.geteuid() == 0 else []
        command = [*self.inside, *someone, str(self.programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder)  # noqa: S603


@contextmanager
def postgres(address: str = "127.0.0.1", inside: Sequence[str] = ()) -> Iterator[Server]:
    """A server while the block runs, at `address`, started by the words `inside` where that is elsewhere. Raises FileNotFoundError where PostgreSQL is not installed."""
    programs = binaries()
    if programs is None:
        raise FileNotFoundError(MISSING)
    # Not below pytest's own folder: the server's user may not look into that.
    folder = Path(mkdtemp(prefix="teleprinter-postgres-", dir="/tmp"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    server = Server(programs, folder, free_port(), address, tuple(inside))
    try:
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(folder)


def _children(parent: int) -> list[int]:
    children: list[int] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):  # one that ends while we look
            # Behind the name, which may have any character in it: the state, and the parent.
            its_parent = path.read_text().rpartition(")")[2].split()[1]
            children += [int(path.parent.name)] if int(its_parent) == parent else []
    return children


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
