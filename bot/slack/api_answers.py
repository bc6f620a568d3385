"""Reads what comes back for a call to Slack: a whole answer, or one of our errors, once and for all callers.

Between Slack and us stands whatever may: a proxy that answers with a page of its own, a portal that redirects. What Slack would
not say counts as no answer, so that nobody takes a lost edit for one that landed, or an unread thread for an empty one.
"""

from __future__ import annotations

import asyncio
import math
import re
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError

from bot.core.conversation.json_payload import as_payload
from bot.errors import (
    BlocksRefused,
    MessageFixed,
    MessageGone,
    MessageTooLong,
    MethodUnknown,
    RateLimited,
    SlackDenied,
    SlackError,
    SlackUnreachable,
    StreamOpen,
    StreamOver,
    StreamStopped,
    ThreadGone,
)
from bot.observability import facts
from bot.observability.end_words import end_word
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.json_payload import Payload

CALL_TIMEOUT = 8.0  # seconds; Slack answers in tenths of one, and while we wait the reader sees nothing new

LEAST_WAIT = 1.0  # seconds: Slack tells whole ones, and 0 would be an invitation to hammer
UNSAID_WAIT = 30.0
"""Seconds; a careful guess where a 429 does not say: half of the minute by which Slack counts."""
LONGEST_WAIT = 120.0
"""Seconds that a 429 is believed, at most. Slack counts every method by the minute (docs.slack.dev, Web API rate limits), so no
true wait is longer than one. Twice that is careful, and whoever is refused then waits again: one call in two minutes."""
LONGEST_WAITS = {"chat.postMessage": 60.0}
"""The same where another figure is better. Posts are what is left where edits are refused: a minute, as it is counted."""

NO_ANSWER = (
    TimeoutError, aiohttp.ClientError, OSError, ValueError, AttributeError, TypeError, RecursionError,
)  # fmt: skip
"""Says what a call raises where nothing came, or nothing that Slack would say: the SDK itself stumbles over bytes that are not
UTF-8, and over JSON that is no object."""

TAKEN = "taken"
"""Says what became of a call that Slack has carried out."""

_GONE = {"message_not_found"}
_CLOSED = {"channel_not_found", "is_archived", "thread_not_found", "not_in_channel"}
_TOO_LONG = {"msg_too_long", "msg_blocks_too_long"}
_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "block_mismatch"}
_FIXED = {"edit_window_closed", "cant_update_message"}
_UNKNOWN = {"unknown_method", "method_deprecated", "feature_not_enabled"}
_DENIED = {
    "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope",
    "not_allowed_token_type", "access_denied", "no_permission", "team_access_not_granted", "org_login_required",
    "ekm_access_denied", "two_factor_setup_required", "enterprise_is_restricted",
}  # fmt: skip
_KINDS: tuple[tuple[set[str], type[SlackError]], ...] = (
    (_GONE, MessageGone),
    (_CLOSED, ThreadGone),
    (_TOO_LONG, MessageTooLong),
    (_BLOCKS, BlocksRefused),
    (_FIXED, MessageFixed),
    ({"message_not_in_streaming_state"}, StreamOver),
    ({"stopped_by_user"}, StreamStopped),
    ({"streaming_state_conflict"}, StreamOpen),
    (_UNKNOWN, MethodUnknown),
)
_FAILED = {"internal_error", "fatal_error", "service_unavailable", "request_timeout"}
_LIMITED = {"ratelimited", "rate_limited"}
_TS = re.compile(r"\d+\.\d+")


class Redirected(aiohttp.ClientError):
    """Somebody before Slack wants the call elsewhere: with our token and words in it, it does not go."""


def without_redirects() -> aiohttp.TraceConfig:
    """A session with this follows no redirect: aiohttp would repeat a POST as a GET without its words, or take them to
    another host.
    """

    async def refuse(*_: object) -> None:
        raise Redirected

    config = aiohttp.TraceConfig()
    config.on_request_redirect.append(refuse)
    return config


async def ask(client: AsyncWebClient, method: str, *, http_verb: str = "POST", **sent: Any) -> dict[str, Any]:
    """Call `method`, and answer what Slack says. `sent` is passed on to the SDK: `json`, `params`, `headers`.

    Raises SlackUnreachable where no whole answer came, and the error of its kind where Slack refuses.
    """
    return (await ask_with_headers(client, method, http_verb=http_verb, **sent))[0]


