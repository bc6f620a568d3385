"""What comes back for a call to Slack: a whole answer, or one of our errors."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError

from bot.errors import (
    BlocksRefused,
    MessageFixed,
    MessageGone,
    MessageTooLong,
    RateLimited,
    SlackDenied,
    SlackError,
    SlackUnreachable,
    ThreadGone,
)
from bot.slack import api_answers as module
from bot.slack.api_answers import LONGEST_WAIT, LONGEST_WAITS, UNSAID_WAIT, ask, from_slack
from slack_emulator.runtime.injected_failures import Fault
from tests.odd import every_answer, once

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace


@every_answer
@pytest.mark.parametrize(
    "method", ["auth.test", "chat.postMessage", "chat.update", "chat.delete", "conversations.replies"]
)
async def test_whatever_a_call_is_answered_it_is_one_of_our_errors(
    slack: Workspace, client: AsyncWebClient, method: str, answer: str
) -> None:
    once(slack, method, answer)
    with pytest.raises(SlackError):
        await ask(client, method)


async def test_a_redirect_is_not_followed(slack: Workspace, client: AsyncWebClient) -> None:
    once(slack, "chat.postMessage", "a redirect that keeps the body")
    with pytest.raises(SlackUnreachable, match="Redirected"):
        await ask(client, "chat.postMessage", json={"channel": "C1", "text": "for Slack alone"})
    assert [call.method for call in slack.calls] == ["chat.postMessage"]


async def test_who_never_answers_is_not_waited_for_without_end(
    slack: Workspace, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CALL_TIMEOUT", 0.05)
    slack.faults.add("auth.test", Fault(latency=0.5))
    with pytest.raises(SlackUnreachable, match="TimeoutError"):
        await ask(client, "auth.test")


def a_refusal(status: int, data: object, **headers: str) -> SlackApiError:
    return SlackApiError("no", SimpleNamespace(status_code=status, data=data, headers=headers))  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("status", "data", "kind"),
    [
        (429, {"ok": False, "error": "ratelimited"}, RateLimited),
        (200, {"ok": False, "error": "ratelimited"}, RateLimited),
        (200, {"ok": False, "error": "rate_limited"}, RateLimited),
        (503, "<html>", SlackUnreachable),
        (200, {"ok": False, "error": "internal_error"}, SlackUnreachable),
        (200, b"not json", SlackUnreachable),
        (200, {"ok": False, "error": "message_not_found"}, MessageGone),
        (200, {"ok": False, "error": "is_archived"}, ThreadGone),
        (200, {"ok": False, "error": "msg_too_long"}, MessageTooLong),
        (200, {"ok": False, "error": "msg_blocks_too_long"}, MessageTooLong),
        (200, {"ok": False, "error": "invalid_blocks"}, BlocksRefused),
        (200, {"ok": False, "error": "token_revoked"}, SlackDenied),
        (200, {"ok": False, "error": "edit_window_closed"}, MessageFixed),
        (200, {"ok": False, "error": "tea_break"}, SlackError),
    ],
)
def test_every_refusal_becomes_one_of_our_errors(status: int, data: object, kind: type[SlackError]) -> None:
    assert type(from_slack("chat.update", a_refusal(status, data))) is kind


def test_a_missing_scope_is_named() -> None:
    error = from_slack("chat.update", a_refusal(200, {"error": "missing_scope", "needed": "chat:write"}))
    assert "needs the scope chat:write" in str(error)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        ("0.5", 1.0),
        ("0", 1.0),
        ("-5", 1.0),
        ("", UNSAID_WAIT),
        ("soon", UNSAID_WAIT),
        ("nan", UNSAID_WAIT),
        ("Fri, 27 Nov 2026 10:00:00 GMT", UNSAID_WAIT),
        ("1e9", LONGEST_WAIT),
        ("inf", LONGEST_WAIT),
    ],
)
def test_a_limits_wait_is_believed_within_reason(header: str, seconds: float) -> None:
    error = from_slack("chat.update", a_refusal(429, {}, **{"retry-after": header}))
    assert isinstance(error, RateLimited)
    assert (error.retry_after, error.method) == (seconds, "chat.update")


def test_posts_which_are_left_where_edits_are_refused_are_tried_sooner() -> None:
    error = from_slack("chat.postMessage", a_refusal(429, {}, **{"Retry-After": "3600"}))
    assert isinstance(error, RateLimited)
    assert error.retry_after == LONGEST_WAITS["chat.postMessage"] < LONGEST_WAIT
