"""The control API, over HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace

GENERAL = "C000GENERAL"


@pytest.fixture
async def http(slack: Workspace) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


async def asked(http: aiohttp.ClientSession, verb: str, path: str, **how: Any) -> Any:
    """The answer, which has to be a good one."""
    async with http.request(verb, f"/control/{path}", **how) as response:
        answer = await response.json()
    assert response.status == 200, answer
    return answer


async def test_a_script_may_be_yaml_and_is_listed_until_it_is_over(
    slack: Workspace, http: aiohttp.ClientSession
) -> None:
    script = "- {fail: chat.update, nth: 3, retry_after: 30}\n- {lose_acks: 2}\n"
    assert (await asked(http, "POST", "script", data=script))["steps"] == 2
    faults = await asked(http, "GET", "faults")
    assert [(each["method"], each["nth"], each["retry_after"]) for each in faults["calls"]] == [
        ("chat.update", 3, 30)
    ]
    assert faults["lost_acks"] == 2
    await asked(http, "DELETE", "faults")
    assert await asked(http, "GET", "faults") == {"calls": [], "lost_acks": 0}


async def test_a_script_may_be_json(http: aiohttp.ClientSession) -> None:
    assert (await asked(http, "POST", "script", json={"lose_acks": 1}))["steps"] == 1


async def test_time_is_told_and_set(slack: Workspace, http: aiohttp.ClientSession) -> None:
    before = (await asked(http, "GET", "time"))["now"]
    after = await asked(http, "POST", "time", json={"advance": 600, "speed": 60})
    assert after["now"] >= before + 600
    assert after["speed"] == slack.clock.speed == 60


async def test_a_workspace_is_kept_emptied_and_given_back(
    slack: Workspace, http: aiohttp.ClientSession
) -> None:
    ts = await slack.say("general", "ada", "remember this")
    kept = await asked(http, "GET", "state")
    await asked(http, "POST", "reset")
    assert slack.state.find(GENERAL, ts) is None
    await asked(http, "PUT", "state", json=kept)
    assert slack.state.message(GENERAL, ts).text == "remember this"


async def test_what_went_over_the_wire_is_told(
    slack: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    await client.auth_test()
    await client.api_test()
    await slack.say("general", "ada", "hi")
    calls = await asked(http, "GET", "calls", params={"method": "auth.test"})
    assert [(each["method"], each["status"], each["app_id"]) for each in calls] == [
        ("auth.test", 200, "A0TELEPRINT")
    ]
    (delivery,) = await asked(http, "GET", "deliveries")
    assert (delivery["outcome"], delivery["payload"]["event"]["text"]) == ("no connection", "hi")


async def test_apps_are_told_with_what_they_need_to_connect(
    slack: Workspace, http: aiohttp.ClientSession
) -> None:
    (app,) = await asked(http, "GET", "apps")
    assert (app["bot_token"], app["sockets"]) == (slack.app.bot_token, 0)
    assert await asked(http, "GET", "limits") == {"T0SPARKLING A0TELEPRINT": {}}


async def test_people_do_what_they_are_told(slack: Workspace, http: aiohttp.ClientSession) -> None:
    said = await asked(
        http, "POST", "people", json={"do": "say", "channel": "general", "user": "ada", "text": "hi"}
    )
    one = {"channel": "general", "ts": said["result"]}
    await asked(http, "POST", "people", json={"do": "react", "user": "raj", "name": "eyes", **one})
    assert slack.messages("general")[-1].reactions[0].users == ("U0000000RAJ",)
    sent = await asked(http, "POST", "redeliver", json={"ts": said["result"], "times": 2})
    assert sent == {"sent": 2}


async def test_an_app_is_reached_where_it_is_said_to_be(
    slack: Workspace, http: aiohttp.ClientSession
) -> None:
    heard: list[str] = []

    async def take(request: web.Request) -> web.Response:
        body = await request.json()
        heard.append(body["type"])
        return web.json_response({"challenge": body.get("challenge")})

    async with served(take) as url:
        await asked(http, "POST", "request_url", json={"app": slack.app.id, "events": url})
        await slack.say("general", "ada", "hi")
        await slack.wait_for(lambda: heard == ["url_verification", "event_callback"])
        await asked(http, "POST", "request_url", json={})


@pytest.mark.parametrize(
    ("verb", "path", "body", "words"),
    [
        ("POST", "script", "[{}]", "step 1 of the script wants one of these"),
        ("POST", "script", "{", "neither JSON nor YAML"),
        ("POST", "time", "{slowness: 2}", "time has no slowness"),
        ("POST", "time", "[]", "the body has to be an object"),
        ("PUT", "state", "{}", "an export has a list of workspaces"),
        ("PUT", "state", "{workspaces: [{team: 7}]}", "the exported workspace: team: "),
        ("POST", "people", "{do: dance}", "people cannot dance: choose among"),
        ("POST", "people", "{do: say, user: ada}", "say: People.say() missing"),
        ("POST", "people", "{do: say, user: eve, channel: general, text: x}", "user_not_found"),
        ("POST", "people", "{team: Fizzy}", "no workspace Fizzy"),
        ("POST", "redeliver", "{ts: '1.0', times: often}", "times is a whole number"),
        ("POST", "redeliver", "{ts: '1.0', times: 101}", "times is a whole number from 1 to 100"),
        ("POST", "people", "{do: say, user: [ada], channel: general, text: x}", "say: user has to be text"),
        ("POST", "people", "{do: say, user: ada, channel: general, text: 7}", "say: text has to be text"),
        (
            "POST",
            "people",
            "{do: choose_shortcut, user: ada, callback_id: x, message: [general]}",
            "message has to be a channel and a ts",
        ),
        ("POST", "request_url", "{interactivity: 'http://127.0.0.1:9'}", "events is needed"),
        ("POST", "request_url", "{app: A9}", "no app A9"),
    ],
)
async def test_what_cannot_be_done_is_said_in_one_line(
    http: aiohttp.ClientSession, verb: str, path: str, body: str, words: str
) -> None:
    async with http.request(verb, f"/control/{path}", data=body) as response:
        answer = await response.json()
    assert response.status == 400
    assert words in answer["error"]
    assert "\n" not in answer["error"]


@pytest.mark.parametrize(("origin", "status"), [("https://elsewhere.example", 403), (None, 200)])
async def test_other_sites_pages_have_no_say(
    slack: Workspace, http: aiohttp.ClientSession, origin: str | None, status: int
) -> None:
    headers = {"Origin": origin or slack.url}
    async with http.post("/control/reset", headers=headers, data=json.dumps({})) as response:
        assert response.status == status
