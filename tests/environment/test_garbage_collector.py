"""When the garbage collector looks, and at what."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest

from bot.environment.garbage_collector import YOUNG, collector_off

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(autouse=True)
def collector() -> Generator[None]:
    """The collector, as it was before."""
    threshold = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)
    gc.enable()


def test_the_collector_is_off_within_the_block_only() -> None:
    with collector_off():
        within = gc.isenabled()
    assert (within, gc.isenabled()) == (False, True)


def test_a_collector_that_somebody_has_turned_off_stays_off() -> None:
    gc.disable()
    with collector_off():
        pass
    assert not gc.isenabled()


def test_what_the_block_made_is_not_looked_at_again() -> None:
    with collector_off():
        made: list[object] = [[]]
    assert not any(one is made for one in gc.get_objects())
    assert gc.get_threshold()[0] == YOUNG


def test_a_block_that_fails_leaves_the_collector_on() -> None:
    with pytest.raises(ImportError), collector_off():
        raise ImportError
    assert gc.isenabled()
