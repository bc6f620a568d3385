"""What people are told of what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Iterator


def kinds(of: type[ModelError]) -> Iterator[type[ModelError]]:
    yield of
    for one in of.__subclasses__():
        yield from kinds(one)


@pytest.mark.parametrize("kind", list(kinds(ModelError)))
def test_who_is_told_to_ask_again_can_do_so_by_a_button_and_nobody_else(kind: type[ModelError]) -> None:
    assert kind.again is ("ask again" in kind.told.english.lower())
