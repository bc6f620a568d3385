"""What all tests share."""

from __future__ import annotations

import pytest


@pytest.fixture
def anyio_backend() -> object:
    """Real time and real sockets, unless a module asks for `tests.clock.VIRTUAL`."""
    return "asyncio"
