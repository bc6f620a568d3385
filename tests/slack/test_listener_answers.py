"""What listeners answer Slack with."""

from __future__ import annotations

from bot.slack.listener_answers import done, form_answer


def test_a_form_without_a_problem_is_closed() -> None:
    answer = form_answer("", below="wishes")
    assert (answer.status, answer.body) == (200, "")


def test_a_form_with_a_problem_stays_open_and_says_so_below_its_field() -> None:
    answer = form_answer("Too long.", below="wishes")
    assert answer.body == '{"response_action": "errors", "errors": {"wishes": "Too long."}}'


async def test_where_middleware_has_answered_nothing_is_left_to_do() -> None:
    await done()
