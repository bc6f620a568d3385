"""Says how long the reader of a run waits: for its next words, and for its end."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from bot.errors import ModelEndless, ModelStalled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Generator

    from bot.errors import ModelError

T = TypeVar("T")


class Waits:
    """Says how long a run may be silent, and how long it may take, in seconds; None: for ever. What it does while it is `held`
    counts for neither."""

    def __init__(self, label: str, *, idle: float | None, rest: float | None) -> None:
        self._label = label
        self._idle = idle
        self._total = self._rest = rest
        self._holds = 0
        self._timer: asyncio.Timeout | None = None
        self._asked: float | None = None  # since when somebody waits and it counts

    async def until(self, news: Awaitable[T]) -> T:
        """`news`, as soon as it is there. Raises ModelStalled or ModelEndless where that takes too long."""
        try:
            async with asyncio.timeout(None) as self._timer:
                self._start()
                return await news
        except TimeoutError:
            raise self._complaint() from None
        finally:
            self._timer = None
            self._spend()

    @contextmanager
    def held(self) -> Generator[None]:
        """Counts no time while the block runs."""
        self._holds += 1
        self._spend()
        if self._timer is not None:
            self._timer.reschedule(None)
        try:
            yield
        finally:
            self._holds -= 1
            if self._timer is not None:
                self._start()

    def _start(self) -> None:
        """Let the time count from now on, unless it is held."""
        limits = [limit for limit in (self._idle, self._rest) if limit is not None]
        if self._holds or not limits or self._timer is None:
            return
        self._asked = asyncio.get_running_loop().time()
        self._timer.reschedule(self._asked + min(limits))

    def _spend(self) -> None:
        if self._rest is not None and self._asked is not None:
            self._rest -= asyncio.get_running_loop().time() - self._asked
        self._asked = None

    def _complaint(self) -> ModelError:
        if self._idle is not None and (self._rest is None or self._idle <= self._rest):
            return ModelStalled(
                f"{self._label} said nothing for {self._idle:g} s: check its log, or allow it more"
            )
        return ModelEndless(
            f"{self._label} had not come to an end after {self._total:g} s: ask for less, or allow it more"
        )
