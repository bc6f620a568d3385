"""All settings, as they are listed in a terminal."""

from __future__ import annotations

import pytest

from bot.commands.settings_list import settings_list
from bot.environment.setting_reference import KNOWN_VARIABLES
from bot.errors import InputError


def test_every_setting_is_listed_in_its_section() -> None:
    listed = settings_list("", width=80).splitlines()
    assert {line.strip() for line in listed} >= KNOWN_VARIABLES
    assert listed[0] == "Slack"
    assert "Many workspaces" in listed


def test_a_setting_is_told_in_plain_words_within_the_width() -> None:
    listed = settings_list("TELEPRINTER_PRICES", width=60)
    assert listed.splitlines() == [
        "People and money",
        "",
        "  TELEPRINTER_PRICES",
        "      a file of what models cost: see what it costs",
        "      Default: nobody knows",
    ]
    assert max(map(len, settings_list("", width=60).splitlines())) < 100  # an address is not broken


def test_a_word_finds_what_speaks_of_it() -> None:
    assert "TELEPRINTER_GUESTS" in settings_list("guests", width=80)
    assert "SLACK_BOT_TOKEN" not in settings_list("guests", width=80)


def test_a_word_that_no_setting_has_is_told() -> None:
    with pytest.raises(InputError, match="No setting speaks of 'gusts'"):
        settings_list("gusts", width=80)
