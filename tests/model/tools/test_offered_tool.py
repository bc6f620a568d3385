"""What a tool is to us."""

from __future__ import annotations

from bot.model.tools.offered_tool import ToolBroken


def test_a_call_that_broke_may_have_been_done_unless_it_never_left() -> None:
    assert ToolBroken("gone", outcome="lost").sent
    assert not ToolBroken("away", outcome="away", sent=False).sent
