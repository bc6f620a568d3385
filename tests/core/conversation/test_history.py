"""A thread as the model reads it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation.history import ChatMessage, Role, ThreadMessage, count_tokens, to_messages


def said(text: str, *, user: str = "U1", ours: bool = False) -> ThreadMessage:
    return ThreadMessage("1.0", user, text, ours)


def test_the_thread_is_told_in_order_after_the_system_prompt() -> None:
    thread = [said("Hi"), said("Hello!", ours=True), said("Sing")]
    assert to_messages(thread, system="Be kind.", budget=1000) == [
        ChatMessage(Role.SYSTEM, "Be kind."),
        ChatMessage(Role.USER, "Hi"),
        ChatMessage(Role.ASSISTANT, "Hello!"),
        ChatMessage(Role.USER, "Sing"),
    ]


def test_without_a_system_prompt_there_is_none() -> None:
    assert to_messages([said("Hi")], system="", budget=1000) == [ChatMessage(Role.USER, "Hi")]


def test_neighbours_of_one_role_become_one_message() -> None:
    messages = to_messages([said("One"), said("two"), said("three")], system="", budget=1000)
    assert messages == [ChatMessage(Role.USER, "One\n\ntwo\n\nthree")]


def test_where_several_people_talk_each_is_named() -> None:
    messages = to_messages([said("Tea?"), said("Coffee.", user="U2")], system="", budget=1000)
    assert messages == [ChatMessage(Role.USER, "@U1: Tea?\n\n@U2: Coffee.")]


def test_messages_without_text_are_left_out() -> None:
    assert to_messages([said(""), said("Hi")], system="", budget=1000) == [ChatMessage(Role.USER, "Hi")]


def test_what_is_old_goes_first_when_the_budget_is_short() -> None:
    thread = [said("old " * 100), said("An answer", ours=True), said("new")]
    messages = to_messages(thread, system="", budget=60)
    assert messages == [ChatMessage(Role.USER, "new")]  # an answer whose question is gone means nothing


def test_a_question_that_is_too_long_keeps_its_beginning_and_its_end() -> None:
    long = "Summarise this: " + "word " * 5000 + "in three lines."
    (message,) = to_messages([said(long)], system="", budget=500)
    assert message.text.startswith("Summarise this: ")
    assert message.text.endswith("in three lines.")
    assert "[…]" in message.text
    assert count_tokens(message.text) <= 500


@pytest.mark.parametrize("text", ["", "plain words", "漢字かな", "🧋" * 50])
def test_a_token_count_is_never_nothing(text: str) -> None:
    assert count_tokens(text) >= 4


texts = st.builds(said, st.text(max_size=400), user=st.sampled_from(["U1", "U2"]), ours=st.booleans())


@given(st.lists(texts, max_size=12), st.text(min_size=1, max_size=400), st.integers(100, 2000))
def test_the_question_always_arrives_and_roles_alternate(
    before: list[ThreadMessage], question: str, budget: int
) -> None:
    messages = to_messages([*before, said(question)], system="", budget=budget)
    assert messages[-1].role is Role.USER
    assert messages[-1].text.endswith(question[-20:])
    roles = [message.role for message in messages]
    assert all(a is not b for a, b in pairwise(roles))
    assert roles[0] is Role.USER