async def ask_with_headers(
    client: AsyncWebClient, method: str, *, http_verb: str = "POST", **sent: Any
) -> tuple[dict[str, Any], Mapping[str, str]]:
    """The same, with the headers of the answer."""
    clock = asyncio.get_running_loop().time
    began, outcome = clock(), TAKEN
    try:
        return await _ask(client, method, http_verb, sent)
    except BaseException as error:
        outcome = end_word(error)
        raise
    finally:
        tell(facts.SlackCalled(method=method, seconds=clock() - began, outcome=outcome))


async def _ask(
    client: AsyncWebClient, method: str, http_verb: str, sent: dict[str, Any]
) -> tuple[dict[str, Any], Mapping[str, str]]:
    try:
        # The SDK leaves its own time-out to the session, where it is given one.
        async with asyncio.timeout(CALL_TIMEOUT):
            response = await client.api_call(method, http_verb=http_verb, **sent)
    except SlackApiError as error:
        raise from_slack(method, error) from error
    except NO_ANSWER as error:
        raise SlackUnreachable(f"{method}: no answer from Slack ({type(error).__name__})") from error
    answer = as_payload(cast("object", response.data))
    if not is_whole(method, answer):
        raise SlackUnreachable(f"{method}: Slack's answer lacks what it always has")
    return dict(answer), getattr(response, "headers", None) or {}


def from_slack(method: str, error: SlackApiError) -> SlackError:
    """Slack's refusal as one of our errors."""
    response: Any = error.response
    status = getattr(response, "status_code", None) or getattr(response, "status", None) or 0
    data = as_payload(getattr(response, "data", None))
    code = str(data.get("error") or "")
    # A 200 may carry it as well: the body counts as much as the status.
    if status == 429 or code in _LIMITED:
        wait = retry_after(getattr(response, "headers", None) or {})
        return RateLimited(min(wait, LONGEST_WAITS.get(method, LONGEST_WAIT), LONGEST_WAIT), method=method)
    if status >= 500 or code in _FAILED or not code:
        return SlackUnreachable(
            f"{method}: Slack failed (HTTP {status} {code})".replace(" )", ")"), code=code
        )
    for codes, kind in _KINDS:
        if code in codes:
            return kind(f"{method}: {code}", code=code)
    if code in _DENIED:
        needed = str(data.get("needed") or "")
        return SlackDenied(f"{method}: {code}{_mend(needed)}", code=code, needed=needed)
    return SlackError(f"{method}: {code}", code=code)


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds that a 429's header asks for; a guess where it is missing or no number."""
    value = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    try:
        seconds = float(value)
    except ValueError:
        return UNSAID_WAIT
    return UNSAID_WAIT if math.isnan(seconds) else max(LEAST_WAIT, seconds)


def is_whole(method: str, answer: Payload) -> bool:
    """Tells whether an answer has what Slack's always has."""
    return answer.get("ok") is True and _WHOLE.get(method, bool)(answer)


def _mend(needed: str) -> str:
    return f" (the app needs the scope {needed}; add it and install the app again)" if needed else ""


def _has_ts(answer: Payload) -> bool:
    ts = answer.get("ts")
    return isinstance(ts, str) and _TS.fullmatch(ts) is not None


def _has_messages(answer: Payload) -> bool:
    messages: object = answer.get("messages")
    return isinstance(messages, list) and all(as_payload(one) for one in cast("list[object]", messages))


def _has_address(answer: Payload) -> bool:
    return str(answer.get("url")).startswith(("wss://", "ws://"))


def _has_user(answer: Payload) -> bool:
    return bool(as_payload(answer.get("user")).get("id"))


def _has_words(*names: str) -> Callable[[Payload], bool]:
    return lambda answer: all(isinstance(answer.get(name), str) and answer[name] for name in names)


def _has_channel(answer: Payload) -> bool:
    return bool(as_payload(answer.get("channel")).get("id"))


_WHOLE: dict[str, Callable[[Payload], bool]] = {
    "apps.connections.open": _has_address,
    "auth.test": _has_words("user_id", "team_id"),
    "chat.appendStream": _has_ts,
    "chat.delete": _has_ts,
    "chat.postMessage": _has_ts,
    "chat.startStream": _has_ts,
    "chat.stopStream": _has_ts,
    "chat.update": _has_ts,
    "conversations.history": _has_messages,
    "conversations.info": _has_channel,
    "conversations.replies": _has_messages,
    "files.getUploadURLExternal": _has_words("upload_url", "file_id"),
    "users.info": _has_user,
}
