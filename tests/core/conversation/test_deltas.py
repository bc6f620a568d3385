"""The words between a model and a reply are plain values."""

from __future__ import annotations

from bot.core.conversation.deltas import Finish, Reason, Text


def test_deltas_compare_by_what_they_say() -> None:
    assert Text("a") == Text("a")
    assert Finish(Reason.STOP) == Finish(Reason.STOP, "")
