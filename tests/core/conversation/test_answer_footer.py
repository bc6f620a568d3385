"""What stands below an answer of what it took."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.core.conversation.answer_footer import COST, MODEL, footer_line
from bot.core.conversation.deltas import Usage
from bot.core.conversation.spending import ModelPrice, Prices
from bot.language.catalogue import ENGLISH

PRICES = Prices("EUR", {"dear": ModelPrice(Decimal(1), Decimal(10))})


@pytest.mark.parametrize(
    ("shows", "model", "used", "line"),
    [
        ({MODEL, COST}, "dear", Usage(1_000, 500), "Answered by dear, at a cost of 0.0060 EUR"),
        ({MODEL}, "dear", Usage(1_000, 500), "Answered by dear"),
        ({COST}, "dear", Usage(1_000, 500), "Cost of this answer: 0.0060 EUR"),
        ({MODEL, COST}, "unknown", Usage(1_000, 500), "Answered by unknown"),
        ({MODEL, COST}, "dear", None, "Answered by dear"),
        ({MODEL, COST}, "dear", Usage(1, 1, "unknown"), "Answered by unknown"),
        ({COST}, "unknown", Usage(1, 1), None),
        ({COST}, "dear", None, None),
        (set(), "dear", Usage(1, 1), None),
    ],
)
def test_nothing_is_said_that_is_not_known(
    shows: set[str], model: str, used: Usage | None, line: str | None
) -> None:
    found = footer_line(shows, PRICES, model, used)
    assert (ENGLISH.say(found) if found else None) == line
