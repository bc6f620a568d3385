"""For whom a tool acts, and how often."""

from __future__ import annotations

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.model.tools.action_gate import Action, ToolRun

TURN = AnswerKey(TurnKey(ThreadKey("T1", "C1", "1.0"), "1.0", "U1", Kind.MENTION))


def test_the_same_action_has_one_name_whatever_the_order_of_its_arguments() -> None:
    one, other = Action(TURN, "a__b", {"x": 1, "y": 2}), Action(TURN, "a__b", {"y": 2, "x": 1})
    assert one.canonical == other.canonical
    assert one.canonical != Action(TURN, "a__b", {"x": 1, "y": 3}).canonical


def test_calls_are_counted_up_to_a_limit() -> None:
    run = ToolRun(None, most=2)
    assert [run.count(), run.count(), run.count()] == [True, True, False]


def test_an_action_that_comes_again_has_the_next_number() -> None:
    run = ToolRun(TURN, most=9)
    assert [run.number("a", {"x": 1}), run.number("a", {"x": 2}), run.number("a", {"x": 1})] == [1, 1, 2]
