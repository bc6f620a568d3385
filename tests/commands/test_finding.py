"""What a look has found."""

from __future__ import annotations

from bot.commands.finding import Finding, Verdict, good, wrong
from bot.errors import SettingsError


def test_a_finding_says_of_what_it_is_and_whether_that_is_well() -> None:
    assert good("disk", "There is room.") == Finding("disk", Verdict.GOOD, "There is room.")
    assert wrong("disk", SettingsError("It is full.")) == Finding("disk", Verdict.WRONG, "It is full.")
