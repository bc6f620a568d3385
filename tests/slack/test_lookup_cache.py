"""What Slack was asked once is kept for a while, in virtual time."""

from __future__ import annotations

import asyncio

import pytest

from bot.errors import RateLimited, SlackDenied, SlackError, SlackUnreachable
from bot.slack import lookup_cache as module
from bot.slack.lookup_cache import AT_ONCE, KEPT, KEPT_UNKNOWN, LookupCache
from tests.clock import VIRTUAL


class Names:
    """Tells names after `seconds`, or raises an `error` where one is set."""

    def __init__(self, *, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[str] = []
        self.at_once = self.most_at_once = 0
        self.error: SlackError | None = None

    async def fetch(self, one: str) -> str:
        self.asked.append(one)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        if self.error is not None:
            raise self.error
        return f"name of {one}"


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def a_cache(names: Names) -> LookupCache[str]:
    return LookupCache(names.fetch, clock=lambda: asyncio.get_running_loop().time())


async def get(cache: LookupCache[str], *ids: str, within: float = 5.0) -> dict[str, str]:
    return await cache.get(ids, within=within)


@pytest.mark.parametrize("error", [SlackError("user_not_found"), SlackUnreachable("reset")], ids=str)
async def test_what_slack_does_not_tell_is_left_out_and_the_operator_hears_of_it(
    caplog: pytest.LogCaptureFixture, error: SlackError
) -> None:
    caplog.set_level("INFO", "bot")
    names = Names()
    names.error = error
    assert await get(a_cache(names), "U1") == {}
    assert "lookup.failed" in caplog.text


async def test_a_name_is_asked_for_once_an_hour_and_an_unknown_one_once_a_minute() -> None:
    names = Names()
    cache = a_cache(names)
    for pause in (0, KEPT - 1, 2):
        await asyncio.sleep(pause)
        assert await get(cache, "U1") == {"U1": "name of U1"}
    assert names.asked == ["U1"] * 2
    names.error = SlackError("user_not_found")
    for pause in (0, KEPT_UNKNOWN - 1, 2):
        await asyncio.sleep(pause)
        await get(cache, "U2")
    assert names.asked[2:] == ["U2"] * 2


async def test_an_old_name_is_kept_where_slack_does_not_tell_it_again() -> None:
    names = Names()
    cache = a_cache(names)
    await get(cache, "U1")
    names.error = SlackUnreachable("reset")
    await asyncio.sleep(KEPT + 1)
    assert await get(cache, "U1") == {"U1": "name of U1"}


async def test_names_are_waited_for_only_so_long() -> None:
    cache = a_cache(Names(seconds=3.0))
    assert await get(cache, "U1", within=1.0) == {}
    assert asyncio.get_running_loop().time() == 1.0
    assert await get(cache, "U1", within=4.0) == {"U1": "name of U1"}


async def test_many_names_are_asked_for_a_few_at_a_time_and_each_once() -> None:
    names = Names(seconds=0.1)
    cache = a_cache(names)
    wanted = [f"U{number}" for number in range(20)]
    found = await asyncio.gather(get(cache, *wanted), get(cache, *wanted))
    assert [set(one) for one in found] == [set(wanted)] * 2
    assert (sorted(names.asked), names.most_at_once) == (sorted(wanted), AT_ONCE)


@pytest.mark.parametrize(
    ("error", "quiet"),
    [(RateLimited(90), 90.0), (SlackDenied("needs users:read", code="missing_scope"), KEPT)],
    ids=["429", "no scope"],
)
async def test_slack_is_left_alone_for_as_long_as_it_would_say_the_same(
    error: SlackError, quiet: float
) -> None:
    names = Names()
    names.error = error
    cache = a_cache(names)
    await get(cache, "U1")
    names.error = None
    await asyncio.sleep(quiet - 1)
    assert await get(cache, "U2") == {}
    await asyncio.sleep(KEPT_UNKNOWN)
    assert set(await get(cache, "U1", "U2")) == {"U1", "U2"}
    assert len(names.asked) == 3


async def test_the_memory_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    names = Names()
    cache = a_cache(names)
    for one in ("U1", "U2", "U1"):
        await get(cache, one)
    assert names.asked == ["U1", "U2", "U1"]


async def test_who_wants_what_is_asked_for_already_waits_for_that() -> None:
    names = Names(seconds=1.0)
    cache = a_cache(names)
    first, second = await asyncio.gather(get(cache, "U1"), get(cache, "U1"))
    assert first == second == {"U1": "name of U1"}
    assert names.asked == ["U1"]


async def test_who_waits_longer_asks_where_the_first_has_given_up() -> None:
    names = Names(seconds=2.0)
    cache = a_cache(names)
    first, second = await asyncio.gather(get(cache, "U1", within=1.0), get(cache, "U1"))
    assert (first, second) == ({}, {"U1": "name of U1"})
    assert names.asked == ["U1"] * 2
