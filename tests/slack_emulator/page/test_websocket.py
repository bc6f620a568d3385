"""The page's socket, spoken to as the page does."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from slack_emulator.page.protocol import news
from slack_emulator.page.websocket import WAITING, PageReader
from slack_emulator.seeding.loader import sparkling
from slack_emulator.state.workspace import WorkspaceState
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import Message

GENERAL, ADA = "C000GENERAL", "U0000000ADA"
NOW = 1_766_458_026.0


@asynccontextmanager
async def opened(
    slack: Workspace, user: str = ADA, *, session: str = "", **how: Any
) -> AsyncIterator[tuple[aiohttp.ClientWebSocketResponse, dict[str, Any]]]:
    """The page of one person, and its first snapshot."""
    async with (
        aiohttp.ClientSession() as http,
        http.ws_connect(
            f"{slack.url}/page/socket", params={"user": user, "session": session}, **how
        ) as socket,
    ):
        yield socket, await socket.receive_json()


async def test_a_page_begins_with_a_snapshot_of_its_person(slack: Workspace) -> None:
    async with opened(slack, "U0000000RAJ") as (_, snapshot):
        assert (snapshot["type"], snapshot["me"]["name"]) == ("snapshot", "raj")


@pytest.mark.parametrize(
    ("query", "leads"),
    [("", "1700000000.000100"), ("?thread_ts=1600000000.000200&cid=C1", "1600000000.000200")],
    ids=["a message", "a reply"],
)
async def test_a_message_s_permalink_leads_to_its_thread_on_the_page(
    slack: Workspace, query: str, leads: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/archives/C1/p1700000000000100{query}", allow_redirects=False) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (302, f"/#/C1/{leads}")


@pytest.mark.parametrize("user", ["", "U9", "U0TELEPRINT"])
async def test_who_is_nobody_sees_as_the_first_person(slack: Workspace, user: str) -> None:
    async with opened(slack, user) as (_, snapshot):
        assert snapshot["me"]["name"] == "ada"


async def test_what_one_page_posts_all_pages_show(slack: Workspace) -> None:
    async with opened(slack) as (hers, _), opened(slack, "U0000000RAJ") as (his, _):
        await hers.send_json({"type": "post", "channel": GENERAL, "text": "@Raj 1 < 2"})
        shown = [(await page.receive_json())["message"] for page in (hers, his)]
    assert shown[0] == shown[1]
    assert (shown[0]["user"], shown[0]["text"]) == ("U0000000ADA", "<@U0000000RAJ> 1 &lt; 2")


async def test_every_page_is_told_what_goes_on_now_and_one_that_comes_later_too(slack: Workspace) -> None:
    async with opened(slack) as (first, snapshot):
        assert snapshot["notice"] == {"text": "", "share": None}
        slack.announce("Fetching …", 0.25)
        assert await first.receive_json() == {"type": "notice", "text": "Fetching …", "share": 0.25}
        async with opened(slack) as (_, later):
            assert later["notice"] == {"text": "Fetching …", "share": 0.25}


async def test_a_page_replies_edits_and_deletes(slack: Workspace) -> None:
    async with opened(slack) as (page, _):
        await page.send_json({"type": "post", "channel": GENERAL, "text": "so?"})
        parent = (await page.receive_json())["message"]["ts"]
        await page.send_json({"type": "post", "channel": GENERAL, "text": "so!", "thread_ts": parent})
        reply, count = (await page.receive_json())["message"], (await page.receive_json())["message"]
        await page.send_json({"type": "edit", "channel": GENERAL, "ts": reply["ts"], "text": "so so"})
        edited = (await page.receive_json())["message"]
        await page.send_json({"type": "delete", "channel": GENERAL, "ts": reply["ts"]})
        deleted = await page.receive_json()
    assert (reply["thread_ts"], count["reply_count"]) == (parent, 1)
    assert (edited["text"], edited["edited"]) == ("so so", True)
    assert (deleted["type"], deleted["ts"]) == ("message_deleted", reply["ts"])


async def test_a_page_presses_a_button(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "no buttons here")
    async with opened(slack) as (page, _):
        await page.send_json({"type": "press", "channel": GENERAL, "ts": ts, "action_id": "stop"})
        assert "taken that button away" in (await page.receive_json())["text"]


CHOICE = {
    "type": "static_select",
    "action_id": "choose",
    "options": [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("one", "two")],
}


async def choose(page: aiohttp.ClientWebSocketResponse, ts: str, value: str) -> None:
    await page.send_json(
        {"type": "press", "channel": GENERAL, "ts": ts, "action_id": "choose", "value": value}
    )


def pressed(slack: Workspace) -> dict[str, str]:
    """The trigger ids an app would have got, by what was chosen."""
    told = [each.payload for each in slack.traffic.deliveries if each.payload.get("type") == "block_actions"]
    return {each["actions"][0]["selected_option"]["value"]: each["trigger_id"] for each in told}


async def open_modal(client: AsyncWebClient, trigger: str, title: str) -> None:
    words = {"type": "plain_text", "text": title}
    await client.views_open(trigger_id=trigger, view={"type": "modal", "title": words, "blocks": []})


async def modals(page: aiohttp.ClientWebSocketResponse) -> list[str]:
    """The titles of all modals that a page has been sent by now."""
    await page.send_json({"type": "write_to", "user": "U0000000RAJ"})
    titles: list[str] = []
    while (update := await page.receive_json())["type"] != "opened":
        titles += [update["view"]["title"]] if update["type"] == "view" else []
    return titles


async def test_two_tabs_of_one_person_that_press_at_the_same_moment_get_each_its_own_modal(
    slack: Workspace, client: AsyncWebClient
) -> None:
    blocks = [{"type": "actions", "elements": [CHOICE]}]
    ts = (await client.chat_postMessage(channel=GENERAL, text="so?", blocks=blocks))["ts"]
    async with opened(slack, session="1") as (first, _), opened(slack, session="2") as (second, _):
        await choose(first, ts, "one")
        await choose(second, ts, "two")
        await slack.wait_for(lambda: len(pressed(slack)) == 2)
        await open_modal(client, pressed(slack)["two"], "two")
        await open_modal(client, pressed(slack)["one"], "one")
        assert (await modals(first), await modals(second)) == (["one"], ["two"])
    async with opened(slack, session="1") as (_, again):
        assert [view["title"] for view in again["views"]] == ["one"]


async def test_a_modal_that_no_page_has_caused_is_seen_in_every_tab_of_its_person(
    slack: Workspace, client: AsyncWebClient
) -> None:
    blocks = [{"type": "actions", "elements": [CHOICE]}]
    ts = (await client.chat_postMessage(channel=GENERAL, text="so?", blocks=blocks))["ts"]
    async with opened(slack, session="1") as (first, _), opened(slack, session="2") as (second, _):
        await slack.press(GENERAL, ts, "ada", "choose", value="one")
        await slack.wait_for(lambda: pressed(slack))
        await open_modal(client, pressed(slack)["one"], "one")
        assert (await modals(first), await modals(second)) == (["one"], ["one"])


async def test_a_modal_goes_with_its_tab(slack: Workspace) -> None:
    content = {"type": "modal", "title": {"type": "plain_text", "text": "So?"}, "blocks": []}
    slack.state.views.show(slack.app.id, ADA, content, tab="1")
    async with opened(slack, session="2") as (page, _):
        await modals(page)
        assert slack.state.views.open == {}


async def test_an_apps_edits_and_status_are_shown_at_once(slack: Workspace, client: AsyncWebClient) -> None:
    ts = await slack.say("general", "ada", "so?")
    async with opened(slack) as (page, _):
        await client.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=ts, status="is thinking…")
        posted = await client.chat_postMessage(channel=GENERAL, thread_ts=ts, text="s")
        await client.chat_update(channel=GENERAL, ts=posted["ts"], text="so")
        updates = [await page.receive_json() for _ in range(5)]
    assert [update["type"] for update in updates] == ["status", "message", "message", "status", "message"]
    assert (updates[0]["text"], updates[3]["text"]) == ("is thinking…", "")
    assert (updates[1]["message"]["text"], updates[4]["message"]["text"]) == ("s", "so")


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        pytest.param({"type": "post", "channel": GENERAL, "text": " "}, "nothing to send", id="empty"),
        pytest.param(
            {"type": "post", "channel": "D02TELEPRINT", "text": "hi"},
            "not in that conversation",
            id="elsewhere",
        ),
        pytest.param(
            {"type": "edit", "channel": GENERAL, "ts": "1.0", "text": "x"}, "no longer there", id="gone"
        ),
        pytest.param({"type": "sing", "channel": GENERAL}, "does not understand", id="unknown"),
        pytest.param({"type": "post"}, "does not understand", id="no channel"),
        pytest.param({"type": "post", "channel": GENERAL, "text": {}}, "does not understand", id="no text"),
        pytest.param(
            {"type": "post", "channel": GENERAL, "text": "x", "thread_ts": []}, "understand", id="no thread"
        ),
        pytest.param(
            {"type": "post", "channel": "C000NOWHERE", "text": "x"}, "no longer there", id="nowhere"
        ),
        pytest.param([], "does not understand", id="no object"),
    ],
)
async def test_what_cannot_be_done_is_said_in_plain_words(slack: Workspace, wish: Any, words: str) -> None:
    async with opened(slack) as (page, _):
        await page.send_str(json.dumps(wish))
        error = await page.receive_json()
    assert error["type"] == "error"
    assert words in error["text"]


async def test_what_is_no_json_is_said_and_the_socket_stays_open(slack: Workspace) -> None:
    async with opened(slack) as (page, _):
        await page.send_bytes(b"ignored")
        await page.send_str("{")
        assert "does not understand" in (await page.receive_json())["text"]
        await page.send_json({"type": "post", "channel": GENERAL, "text": "hi", "user": "U0000000RAJ"})
        assert (await page.receive_json())["message"]["user"] == "U0000000ADA"


async def test_a_page_is_answered_where_it_waits_for_something(slack: Workspace) -> None:
    async with opened(slack) as (page, _):
        await page.send_json({"type": "write_to", "user": "U0000000RAJ"})
        kinds = [(await page.receive_json())["type"] for _ in range(2)]
    assert kinds == ["snapshot", "opened"]


async def test_a_page_may_look_at_the_wire(slack: Workspace, client: AsyncWebClient) -> None:
    async with opened(slack) as (page, _):
        await page.send_json({"type": "inspect", "on": True})
        assert await page.receive_json() == {"type": "wire", "rows": []}
        await client.auth_test()
        assert [row["name"] for row in (await page.receive_json())["rows"]] == ["auth.test"]


async def test_another_sites_page_is_kept_out(slack: Workspace) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        async with opened(slack, headers={"Origin": "https://evil.example"}):
            pass
    async with opened(slack, headers={"Origin": slack.url}) as (_, snapshot):
        assert snapshot["type"] == "snapshot"


async def test_the_page_and_its_files_are_served_and_nothing_else(slack: Workspace) -> None:
    async with aiohttp.ClientSession(slack.url) as http:
        async with http.get("/") as index:
            assert (index.status, index.content_type) == (200, "text/html")
            assert "script-src 'self'" in index.headers["Content-Security-Policy"]
        async with http.get("/page/app.js") as script:
            assert script.status == 200
        for path in ("/page/nothing.js", "/page/..%2Fserver.py", "/page/../server.py", "/page/%00"):
            async with http.get(path) as missing:
                assert missing.status == 404


async def test_pages_are_told_when_the_workspace_closes(slack: Workspace) -> None:
    async with opened(slack) as (page, _):
        await slack.close_pages()
        assert (await page.receive()).type is aiohttp.WSMsgType.CLOSE
    assert page.close_code == 1001


class Slow(web.WebSocketResponse):
    """A socket that breaks at the second message."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[Any] = []

    async def send_json(self, data: Any, *args: Any, **kwargs: Any) -> None:
        self.sent.append(data)
        if len(self.sent) == 2:
            raise ConnectionResetError


