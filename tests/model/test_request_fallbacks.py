"""What a request can do without, and when it is asked again without it."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest

from bot.model.request_fallbacks import CONCESSIONS

COUNTS, SYSTEM = CONCESSIONS
BODY: dict[str, Any] = {
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
    "stream_options": {"include_usage": True},
}


def refused(status: int, message: str) -> openai.APIStatusError:
    response = httpx2.Response(status, request=httpx2.Request("POST", "http://x/v1"))
    return openai.APIStatusError("no", response=response, body={"message": message})


@pytest.mark.parametrize(
    ("message", "mends"),
    [
        ("Extra inputs are not permitted: body.stream_options", (True, False)),
        ("System role not supported", (False, True)),
        ("Unsupported value: 'messages[0].role' does not support 'system' with this model.", (False, True)),
        ("'developer' is not one of ['system', 'assistant', 'user'] - 'messages.0.role'", (False, True)),
        ("Unknown model", (False, False)),
    ],
)
def test_what_the_server_names_is_left_out(message: str, mends: tuple[bool, bool]) -> None:
    error = refused(400, message)
    assert (COUNTS.mends(error, BODY), SYSTEM.mends(error, BODY)) == mends


def test_what_is_not_in_the_request_is_not_left_out() -> None:
    bare = {"messages": [{"role": "user", "content": "Hi"}]}
    assert not COUNTS.mends(refused(422, "stream_options"), bare)
    assert not SYSTEM.mends(refused(400, "system role"), bare)


def test_other_refusals_are_for_other_reasons() -> None:
    assert not COUNTS.mends(refused(429, "stream_options"), BODY)


def test_the_system_s_words_go_before_the_first_of_the_person() -> None:
    assert SYSTEM.make(BODY)["messages"] == [{"role": "user", "content": "Be brief.\n\nHi"}]
    assert BODY["messages"][1]["content"] == "Hi", "the caller's request is left as it was"


def test_the_system_s_words_alone_become_a_person_s() -> None:
    alone = {"messages": [{"role": "system", "content": "Be brief."}]}
    assert SYSTEM.make(alone)["messages"] == [{"role": "user", "content": "Be brief."}]


def test_a_request_without_counts_is_otherwise_the_same() -> None:
    assert COUNTS.make(BODY) == {"messages": BODY["messages"]}
