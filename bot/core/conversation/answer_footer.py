"""Says in a line what an answer took: which model has written it, and what that cost, as far as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.spending import price

if TYPE_CHECKING:
    from collections.abc import Container

    from bot.core.conversation.deltas import Usage
    from bot.core.conversation.spending import Prices
    from bot.language.translatable import Translatable

MODEL, COST = "MODEL", "COST"
"""Name what can be shown."""


def footer_line(shows: Container[str], prices: Prices, model: str, used: Usage | None) -> Translatable | None:
    """Returns the line below an answer of `model`; None for none. What nobody has counted, or priced, is not said to cost anything."""
    name = (used.model if used else "") or model
    known = COST in shows and used is not None and prices.of(name) is not None
    cost = f"{price(prices, model, used).micros / 1_000_000:.4f} {prices.currency}" if known and used else ""
    if MODEL in shows:
        filled = notices.ANSWERED_FOR.fill(model=name, cost=cost)
        return filled if cost else notices.ANSWERED_BY.fill(model=name)
    return notices.ANSWER_COST.fill(cost=cost) if cost else None
