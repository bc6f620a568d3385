"""Faults come in the order they were set, as often as asked."""

from __future__ import annotations

from bot.workspace.faults import Fault, Faults


def test_faults_are_used_up_in_order() -> None:
    faults = Faults()
    faults.add("chat.update", Fault(error="one", times=2))
    faults.add("chat.update", Fault(error="two"))
    met = [faults.next("chat.update") for _ in range(4)]
    assert [fault and fault.error for fault in met] == ["one", "one", "two", None]


def test_other_methods_meet_none() -> None:
    faults = Faults()
    faults.add("chat.update", Fault())
    assert faults.next("chat.delete") is None


def test_faults_can_be_taken_back() -> None:
    faults = Faults()
    faults.add("chat.update", Fault())
    faults.clear()
    assert faults.next("chat.update") is None
