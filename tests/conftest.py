"""What all tests share."""

from __future__ import annotations

import socket

import pytest
from hypothesis import settings

# How long one example takes says nothing of what it shows: a busy machine is no failure.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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
