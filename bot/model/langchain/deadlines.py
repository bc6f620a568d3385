"""Says how long the reader of a run waits: for its next words, and for its end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from bot.errors import ModelEndless, ModelStalled

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.errors import ModelError

T = TypeVar("T")


class Waits:
    """Says how long a run may be silent, and how long it may take, in seconds; None: for ever."""

    def __init__(self, label: str, *, idle: float | None, rest: float | None) -> None:
        self._label = label
        self._idle = idle
        self._total = self._rest = rest

    async def until(self, news: Awaitable[T]) -> T:
        """`news`, as soon as it is there. Raises ModelStalled or ModelEndless where that takes too long."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        limits = [limit for limit in (self._idle, self._rest) if limit is not None]
        try:
            async with asyncio.timeout(min(limits, default=None)):
                return await news
        except TimeoutError:
            raise self._complaint() from None
        finally:
            if self._rest is not None:
                self._rest -= clock() - asked

    def _complaint(self) -> ModelError:
        if self._idle is not None and (self._rest is None or self._idle <= self._rest):
            return ModelStalled(
                f"{self._label} said nothing for {self._idle:g} s: check its log, or allow it more"
            )
        return ModelEndless(
            f"{self._label} had not come to an end after {self._total:g} s: ask for less, or allow it more"
        )
