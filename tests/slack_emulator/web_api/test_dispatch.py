"""The Web API over real HTTP: its wire forms, its refusals and its record."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.runtime.clock import Clock
from slack_emulator.runtime.injected_failures import Faults
from slack_emulator.runtime.traffic import Traffic
from slack_emulator.seeding.loader import sparkling
from slack_emulator.server import Workspace
from slack_emulator.state.teams import Teams
from slack_emulator.state.token_mint import Mint
from slack_emulator.web_api.arguments import Arguments
from slack_emulator.web_api.dispatch import APP_TOKEN_METHODS, WebApi
from slack_emulator.web_api.methods import METHODS
from slack_emulator.web_api.methods.apps import Apps
from slack_emulator.web_api.oauth import OAuth
from slack_emulator.web_api.rate_limits import METHODS as RATES
from slack_emulator.web_api.rate_limits import Limits, Rate
from tests.slack_emulator.conftest import TOKENS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_emulator.json_values import Json
    from slack_emulator.web_api.call import Method

GENERAL = "C000GENERAL"
MINT = Mint(TOKENS)


@pytest.fixture
async def http(slack: Workspace) -> AsyncIterator[aiohttp.ClientSession]:
    """Plain HTTP, for what no SDK would send."""
    async with aiohttp.ClientSession(slack.api_url) as session:
        yield session


async def post(http: aiohttp.ClientSession, method: str, **how: Any) -> dict[str, Any]:
    async with http.post(method, **how) as response:
        assert response.status == 200
        answer: dict[str, Any] = await response.json()
        return answer


WIRE_FORMS = [
    pytest.param({"json": {"channel": GENERAL, "text": "hi"}}, id="json"),
    pytest.param({"data": {"channel": GENERAL, "text": "hi"}}, id="form"),
    pytest.param({"params": {"channel": GENERAL, "text": "hi"}}, id="query"),
    pytest.param({"params": {"channel": GENERAL}, "data": {"text": "hi"}}, id="query and form"),
    pytest.param(
        {"data": {"channel": GENERAL, "blocks": '[{"type":"markdown","text":"hi"}]'}}, id="nested json"
    ),
]


@pytest.mark.parametrize("how", WIRE_FORMS)
async def test_arguments_are_taken_in_every_form(
    slack: Workspace, http: aiohttp.ClientSession, how: dict[str, Any]
) -> None:
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    answer = await post(http, "chat.postMessage", headers=headers, **how)
    assert answer["ok"]
    assert slack.messages("general")[-1].ts == answer["ts"]


async def test_the_token_may_be_an_argument(slack: Workspace, http: aiohttp.ClientSession) -> None:
    assert (await post(http, "auth.test", data={"token": slack.app.bot_token}))[
        "user_id"
    ] == slack.app.bot_user_id


async def test_a_get_is_answered_too(slack: Workspace, http: aiohttp.ClientSession) -> None:
    async with http.get("auth.test", params={"token": slack.app.bot_token}) as response:
        assert (await response.json())["ok"]


@pytest.mark.parametrize(
    ("method", "how", "error"),
    [
        pytest.param("auth.test", {}, "not_authed", id="no token"),
        pytest.param("auth.test", {"data": {"token": "xoxb-x"}}, "invalid_auth", id="unknown token"),
        pytest.param(
            "auth.test",
            {"data": {"token": MINT.secret("xapp", "teleprinter")}},
            "not_allowed_token_type",
            id="app token",
        ),
        pytest.param(
            "apps.connections.open",
            {"data": {"token": MINT.secret("xoxb", "teleprinter")}},
            "not_allowed_token_type",
            id="bot token",
        ),
        pytest.param("chat.sing", {}, "unknown_method", id="unknown method"),
        pytest.param("", {}, "unknown_method", id="no method"),
        pytest.param("auth.test", {"json": [1]}, "json_not_object", id="no object"),
        pytest.param(
            "auth.test",
            {"data": "{", "headers": {"Content-Type": "application/json"}},
            "invalid_json",
            id="no json",
        ),
        pytest.param(
            "auth.test",
            {"data": b"\xff", "headers": {"Content-Type": "application/json"}},
            "invalid_json",
            id="no text",
        ),
        pytest.param(
            "auth.test",
            {"data": b"token=xoxb-x", "headers": {"Content-Type": "text/plain"}},
            "not_authed",
            id="a body of no known type",
        ),
    ],
)
async def test_what_slack_refuses_is_refused(
    http: aiohttp.ClientSession, method: str, how: dict[str, Any], error: str
) -> None:
    assert await post(http, method, **how) == {"ok": False, "error": error}


async def test_a_refusal_tells_where_the_flaw_is(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=GENERAL, text="x", blocks=[{"type": "poem"}])
    assert refused.value.response["error"] == "invalid_blocks"
    assert "/blocks/0" in refused.value.response["response_metadata"]["messages"][0]


async def test_one_call_too_many_is_a_429_with_whole_seconds() -> None:
    async with Workspace.start(
        limits=Limits.strict(auth_test=Rate(1, 60)), clock=lambda: 1_766_458_026.0
    ) as slack:
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        await client.auth_test()
        with pytest.raises(SlackApiError) as limited:
            await client.auth_test()
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "60"
    assert limited.value.response.data == {"ok": False, "error": "ratelimited"}


async def test_limits_are_counted_for_each_app_by_itself() -> None:
    async with Workspace.start(limits=Limits.strict(auth_test=Rate(1, 60))) as slack:
        other = slack.install("Second bot")
        await AsyncWebClient(slack.app.bot_token, base_url=slack.api_url).auth_test()
        answer = await AsyncWebClient(other.bot_token, base_url=slack.api_url).auth_test()
    assert answer["user"] == "second-bot"


async def test_posting_to_one_channel_too_fast_is_refused_and_editing_goes_on() -> None:
    async with Workspace.start(clock=lambda: 1_766_458_026.0) as slack:
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        posted = [await client.chat_postMessage(channel=GENERAL, text="hi") for _ in range(5)]
        with pytest.raises(SlackApiError, match="ratelimited"):
            await client.chat_postMessage(channel=GENERAL, text="hi")
        assert (await client.chat_update(channel=GENERAL, ts=posted[0]["ts"], text="ho"))["ok"]


async def test_calls_are_recorded_without_their_token(slack: Workspace, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=GENERAL, text="hi")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="C9", text="hi")
    good, bad = slack.calls
    assert (good.method, good.args, good.status, good.error) == (
        "chat.postMessage",
        {"channel": GENERAL, "text": "hi"},
        200,
        None,
    )
    assert bad.error == "channel_not_found"
    assert slack.app.bot_token not in repr(slack.calls)
    assert slack.app.bot_token not in repr(slack.app)


async def test_a_fault_fails_that_method_as_often_as_asked(slack: Workspace, client: AsyncWebClient) -> None:
    slack.fail_next("auth.test", error="internal_error", times=2)
    await client.api_test()
    for _ in range(2):
        with pytest.raises(SlackApiError, match="internal_error"):
            await client.auth_test()
    assert (await client.auth_test())["ok"]


async def test_a_fault_can_be_a_rate_limit_the_sdk_waits_for(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.fail_next("auth.test", retry_after=0)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(interval_calculator=_at_once()))
    assert (await client.auth_test())["ok"]
    assert [call.status for call in slack.calls] == [429, 200]


def _at_once() -> Any:
    class AtOnce:
        def calculate_sleep_duration(self, _attempt: int) -> float:
            return 0.0

    return AtOnce()


async def test_a_fault_can_be_a_bare_status(slack: Workspace, http: aiohttp.ClientSession) -> None:
    slack.fail_next("auth.test", status=503)
    async with http.post("auth.test", data={"token": slack.app.bot_token}) as response:
        assert response.status == 503


async def test_a_call_whose_answer_is_lost_was_carried_out(slack: Workspace, client: AsyncWebClient) -> None:
    client.retry_handlers.clear()
    slack.fail_next("chat.postMessage", drop=True, carried_out=True)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=GENERAL, text="once?")
    assert [message.text for message in slack.messages("general")].count("once?") == 1


async def test_a_dropped_call_the_sdk_repeats_by_itself_is_a_duplicate(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.fail_next("chat.postMessage", drop=True, carried_out=True)
    await client.chat_postMessage(channel=GENERAL, text="once?")
    assert [message.text for message in slack.messages("general")].count("once?") == 2


async def test_a_fault_before_the_work_leaves_no_trace(slack: Workspace, client: AsyncWebClient) -> None:
    slack.fail_next("chat.postMessage", error="fatal_error")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=GENERAL, text="never")
    assert "never" not in [message.text for message in slack.messages("general")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "elements"]), inner)
    ),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        *(
            "channel",
            "ts",
            "text",
            "blocks",
            "thread_ts",
            "user",
            "users",
            "cursor",
            "limit",
            "oldest",
            "view",
            "name",
        ),
        *(
            "channel_id",
            "status",
            "prompts",
            "markdown_text",
            "metadata",
            "attachments",
            "timestamp",
            "message_ts",
            "chunks",
            "recipient_team_id",
        ),
    ]
)
LIKELY = {"channel": GENERAL, "channel_id": GENERAL, "user_id": "U0000000ADA", "thread_ts": "1.000000"}


async def test_what_an_app_was_not_granted_is_refused_with_what_it_needs(
    slack: Workspace, http: aiohttp.ClientSession
) -> None:
    slack.state.apps[slack.app.id] = replace(slack.app, scopes=("chat:write", "users:read"))
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    async with http.post("conversations.history", data={"channel": GENERAL}, headers=headers) as response:
        assert await response.json() == {
            "ok": False,
            "error": "missing_scope",
            "needed": "channels:history",
            "provided": "chat:write,users:read",
        }
        assert response.headers["X-OAuth-Scopes"] == "chat:write,users:read"
        assert "im:history" in response.headers["X-Accepted-OAuth-Scopes"]


async def test_a_listing_wants_a_scope_for_each_kind_it_lists(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.apps[slack.app.id] = replace(slack.app, scopes=("channels:read",))
    assert (await client.conversations_list())["ok"]
    with pytest.raises(SlackApiError, match="missing_scope"):
        await client.conversations_list(types="public_channel,im")


async def test_a_form_may_be_multipart(slack: Workspace, http: aiohttp.ClientSession) -> None:
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in {"token": slack.app.bot_token, "channel": GENERAL, "text": "hi"}.items():
            form.append(value).set_content_disposition("form-data", name=name)
    answer = await post(http, "chat.postMessage", data=form)
    assert slack.messages("general")[-1].ts == answer["ts"]


async def test_a_form_in_pieces_that_do_not_fit_is_refused(http: aiohttp.ClientSession) -> None:
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await post(http, "auth.test", data=b"--x\r\nno header", headers=broken)
    assert answer == {"ok": False, "error": "invalid_form_data"}


@pytest.mark.parametrize(
    ("content_type", "data", "warning"),
    [
        ("application/json", b"{}", "missing_charset"),
        ("application/json; charset=utf-8", b"{}", None),
        ("application/x-www-form-urlencoded; charset=utf-8", b"a=1", "superfluous_charset"),
        ("application/x-www-form-urlencoded", b"a=1", None),
        ("text/plain", b"x", None),
    ],
)
async def test_a_charset_is_warned_about_where_slack_does(
    slack: Workspace, http: aiohttp.ClientSession, content_type: str, data: bytes, warning: str | None
) -> None:
    headers = {"Authorization": f"Bearer {slack.app.bot_token}", "Content-Type": content_type}
    answer = await post(http, "auth.test", data=data, headers=headers)
    assert answer.get("warning") == warning
    assert answer.get("response_metadata", {}).get("warnings") == (warning and [warning])


async def test_a_secret_that_is_none_is_refused(http: aiohttp.ClientSession) -> None:
    answer = await post(http, "oauth.v2.access", headers={"Authorization": "Basic !"})
    assert answer == {"ok": False, "error": "invalid_auth"}


async def test_secrets_are_in_no_record(slack: Workspace, http: aiohttp.ClientSession) -> None:
    await post(http, "oauth.v2.access", data={"client_id": "x", "client_secret": "hush", "code": "c0de"})
    await post(http, "apps.connections.open", data={"token": slack.app.app_token})
    record = repr(slack.traffic.calls)
    assert "ticket" not in record
    assert ("hush" in record, "c0de" in record) == (False, False)


async def test_an_app_from_outside_reads_fifteen_messages_a_minute() -> None:
    async with Workspace.start(clock=lambda: 1_766_458_026.0) as slack:
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        slack.state.apps[slack.app.id] = replace(slack.app, internal=False)
        for number in range(20):
            await slack.say("general", "ada", str(number))
        assert len((await client.conversations_history(channel=GENERAL, limit=100))["messages"]) == 15
        with pytest.raises(SlackApiError, match="ratelimited"):
            await client.conversations_history(channel=GENERAL)


def bare(at: float) -> WebApi:
    """The Web API of Sparkling without a server around it."""
    clock, teams = Clock(lambda: at), Teams(sparkling(at, MINT))
    rest: dict[str, Method] = {"apps.connections.open": lambda _: {}} | Apps(
        teams, farewell=lambda *_: None
    ).methods
    rest |= OAuth(teams, clock=clock).methods
    return WebApi(
        teams,
        METHODS | rest,
        limits=Limits.off(),
        faults=Faults(),
        clock=clock,
        traffic=Traffic(),
        publish=lambda *_: None,
    )


@given(method=st.sampled_from(sorted(RATES)), values=st.dictionaries(NAMES, JSON, max_size=5))
def test_whatever_it_is_asked_it_answers_as_slack_would(method: str, values: Json) -> None:
    token = MINT.secret("xapp" if method in APP_TOKEN_METHODS else "xoxb", "teleprinter")
    answer = bare(1_766_458_030.0).answer(method, Arguments(LIKELY | values | {"token": token}), "localhost")
    assert answer.body is not None
    assert answer.body["ok"] or answer.body["error"]
    json.dumps(answer.body)


def test_every_method_that_has_a_rate_is_there() -> None:
    api = bare(1_766_458_030.0)
    known = {
        method for method in RATES if api.answer(method, Arguments({}), "localhost").error != "unknown_method"
    }
    assert known == set(RATES)
