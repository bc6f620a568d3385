"""Tokens as they lie in the database."""

from __future__ import annotations

import base64

import pytest

from bot.durable.token_seal import TokenSeal
from bot.errors import SettingsError

OLD, NEW = b"o" * 32, b"n" * 32
PLACE = ("client", "T1", "token")


def test_what_is_sealed_is_opened_where_it_belongs_and_is_never_the_same_twice() -> None:
    seal = TokenSeal({"1": OLD})
    first, second = (seal.seal("xoxb-1", *PLACE) for _ in range(2))
    assert first != second
    assert "xoxb" not in first + base64.b64decode(first.partition(".")[2]).decode("latin-1")
    assert seal.open(first, *PLACE) == "xoxb-1"
    assert (seal.seal("", *PLACE), seal.open("", *PLACE)) == ("", "")


@pytest.mark.parametrize(
    "place", [("client", "T2", "token"), ("client", "T1", "refresh_token"), ("clientT1", "token")]
)
def test_what_is_moved_opens_nowhere(place: tuple[str, ...]) -> None:
    seal = TokenSeal({"1": OLD})
    with pytest.raises(SettingsError, match="the key 1 is not the one"):
        seal.open(seal.seal("xoxb-1", *PLACE), *place)


def test_an_older_key_opens_and_the_newest_seals() -> None:
    sealed = TokenSeal({"1": OLD}).seal("xoxb-1", *PLACE)
    both = TokenSeal({"2": NEW, "1": OLD})
    assert both.open(sealed, *PLACE) == "xoxb-1"
    assert not both.is_current(sealed)
    assert both.is_current(both.seal("xoxb-1", *PLACE))
    assert both.is_current("")


@pytest.mark.parametrize(
    ("sealed", "words"),
    [
        ("9.AAAA", "that the key 9 has sealed: put that key back"),
        ("1.AAAA", "the key 1 is not the one"),
        ("1.no base64", "the key 1 is not the one"),
        ("1.", "the key 1 is not the one"),
    ],
)
def test_what_cannot_be_opened_says_what_to_do_about_it(sealed: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        TokenSeal({"1": OLD}).open(sealed, *PLACE)
