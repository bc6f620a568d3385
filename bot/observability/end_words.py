"""Says in one word what has ended a piece of work, for the facts that tell of it: never what an error says, which may be anybody's words."""

from __future__ import annotations

import asyncio

CANCELLED = "cancelled"
"""Stands for the class of what ended work that nobody waits for any more."""


def was_left(error: BaseException) -> bool:
    """Tells whether nobody waits any more for what has ended so."""
    return isinstance(error, asyncio.CancelledError | GeneratorExit)


def end_word(error: BaseException) -> str:
    """Returns CANCELLED where nobody waits any more, and else the error's class."""
    return CANCELLED if was_left(error) else type(error).__name__
