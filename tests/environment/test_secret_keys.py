"""The keys that seal what must not be read."""

from __future__ import annotations

import base64

import pytest

from bot.environment.secret_keys import read_secret_keys
from bot.errors import SettingsError

ONE, TWO = (base64.b64encode(each * 32).decode() for each in (b"1", b"2"))


def test_keys_are_in_their_order_by_their_names() -> None:
    keys = read_secret_keys("KEYS", f" b:{TWO}, a:{ONE},")
    assert list(keys.items()) == [("b", b"2" * 32), ("a", b"1" * 32)]
    assert read_secret_keys("KEYS", "") == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (ONE, "has no name"),
        (f"a:{ONE},a:{TWO}", "has no name, or one that another has"),
        (f"a b:{ONE}", "has no name"),
        ("a:not base64!", "not written in base64"),
        (f"a:{ONE[:-4]}", "has 30 bytes"),
        ("a:", "has 0 bytes"),
    ],
)
def test_what_is_no_key_is_told_without_repeating_it(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=f"KEYS: .*{words}") as caught:
        read_secret_keys("KEYS", text)
    assert ONE[:8] not in str(caught.value)
    assert "openssl rand -base64 32" in str(caught.value)
