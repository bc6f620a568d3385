"""A call to Slack that waits for its turn, within bounds."""

from __future__ import annotations

import asyncio

import pytest

from bot.delivery.patient_call import MOST_CALLS, TRIES, insist, patiently
from bot.errors import RateLimited, SlackUnreachable
from tests.clock import VIRTUAL


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Refusing:
    """Is refused for those waits, one after the other, and then taken."""

    def __init__(self, *waits: float) -> None:
        self._waits = list(waits)
        self.made_at: list[float] = []

    def _next(self) -> Exception:
        return RateLimited(self._waits.pop(0))

    async def __call__(self) -> str:
        self.made_at.append(asyncio.get_running_loop().time())
        if self._waits:
            raise self._next()
        return "taken"


def seconds_apart(call: Refusing) -> list[float]:
    return [at - call.made_at[0] for at in call.made_at]


async def test_a_call_is_made_again_when_slack_lets_it() -> None:
    call = Refusing(2.0, 3.0)
    assert await patiently(call, seconds=5.0) == "taken"
    assert seconds_apart(call) == [0.0, 2.0, 5.0]


async def test_nobody_waits_longer_in_all_than_they_have_time() -> None:
    call = Refusing(2.0, 3.5)
    with pytest.raises(RateLimited):
        await patiently(call, seconds=5.0)
    assert seconds_apart(call) == [0.0, 2.0]


async def test_who_is_refused_again_and_again_is_refused() -> None:
    call = Refusing(*[0.0] * 10)
    with pytest.raises(RateLimited):
        await patiently(call, seconds=5.0)
    assert len(call.made_at) == MOST_CALLS


class Silent(Refusing):
    """Has no answer so often, and is taken then."""

    def _next(self) -> Exception:
        self._waits.pop()
        return SlackUnreachable("no answer")


async def test_a_call_that_nobody_answers_is_made_again_after_a_while() -> None:
    call = Silent(*[0.0] * (TRIES - 1))
    assert await insist(call, seconds=5.0) == "taken"
    assert len(call.made_at) == TRIES


async def test_who_is_never_answered_is_told() -> None:
    call = Silent(*[0.0] * 10)
    with pytest.raises(SlackUnreachable):
        await insist(call, seconds=5.0)
    assert len(call.made_at) == TRIES
