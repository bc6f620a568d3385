"""What models cost, as an operator writes it down."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation.spending import ModelPrice, Prices
from bot.environment.price_file import read_prices
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_prices_are_exact_and_in_the_order_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(
        'currency = "EUR"\n[models."openai:gpt-4.1-mini"]\ninput = 0.1\noutput = 1\n[models."*"]\ninput = 0\noutput = 0.0\n'
    )
    models = {
        "openai:gpt-4.1-mini": ModelPrice(Decimal("0.1"), Decimal(1)),
        "*": ModelPrice(Decimal(0), Decimal(0)),
    }
    assert read_prices("PRICES", file) == Prices("EUR", models)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("models", "is no TOML"),
        ("", "names no model"),
        ("models = 3", "names no model"),
        ("currency = 3\n[models.a]\ninput = 1\noutput = 1", "currency"),
        ("[models.a]\ninput = 1", "a: write input and output"),
        ("[models]\na = 3", "a: write input and output"),
        ("[models.a]\ninput = 1\noutput = 1\ncached = 1", "a: write input and output"),
        ("[models.a]\ninput = -1\noutput = 1", "as a number"),
        ("[models.a]\ninput = true\noutput = 1", "as a number"),
        ("[models.a]\ninput = nan\noutput = 1", "as a number"),
        ('[models.a]\ninput = "1"\noutput = 1', "as a number"),
        ("[models.a]\ninput = 1e9\noutput = 1", "as a number"),
    ],
)
def test_what_says_something_else_is_one_line_that_names_the_mend(
    tmp_path: Path, text: str, words: str
) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_prices("PRICES", file)
    assert str(caught.value).startswith("PRICES: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_prices("PRICES", tmp_path / "nowhere.toml")
    (binary := tmp_path / "prices.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match="no TOML in UTF-8"):
        read_prices("PRICES", binary)
