"""Spares the garbage collector what it can find nothing in: all that importing makes, which is there until the end."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

YOUNG = 20_000
"""Objects that may be made, beyond those that have gone, until the collector looks at the young ones. Python's own 700 are for small
programs: with it, looking costs a fifth of what a streamed word does, and finds as little (measured)."""


@contextmanager
def collector_off() -> Generator[None]:
    """Keeps the collector off while the block imports, and what is there then out of all later collections.

    While Python imports it makes hundreds of thousands of objects and frees next to none, so that looking for garbage again and
    again is a fifth of the CPU of a start.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.set_threshold(YOUNG)
        if was_on:
            gc.enable()
