"""The pages by which a workspace installs us, served by a real server and answered by the local Slack."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.observability.facts import Fact, InstallationFailed
from bot.observability.hooks import subscribe
from bot.slack.connect import build_client
from bot.slack.identity import INSTALL_PATH, REDIRECT_PATH
from bot.slack.oauth_pages import OAuthApp, OAuthPages, authorization_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from slack_sdk.oauth.installation_store import Installation

    from slack_emulator.server import Workspace

# The SDK hands aiohttp what aiohttp means to take away.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")


class Saved(AsyncInstallationStore):
    """Keeps what was installed, or is lost."""

    def __init__(self) -> None:
        self.all: list[Installation] = []
        self.lost = False

    async def async_save(self, installation: Installation) -> None:
        if self.lost:
            raise OSError("the database is gone")
        self.all.append(installation)


class OneState(AsyncOAuthStateStore):
    async def async_issue(self, *_: Any, **__: Any) -> str:
        return "s1"

    async def async_consume(self, state: str) -> bool:
        return state == "s1"


@asynccontextmanager
async def served(slack: Workspace, store: Saved, port: int) -> AsyncGenerator[str]:
    """Where the pages are served."""
    url = f"http://127.0.0.1:{port}"
    async with aiohttp.ClientSession() as session:
        client = build_client("", slack.api_url, session=session)
        app = OAuthApp(slack.app.client_id, slack.app.client_secret, url, ("chat:write", "users:read"))
        site = web.Application()
        site.add_routes(OAuthPages(app, store, OneState(), client).routes())
        runner = web.AppRunner(site)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield url
        await runner.cleanup()


async def test_whoever_presses_slacks_button_and_agrees_has_installed_us(
    slack: Workspace, unused_port: int
) -> None:
    store = Saved()
    async with served(slack, store, unused_port) as url, aiohttp.ClientSession() as browser:
        page = await (await browser.get(f"{url}{INSTALL_PATH}")).text()
        button = page.partition('<a href="')[2].partition('"')[0].replace("&amp;", "&")
        assert button.startswith(f"{slack.url}/oauth/v2/authorize?state=s1")
        # Bolt's cookie is for https alone; a browser has it, and a test over http carries it by hand.
        cookie = {"Cookie": "slack-app-oauth-state=s1"}
        async with browser.get(button, allow_redirects=False) as agreed:
            back = agreed.headers["Location"]
        async with browser.get(back, headers=cookie) as done:
            assert done.status == 200
    (one,) = store.all
    assert (one.team_id, one.bot_token) == (slack.state.team.id, slack.app.bot_token)


@pytest.mark.parametrize(
    ("query", "cookie", "status"),
    [
        ("", "", 400),
        ("state=s1", "", 400),
        ("state=s2&code=c", "s2", 401),
        ("state=s1", "s1", 401),
        ("state=s1&code=made-up", "s1", 401),
        ("error=access_denied", "", 200),
        ("error=%3Cscript%3E&state=%00&code[]=", "s1", 200),
    ],
)
async def test_who_comes_back_with_anything_else_has_installed_nothing(
    slack: Workspace, unused_port: int, query: str, cookie: str, status: int
) -> None:
    store = Saved()
    headers = {"Cookie": f"slack-app-oauth-state={cookie}"}
    async with (
        served(slack, store, unused_port) as url,
        aiohttp.ClientSession() as browser,
        browser.get(f"{url}{REDIRECT_PATH}?{query}", headers=headers) as answer,
    ):
        assert answer.status == status
        assert "<script>" not in await answer.text()
    assert store.all == []


async def test_where_it_cannot_be_kept_whoever_installs_is_told_to_try_again(
    slack: Workspace, unused_port: int
) -> None:
    store, told = Saved(), list[Fact]()
    store.lost = True
    agree = {"client_id": slack.app.client_id, "state": "s1"}
    with subscribe(told.append):
        async with served(slack, store, unused_port) as url, aiohttp.ClientSession() as browser:
            params = {**agree, "redirect_uri": f"{url}{REDIRECT_PATH}"}
            async with browser.get(
                f"{slack.url}/oauth/v2/authorize", params=params, allow_redirects=False
            ) as agreed:
                back = agreed.headers["Location"]
            async with browser.get(back, headers={"Cookie": "slack-app-oauth-state=s1"}) as answer:
                assert answer.status == 503
                assert "open the page again" in await answer.text()
    assert [type(one) for one in told] == [InstallationFailed]


def test_slacks_page_is_beside_its_web_api() -> None:
    assert authorization_url("https://slack.com/api/") == "https://slack.com/oauth/v2/authorize"