class Drawn(WorkspaceState):
    """A workspace that counts how often somebody looks at all that was said in it, as a snapshot does."""

    def __init__(self, other: WorkspaceState) -> None:
        super().__init__(other.team)
        self.become(other)
        self.snapshots = 0

    def messages(self) -> Iterable[Message]:
        self.snapshots += 1
        return super().messages()


def reader_of(socket: web.WebSocketResponse) -> PageReader:
    return PageReader(ADA, "", socket, notice=lambda: {"text": "", "share": None})


class TestSlowReader:
    """In virtual time: a full queue gives way to one snapshot."""

    @pytest.fixture
    def anyio_backend(self) -> object:
        return VIRTUAL

    async def test_what_waits_too_long_is_replaced_by_a_snapshot(self) -> None:
        socket = Slow()
        reader = reader_of(socket)
        for number in range(WAITING):
            reader.put({"type": "message", "number": number})
        reader.put({"type": "message", "number": -1})
        await reader.send_updates(sparkling(NOW))
        assert [update["type"] for update in socket.sent] == ["snapshot", "message"]

    async def test_a_snapshot_is_drawn_once_for_all_that_happens_before_it_is_sent(self) -> None:
        state = Drawn(sparkling(NOW))
        reader = reader_of(Slow())
        happened = [*state.leave("C0000RANDOM", ADA, NOW), *state.join("C0000RANDOM", ADA)]
        left, joined = [update for each in happened for update in news(each, state)(ADA)]
        reader.put(left)
        reader.put(joined)
        assert state.snapshots == 0
        reader.put({"type": "message"})
        await reader.send_updates(state)
        assert state.snapshots == 1
