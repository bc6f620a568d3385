"""Refusals name Slack's code, and the flaw where there is one."""

from __future__ import annotations

from slack_emulator.errors import Refused


def test_a_refusal_says_its_code_and_details_in_one_line() -> None:
    assert str(Refused("no_text")) == "no_text"
    assert str(Refused("invalid_blocks", "unsupported type")) == "invalid_blocks: unsupported type"
