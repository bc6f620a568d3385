"""Reads what models cost, from a file in TOML that the operator writes:

currency = "USD"

[models."openai:gpt-4.1-mini"]   # or a pattern: "openai:gpt-4.1*"; the first that fits counts
input = 0.40                     # a million tokens
output = 1.60
"""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from bot.core.conversation.spending import ModelPrice, Prices
from bot.environment.variables import shown
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

MOST = Decimal(1_000_000)
"""A million tokens cost less than that in every currency that is counted so far."""


def read_prices(name: str, file: Path) -> Prices:
    """Returns what the file says. Raises SettingsError, which begins with `name`, for one that cannot be read or says something else."""
    try:
        found = tomllib.loads(file.read_text("utf-8"), parse_float=Decimal)
    except OSError as error:
        raise SettingsError(f"{name}: {shown(str(file))} cannot be read ({error.strerror}).") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{name}: {shown(str(file))} is no TOML in UTF-8 ({error}).") from None
    models = found.get("models")
    if not isinstance(models, dict) or not models:
        raise SettingsError(
            f'{name}: {shown(str(file))} names no model: write [models."openai:gpt-4.1-mini"].'
        )
    currency = found.get("currency", "USD")
    if not isinstance(currency, str) or not 1 <= len(currency) <= 5:
        raise SettingsError(f'{name}: currency: write a short name, such as "USD".')
    named = cast("dict[str, object]", models)
    return Prices(currency, {model: _price(name, model, said) for model, said in named.items()})


def _price(name: str, model: str, said: object) -> ModelPrice:
    values = cast("dict[str, object]", said) if isinstance(said, dict) else {}
    if set(values) != {"input", "output"}:
        raise SettingsError(f"{name}: {shown(model)}: write input and output, what a million tokens cost.")
    return ModelPrice(*(_amount(name, model, values[one]) for one in ModelPrice._fields))


def _amount(name: str, model: str, said: object) -> Decimal:
    # A bool is an int, and infinity and NaN are numbers in TOML.
    amount = Decimal(said) if isinstance(said, int | Decimal) and not isinstance(said, bool) else None
    if amount is None or not amount.is_finite() or not 0 <= amount < MOST:
        raise SettingsError(
            f"{name}: {shown(model)}: write what a million tokens cost as a number, such as 0.40."
        )
    return amount
