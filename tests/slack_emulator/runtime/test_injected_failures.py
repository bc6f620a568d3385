"""Faults come in the order they were set, as often as asked."""

from __future__ import annotations

import pytest

from slack_emulator.runtime.injected_failures import Fault, Faults


def met(faults: Faults, method: str, *times: float) -> list[str | None]:
    """The errors of calls made at these times."""
    found = [faults.next(method, now) for now in times]
    return [fault.error if fault else None for fault in found]


def test_faults_are_used_up_in_order() -> None:
    faults = Faults()
    faults.add("chat.update", Fault(error="one", times=2))
    faults.add("chat.update", Fault(error="two"))
    assert met(faults, "chat.update", 0, 0, 0, 0) == ["one", "one", "two", None]


def test_the_third_call_from_now_can_be_the_one_that_fails() -> None:
    faults = Faults()
    faults.add("chat.update", Fault(error="third", nth=3))
    faults.add("chat.update", Fault(error="first"))
    assert met(faults, "chat.update", 0, 0, 0, 0) == ["first", None, "third", None]


def test_a_fault_can_last_a_while_from_the_first_call_it_meets() -> None:
    faults = Faults()
    faults.add("chat.update", Fault(error="down", times=None, lasting=30))
    assert met(faults, "chat.update", 100, 129.9, 130, 131) == ["down", "down", None, None]
    assert faults.waiting == []


def test_every_method_can_be_meant() -> None:
    faults = Faults()
    faults.add("*", Fault(error="down", times=2))
    assert [met(faults, method, 0) for method in ("chat.update", "chat.delete", "auth.test")] == [
        ["down"],
        ["down"],
        [None],
    ]


def test_other_methods_meet_none() -> None:
    faults = Faults()
    faults.add("chat.update", Fault())
    assert faults.next("chat.delete", 0) is None
    assert [method for method, _ in faults.waiting] == ["chat.update"]


def test_faults_can_be_taken_back() -> None:
    faults = Faults()
    faults.add("chat.update", Fault())
    faults.lose_acks(2)
    faults.clear()
    assert faults.next("chat.update", 0) is None
    assert not faults.loses_ack()


def test_as_many_acknowledgements_are_lost_as_asked() -> None:
    faults = Faults()
    faults.lose_acks(2)
    assert [faults.loses_ack() for _ in range(3)] == [True, True, False]
    assert faults.lost_acks == 0


@pytest.mark.parametrize(
    ("fault", "fails"),
    [
        (Fault(latency=1), False),
        (Fault(status=500), True),
        (Fault(error="x"), True),
        (Fault(retry_after=0), True),
        (Fault(drop=True), True),
    ],
)
def test_a_call_may_be_late_without_failing(fault: Fault, fails: bool) -> None:
    assert fault.fails == fails
