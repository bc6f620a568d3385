"""Calls to Slack as values."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import get_args

import pytest

from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.slack_calls import ApprovalCall, Body, Post, SlackCall

THREAD = ThreadKey("T", "C", "1.0")


def test_no_two_calls_are_made_by_one_method_but_those_that_ask_whether_a_tool_may_act() -> None:
    methods = [call.method for call in get_args(SlackCall) if call not in get_args(ApprovalCall)]
    assert len(set(methods)) == len(methods)


def test_what_was_decided_cannot_be_changed_on_its_way() -> None:
    post = Post(THREAD, 0, Body("**one**", "one", Dialect.BLOCK), "m:0", last=False)
    with pytest.raises(FrozenInstanceError):
        post.marker = "m:1"  # type: ignore[misc]
