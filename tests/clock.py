"""Virtual time for asyncio: a loop whose clock jumps to the next timer instead of waiting for it.

A test that would never end (nobody is left to wake anybody) fails at once and says so.
"""

from __future__ import annotations

import asyncio
import selectors
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class NothingCanHappen(RuntimeError):
    """Every task waits, and no timer is set that could wake one."""


class _JumpingSelector(selectors.DefaultSelector):
    """Looks at sockets without waiting, and moves the clock by what it was asked to wait."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            raise NothingCanHappen("every task waits, and no timer is set")
        self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """`loop.time()` starts at 0 and moves only when every task is blocked. For code without real sockets or threads."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


VIRTUAL: tuple[str, Mapping[str, object]] = ("asyncio", {"loop_factory": VirtualLoop})
"""Use as `@pytest.fixture def anyio_backend(): return VIRTUAL` in a module of tests."""


def now() -> float:
    """Returns the seconds that have passed in the running loop, of its own time."""
    return asyncio.get_running_loop().time()
