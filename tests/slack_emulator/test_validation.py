"""What somebody wrote by hand, as the type it has to be."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from slack_emulator.errors import WorkspaceError
from slack_emulator.validation import checked


@dataclass(frozen=True)
class Glass:
    size: int
    water: list[str]


def test_what_fits_is_what_it_has_to_be() -> None:
    assert checked(Glass, {"size": "3", "water": ["still"]}, "glass.yml") == Glass(3, ["still"])


def test_what_does_not_fit_is_told_with_its_place_in_one_line() -> None:
    with pytest.raises(WorkspaceError) as told:
        checked(Glass, {"size": "big", "water": [1]}, "glass.yml")
    assert str(told.value) == (
        "glass.yml: size: Input should be a valid integer, unable to parse string as an integer; "
        "water.0: Input should be a valid string"
    )


def test_what_is_wrong_as_a_whole_has_no_place() -> None:
    with pytest.raises(WorkspaceError, match=r"^water\.yml: Input should be a valid list$"):
        checked(list[str], 7, "water.yml")
