"""What a reader is told of an answer that is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.deltas import HistoryRead, Reasoning, Text, ToolState, ToolStep, ToolUse
from bot.core.delivery.activity import SILENT, Activity

if TYPE_CHECKING:
    from bot.language.translatable import Translatable


def test_the_first_words_say_how_much_was_read_before_them() -> None:
    activity = Activity(read=32)
    activity.hear(Text("Bubbles"), 0.0)
    assert activity.line(0.0) == notices.HAS_READ.fill(count=32)
    activity.land()
    assert activity.line(0.0) == notices.WRITING


def test_a_question_alone_is_not_worth_mentioning() -> None:
    assert Activity(read=1).line(0.0) == notices.WRITING


@pytest.mark.parametrize(
    ("delta", "line"),
    [
        (Text("word"), notices.WRITING),
        (Reasoning("hm"), notices.THINKING),
        (ToolUse("1", "look_up", "{}"), notices.USING_A_TOOL),
    ],
)
def test_what_the_model_sent_last_says_what_it_does(
    delta: Text | Reasoning | ToolUse, line: Translatable
) -> None:
    activity = Activity()
    activity.hear(delta, 1.0)
    assert activity.line(1.0) == line


def test_a_silent_model_is_waited_for() -> None:
    activity = Activity()
    activity.hear(Text("word"), 1.0)
    assert activity.line(1.0 + SILENT - 0.1) == notices.WRITING
    assert activity.line(21.9) == notices.WAITING.fill(seconds=20)


def test_what_slack_would_not_take_goes_before_all_until_it_takes_something() -> None:
    activity = Activity(limited=True)
    activity.hear(Text("word"), 0.0)
    assert activity.line(60.0) == notices.SLOWED
    activity.land()
    assert activity.line(0.0) == notices.WRITING


def step(name: str, state: ToolState, call: str = "1") -> ToolStep:
    return ToolStep(call, name, state)


def test_tools_at_work_are_named_however_long_they_take() -> None:
    activity = Activity()
    activity.hear(step("time: convert_time", ToolState.STARTED), 0.0)
    activity.hear(step("files: read", ToolState.STARTED, "2"), 0.0)
    activity.hear(step("files: read", ToolState.STARTED, "3"), 0.0)
    assert activity.line(60.0) == notices.USING.fill(tools="time: convert_time, files: read")
    assert activity.status == notices.IS_USING.fill(tools="time: convert_time, files: read")


@pytest.mark.parametrize("end", [ToolState.ENDED, ToolState.FAILED])
def test_after_its_tools_it_is_the_model_that_is_waited_for(end: ToolState) -> None:
    activity = Activity()
    activity.hear(step("clock", ToolState.STARTED), 0.0)
    activity.hear(step("clock", end), 1.0)
    assert (activity.line(1.0), activity.status, activity.tools_line) == (
        notices.WRITING,
        notices.IS_THINKING,
        None,
    )


def test_a_tool_that_waits_for_a_person_goes_before_those_at_work() -> None:
    activity = Activity()
    activity.hear(step("clock", ToolState.STARTED), 0.0)
    activity.hear(step("files: write", ToolState.ASKED, "2"), 0.0)
    assert activity.line(9.0) == notices.WAITS_FOR_APPROVAL


def test_while_a_long_thread_is_read_it_is_told_how_far() -> None:
    activity = Activity()
    activity.hear(HistoryRead(1, 80, 240), 0.0)
    assert activity.status == notices.IS_READING.fill(first=1, last=80, total=240)
    activity.hear(Text("Bubbles"), 1.0)
    assert activity.status == notices.IS_THINKING
