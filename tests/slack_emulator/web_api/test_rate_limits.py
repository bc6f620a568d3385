"""Slack's tiers: what is let through, and how long the rest has to wait."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slack_emulator.errors import WorkspaceError
from slack_emulator.state.scopes import OF_KIND, PLAIN
from slack_emulator.web_api.methods import METHODS
from slack_emulator.web_api.rate_limits import METHODS as RATES
from slack_emulator.web_api.rate_limits import Bucket, Limits, MethodBudget, Rate


def call(
    limits: Limits, now: float, method: str = "chat.update", app: str = "A1", channel: str = "C1"
) -> int | None:
    return limits.take(method, team="T1", app=app, channel=channel, now=now)


def test_fifty_edits_a_minute_pass_and_the_next_waits() -> None:
    limits = Limits.strict()
    assert [call(limits, now=n / 10) for n in range(50)] == [None] * 50
    assert call(limits, now=5.0) == 55


def test_a_wait_is_told_in_whole_seconds_never_too_few() -> None:
    limits = Limits.strict(chat_update=Rate(1, 60))
    call(limits, now=0.0)
    assert call(limits, now=0.5) == 60
    assert call(limits, now=59.5) == 1
    assert call(limits, now=60.0) is None


def test_who_waits_as_told_is_let_through() -> None:
    limits = Limits.strict()
    for n in range(50):
        call(limits, now=n / 10)
    wait = call(limits, now=10.0)
    assert wait is not None
    assert call(limits, now=10.0 + wait) is None


def test_a_refused_call_does_not_make_the_wait_longer() -> None:
    limits = Limits.strict(chat_update=Rate(1, 60))
    call(limits, now=0.0)
    call(limits, now=30.0)
    assert call(limits, now=60.0) is None


def test_another_method_another_app_and_another_workspace_are_not_held_up() -> None:
    limits = Limits.strict(chat_update=Rate(1, 60))
    call(limits, now=0.0)
    assert call(limits, now=1.0) == 59
    assert call(limits, now=1.0, method="chat.delete") is None
    assert call(limits, now=1.0, app="A2") is None
    assert limits.take("chat.update", team="T2", app="A1", channel="C1", now=1.0) is None


def test_posting_is_held_to_one_a_second_in_a_channel_after_a_short_burst() -> None:
    limits = Limits.strict()
    assert [call(limits, 0.0, "chat.postMessage") for _ in range(6)] == [None] * 5 + [5]
    assert call(limits, 0.0, "chat.postMessage", channel="C2") is None
    assert call(limits, 0.0, "chat.update") is None


def test_a_post_refused_for_its_channel_leaves_the_workspaces_allowance_alone() -> None:
    limits = Limits.strict(chat_postMessage=Rate(6, 60))
    for _ in range(10):
        call(limits, 0.0, "chat.postMessage")
    assert call(limits, 0.0, "chat.postMessage", channel="C2") is None
    assert call(limits, 0.0, "chat.postMessage", channel="C2") == 60


def test_with_limits_off_everything_passes() -> None:
    limits = Limits.off()
    assert {call(limits, 0.0, "chat.postMessage") for _ in range(1000)} == {None}


@pytest.mark.parametrize(
    "method",
    sorted({*METHODS, *PLAIN, *OF_KIND}),
)
def test_every_method_has_its_limit(method: str) -> None:
    assert method in RATES


@example([1.0, 1.0, 1.0, 1.0, 60.0, 60.0, 1.9287742411848883e-171])
@given(st.lists(st.floats(min_value=0, max_value=300), max_size=200))
def test_no_window_ever_holds_more_than_its_rate(times: list[float]) -> None:
    bucket = Bucket(Rate(5, 60))
    taken: list[float] = []
    for now in sorted(times):
        if not bucket.wait(now):
            bucket.take(now)
            taken.append(now)
    assert all(later - earlier >= 60 for earlier, later in zip(taken, taken[5:], strict=False))


@pytest.mark.parametrize(("chosen", "wait"), [(True, None), (False, None), ({"chat.update": "1/60"}, 60)])
def test_a_seed_chooses_the_rates(chosen: dict[str, str] | bool, wait: int | None) -> None:
    limits = Limits.of(chosen)
    assert [call(limits, 0.0, "chat.update") for _ in range(2)] == [None, wait]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"chat.sing": "1/60"}, "no rate for chat.sing"),
        ({"chat.update": "often"}, "often is no rate: write calls/seconds"),
        ({"chat.update": "0/60"}, "0/60 is no rate"),
    ],
)
def test_a_rate_that_is_none_is_told(chosen: dict[str, str], words: str) -> None:
    with pytest.raises(WorkspaceError, match=words):
        Limits.of(chosen)


def test_a_seed_chooses_how_fast_a_channel_takes_posts() -> None:
    limits = Limits.of({"posting": "1/1"})
    assert [call(limits, 0.0, "chat.postMessage") for _ in range(2)] == [None, 1]


def test_what_is_left_is_told_for_what_was_used() -> None:
    limits = Limits.strict(chat_update=Rate(2, 60))
    for _ in range(2):
        call(limits, 0.0, "chat.update")
    call(limits, 0.0, "chat.postMessage")
    assert limits.left("T1", "A1", 15.0) == {
        "chat.update": MethodBudget(0, 2, 60, 45.0),
        "chat.postMessage": MethodBudget(299, 300, 60, 0.0),
        "posting C1": MethodBudget(5, 5, 5, 0.0),
    }
    assert limits.left("T2", "A1", 15.0) == {}


def test_what_was_counted_can_be_forgotten() -> None:
    limits = Limits.strict(chat_update=Rate(1, 60))
    call(limits, 0.0, "chat.update")
    limits.clear()
    assert call(limits, 0.0, "chat.update") is None
