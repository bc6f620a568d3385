"""Who is told what happens."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.observability.facts import Fact, HookFailed, LockLost
from bot.observability.hooks import subscribe, tell

if TYPE_CHECKING:
    from collections.abc import Callable

HAPPENED = LockLost(replica="me")
WORDS = 8 * "PROMPT"


def test_a_hook_hears_what_happens_while_it_is_subscribed() -> None:
    told: list[Fact] = []
    tell(LockLost(replica="before"))
    with subscribe(told.append):
        tell(HAPPENED)
    tell(LockLost(replica="after"))
    assert told == [HAPPENED]


def test_the_log_hears_without_being_subscribed(caplog: pytest.LogCaptureFixture) -> None:
    tell(HAPPENED)
    assert [(one.name, one.levelno, one.message, vars(one)["replica"]) for one in caplog.records] == [
        ("bot", logging.WARNING, "lock.lost", "me")
    ]


def test_a_hook_may_be_subscribed_more_than_once() -> None:
    told: list[Fact] = []
    with subscribe(told.append):
        with subscribe(told.append):
            tell(HAPPENED)
        tell(HAPPENED)
    assert told == [HAPPENED] * 3


def raising(_fact: Fact) -> None:
    """A hook with a bug, whose exception has words of its own."""
    raise ValueError(WORDS)


class Exporter:
    """A hook that is an object."""

    def __call__(self, fact: Fact) -> None:
        raise KeyError(fact)


@pytest.mark.parametrize(
    ("hook", "name", "kind"), [(raising, "raising", "ValueError"), (Exporter(), "Exporter", "KeyError")]
)
def test_a_hook_that_raises_breaks_nothing_and_is_told_once(
    caplog: pytest.LogCaptureFixture, hook: Callable[[Fact], None], name: str, kind: str
) -> None:
    told: list[Fact] = []
    with subscribe(hook), subscribe(told.append):
        tell(HAPPENED)
        tell(HAPPENED)
    assert [one for one in told if one != HAPPENED] == [HookFailed(hook=name, kind=kind, way=_way(told))]
    assert told.count(HAPPENED) == 2
    assert caplog.messages == ["lock.lost", "hook.failed", "lock.lost"]
    assert WORDS not in caplog.text


def test_a_hook_that_raised_is_told_what_happens_next() -> None:
    told: list[Fact] = []

    def slips(fact: Fact) -> None:
        told.append(fact)
        if fact is HAPPENED:
            raise ValueError

    with subscribe(slips):
        tell(HAPPENED)
        tell(LockLost(replica="other"))
    assert [type(one) for one in told] == [LockLost, HookFailed, LockLost]


def _way(told: list[Fact]) -> str:
    return "".join(one.way for one in told if isinstance(one, HookFailed))
