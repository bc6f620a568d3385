"""Other sites' pages neither read here nor write, whatever their names lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DOORS = [
    ("GET", "/"),
    ("GET", "/page/page.js"),
    ("POST", "/page/upload"),
    ("GET", "/page/socket"),
    ("GET", "/control/apps"),
    ("POST", "/control/reset"),
    ("POST", "/control/people"),
    ("POST", "/api/auth.test"),
    ("GET", "/link"),
    ("GET", "/oauth/v2/authorize"),
    ("GET", "/files-pri/T1-F1/x"),
    ("POST", "/upload/v1/T1/F1"),
    ("GET", "/none"),
]


@pytest.fixture
async def http(slack: Workspace) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(slack.url) as session:
        yield session


async def status(http: aiohttp.ClientSession, verb: str, path: str, headers: dict[str, str]) -> int:
    async with http.request(verb, path, headers=headers, allow_redirects=False) as response:
        return response.status


@pytest.mark.parametrize(("verb", "path"), DOORS, ids=[path for _, path in DOORS])
@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:3210", "127.0.0.1.evil.example", "[::2]", "["]
)
async def test_a_name_that_was_bent_to_this_computer_opens_nothing(
    http: aiohttp.ClientSession, verb: str, path: str, host: str
) -> None:
    # The page of that name is of the same origin, as its browser sees it.
    headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    assert await status(http, verb, path, headers) == 403


@pytest.mark.parametrize(("verb", "path"), DOORS, ids=[path for _, path in DOORS])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
    ],
    ids=["another origin", "no origin to tell", "another port", "an image", "a frame"],
)
async def test_another_sites_page_opens_nothing(
    http: aiohttp.ClientSession, verb: str, path: str, headers: dict[str, str]
) -> None:
    assert await status(http, verb, path, headers) == 403


async def test_a_form_that_another_site_sends_is_refused_even_by_an_old_browser(
    slack: Workspace, http: aiohttp.ClientSession
) -> None:
    form = {"token": slack.app.bot_token, "channel": "C000GENERAL", "text": "hi"}
    headers = {"Origin": "https://evil.example"}
    async with http.post("/api/chat.postMessage", data=form, headers=headers) as response:
        assert response.status == 403
    assert "hi" not in [message.text for message in slack.messages("general")]


async def test_a_link_from_elsewhere_may_be_followed(http: aiohttp.ClientSession) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert await status(http, "GET", "/", link) == 200
    assert await status(http, "POST", "/control/reset", link) == 403


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "localhost."])
async def test_every_name_of_this_computer_does(
    slack: Workspace, http: aiohttp.ClientSession, name: str
) -> None:
    host = f"{name}:{slack.url.rpartition(':')[2]}"
    assert await status(http, "GET", "/", {"Host": host}) == 200
    assert await status(http, "POST", "/control/reset", {"Host": host, "Origin": f"http://{host}"}) == 200


async def test_other_names_are_taken_where_they_were_given() -> None:
    async with Workspace.start(names=["slack.com"]) as slack, aiohttp.ClientSession(slack.url) as http:
        assert await status(http, "POST", "/api/api.test", {"Host": "slack.com"}) == 200
        assert await status(http, "POST", "/api/api.test", {"Host": "slack.org"}) == 403


async def test_the_refusal_names_the_mend(http: aiohttp.ClientSession) -> None:
    async with http.get("/", headers={"Host": "box.example:80"}) as response:
        assert "start the workspace with --name box.example" in await response.text()
