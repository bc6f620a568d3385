"""What all tests share."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import MISSING, binaries, postgres

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.postgres import Server

# How long one example takes says nothing of what it shows: a busy machine is no failure. CI tries the same examples each time,
# so that it fails for what a change has done; new ones are found where people work.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("unhurried", UNHURRIED)
settings.register_profile("ci", UNHURRIED, derandomize=True, max_examples=40)
settings.load_profile("ci" if "CI" in os.environ else "unhurried")
# A shell has what it starts in the background ignore Ctrl-C, and so would every process be deaf to it that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def anyio_backend() -> object:
    """Real time and real sockets, unless a module asks for `tests.clock.VIRTUAL`."""
    return "asyncio"


@pytest.fixture
def unused_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """One for all tests of a process. Skips them, and says so, where PostgreSQL is not installed."""
    if binaries() is None:
        pytest.skip(MISSING)
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def somewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where turns are kept: a new SQLite file, and a new database of a real PostgreSQL."""
    if request.param == "sqlite":
        return tmp_path / "turns.sqlite"
    server: Server = request.getfixturevalue("postgres_server")
    return server.url
