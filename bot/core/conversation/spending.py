"""Decides what may be spent in a day and a month, and what an answer has cost.

Days and months are those of UTC. What an answer will cost nobody knows before it is written: so a place among the turns of a day
is taken at its start, with a guess at its tokens, and at its end the guess is put right. Who has any tokens left may ask: an answer
that turns out longer is not cut, so at most the answers that run at once go beyond a budget of tokens or money, and none beyond one
of turns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_UP, Decimal
from enum import Enum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.core.conversation.deltas import Usage

ESTIMATE = 2_000
"""Tokens that an answer is taken to cost until it is written: a question in a thread, and an answer of some 300 words."""
EVERYBODY = ""
"""Stands for the person where all of a workspace are meant."""


class Cap(Enum):
    """Says which budget is used up."""

    PERSON = "budget-of-person"
    TEAM = "budget-of-workspace"
    MONTH = "budget-of-month"


@dataclass(frozen=True, slots=True)
class SpendingLimits:
    """Holds what one person and a whole workspace may spend in a day, in turns and in tokens, and a workspace in a month, in
    millionths of the currency of the prices; None: as much as anybody likes."""

    person_turns: int | None = None
    person_tokens: int | None = None
    team_turns: int | None = None
    team_tokens: int | None = None
    team_month: int | None = None

    def __bool__(self) -> bool:
        return self != SpendingLimits()


class Period(NamedTuple):
    """Names an account that something is spent from, with what it may come to: of a `person` in a day or a month."""

    person: str
    name: str
    cap: Cap
    turns: int | None = None
    tokens: int | None = None
    micros: int | None = None


@dataclass(frozen=True, slots=True)
class ModelUse:
    """Holds what an answer has used, and what that costs, in millionths of the currency."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    micros: int = 0

    @property
    def tokens(self) -> int:
        """Both together."""
        return self.input_tokens + self.output_tokens


def day_of(now: float) -> str:
    """Returns the name of the day: `2026-11-27`. `now` is in seconds since the epoch."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d")


def periods(limits: SpendingLimits, person: str, day: str) -> Iterator[Period]:
    """Yields the accounts that a turn of `person` on that day is limited by; always in the same order, in which rows are locked."""
    month = day[: len("2026-11")]
    if limits.person_turns is not None or limits.person_tokens is not None:
        yield Period(person, day, Cap.PERSON, limits.person_turns, limits.person_tokens)
    if limits.team_turns is not None or limits.team_tokens is not None:
        yield Period(EVERYBODY, day, Cap.TEAM, limits.team_turns, limits.team_tokens)
    if limits.team_month is not None:
        yield Period(EVERYBODY, month, Cap.MONTH, micros=limits.team_month)


class ModelPrice(NamedTuple):
    """Says what a million tokens cost."""

    input: Decimal
    output: Decimal


@dataclass(frozen=True, slots=True)
class Prices:
    """Holds what models cost, by patterns of their names such as `openai:gpt-4.1*`, the first that fits."""

    currency: str = "USD"
    models: Mapping[str, ModelPrice] = field(default_factory=dict[str, ModelPrice])

    def of(self, model: str) -> ModelPrice | None:
        """Returns what that model costs; None where nobody has said."""
        return next((price for name, price in self.models.items() if fnmatchcase(model, name)), None)

    def cost(self, model: str, input_tokens: int, output_tokens: int) -> int:
        """Returns what so many tokens cost, in millionths, rounded up; 0 where nobody has said."""
        price = self.of(model)
        if price is None:
            return 0
        cost = input_tokens * price.input + output_tokens * price.output
        return int(cost.to_integral_value(ROUND_UP))


def price(prices: Prices, model: str, used: Usage) -> ModelUse:
    """Returns what was used, with what it costs; `model` is the one that was asked first."""
    name = used.model or model
    cost = prices.cost(name, used.input_tokens, used.output_tokens)
    return ModelUse(name, used.input_tokens, used.output_tokens, cost)
