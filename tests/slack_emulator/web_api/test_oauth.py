"""Installing an app, with Slack's own OAuth."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.seeding.seed import Seed
from slack_emulator.server import Workspace
from slack_emulator.state.token_mint import Mint
from slack_emulator.validation import checked
from slack_emulator.web_api.oauth import CODE_FOR, TOKEN_FOR
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_slack_response import AsyncSlackResponse

# The SDK's own way of sending an app's secret, which aiohttp will not have for ever.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")

BACK = "https://app.example/back"
MINT = Mint("fixed")
HOMES = [
    {"name": name, "people": [{"name": "ada"}], "channels": [{"name": "general"}]}
    for name in ("Still", "Fizzy")
]
APPS: list[dict[str, Any]] = [
    {"name": "Here", "workspaces": ["Still"]},
    {"name": "Nowhere", "workspaces": [], "manifest": {"oauth_config": {"scopes": {"bot": ["users:read"]}}}},
    {"name": "Turning", "workspaces": ["Still"], "manifest": {"settings": {"token_rotation_enabled": True}}},
]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    seed = checked(Seed, {"workspaces": HOMES, "apps": APPS}, "seed")
    async with Workspace.start(seed=seed, limits=Limits.off(), tokens="fixed") as workspace:
        yield workspace


@pytest.fixture
def anyone(slack: Workspace) -> AsyncWebClient:
    return AsyncWebClient(base_url=slack.api_url)


async def agree(slack: Workspace, client_id: str, **more: str) -> dict[str, list[str]]:
    """What the app is told when somebody agrees."""
    asked = {"client_id": client_id, "scope": "chat:write", "redirect_uri": BACK, "state": "s1"} | more
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{slack.url}/oauth/v2/authorize", params=asked, allow_redirects=False) as answer,
    ):
        assert answer.status == 302, await answer.text()
        return parse_qs(urlsplit(answer.headers["Location"]).query)


async def exchanged(
    anyone: AsyncWebClient, name: str, told: dict[str, list[str]], **more: Any
) -> AsyncSlackResponse:
    return await anyone.oauth_v2_access(
        client_id=MINT.secret("client", name),
        client_secret=MINT.secret("client-secret", name),
        code=told["code"][0],
        redirect_uri=BACK,
        **more,
    )


async def test_an_app_that_is_nowhere_is_installed_where_somebody_agrees(
    slack: Workspace, anyone: AsyncWebClient
) -> None:
    told = await agree(slack, MINT.secret("client", "nowhere"), team="Fizzy")
    granted = await exchanged(anyone, "nowhere", told)
    assert told["state"] == ["s1"]
    assert (granted["team"]["name"], granted["scope"]) == ("Fizzy", "users:read,chat:write")
    works = await AsyncWebClient(granted["access_token"], base_url=slack.api_url).auth_test()
    assert (works["team"], works["user_id"]) == ("Fizzy", granted["bot_user_id"])


async def test_an_app_gets_another_token_and_another_bot_in_each_workspace(
    slack: Workspace, anyone: AsyncWebClient
) -> None:
    there = await exchanged(anyone, "here", await agree(slack, MINT.secret("client", "here"), team="Fizzy"))
    here = await exchanged(anyone, "here", await agree(slack, MINT.secret("client", "here")))
    assert here["access_token"] == slack.app.bot_token
    assert (there["access_token"] == here["access_token"], there["bot_user_id"] == here["bot_user_id"]) == (
        False,
        False,
    )


async def test_a_code_is_good_once_and_for_ten_minutes(slack: Workspace, anyone: AsyncWebClient) -> None:
    told = await agree(slack, MINT.secret("client", "here"))
    await exchanged(anyone, "here", told)
    with pytest.raises(SlackApiError, match="invalid_code"):
        await exchanged(anyone, "here", told)
    late = await agree(slack, MINT.secret("client", "here"))
    slack.clock.advance(CODE_FOR + 1)
    with pytest.raises(SlackApiError, match="code_expired"):
        await exchanged(anyone, "here", late)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"client_id": "nobody"}, "invalid_client_id"),
        ({"client_secret": "wrong"}, "bad_client_secret"),
        ({"redirect_uri": "https://elsewhere.example"}, "bad_redirect_uri"),
        ({"code": "1.2"}, "invalid_code"),
        ({"code_verifier": "wrong"}, "invalid_code_verifier"),
        ({"grant_type": "refresh_token", "refresh_token": "xoxe-1-x"}, "invalid_refresh_token"),
    ],
)
async def test_what_does_not_belong_together_is_refused(
    slack: Workspace, anyone: AsyncWebClient, given: dict[str, str], error: str
) -> None:
    told = await agree(slack, MINT.secret("client", "here"), code_challenge="nothing")
    right = {
        "client_id": MINT.secret("client", "here"),
        "client_secret": MINT.secret("client-secret", "here"),
        "code": told["code"][0],
        "redirect_uri": BACK,
    }
    with pytest.raises(SlackApiError, match=error):
        await anyone.oauth_v2_access(**right | given)


async def test_pkce_takes_the_verifier_of_its_challenge(slack: Workspace, anyone: AsyncWebClient) -> None:
    # The example of RFC 7636, appendix B.
    verifier, challenge = (
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    )
    told = await agree(slack, MINT.secret("client", "here"), code_challenge=challenge)
    assert (await exchanged(anyone, "here", told, code_verifier=verifier))["ok"]


async def test_a_turning_token_ends_and_is_renewed(slack: Workspace, anyone: AsyncWebClient) -> None:
    first = await exchanged(anyone, "turning", await agree(slack, MINT.secret("client", "turning")))
    client = AsyncWebClient(first["access_token"], base_url=slack.api_url)
    assert first["expires_in"] == TOKEN_FOR
    await client.auth_test()
    slack.clock.advance(TOKEN_FOR + 1)
    with pytest.raises(SlackApiError, match="token_expired"):
        await client.auth_test()
    again = await anyone.oauth_v2_access(
        client_id=MINT.secret("client", "turning"),
        client_secret=MINT.secret("client-secret", "turning"),
        grant_type="refresh_token",
        refresh_token=first["refresh_token"],
    )
    client.token = again["access_token"]
    assert (await client.auth_test())["ok"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"client_id": "nobody"}, "invalid_client_id"), ({"team": "Flat"}, "no workspace Flat")],
)
async def test_what_the_page_is_asked_wrongly_it_says(
    slack: Workspace, asked: dict[str, str], words: str
) -> None:
    right = {"client_id": MINT.secret("client", "here"), "scope": ""}
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        answer = await stack.enter_async_context(
            session.get(f"{slack.url}/oauth/v2/authorize", params=right | asked)
        )
        assert answer.status == 400
        assert words in await answer.text()


async def test_an_app_that_went_can_be_installed_again(slack: Workspace, anyone: AsyncWebClient) -> None:
    there = await exchanged(anyone, "nowhere", await agree(slack, MINT.secret("client", "nowhere")))
    client = AsyncWebClient(there["access_token"], base_url=slack.api_url)
    await client.auth_revoke()
    again = await exchanged(anyone, "nowhere", await agree(slack, MINT.secret("client", "nowhere")))
    client.token = again["access_token"]
    assert (await client.auth_test())["team"] == "Still"
