"""An app asks about itself, and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.seeding.seed import Seed
from slack_emulator.server import Workspace
from slack_emulator.validation import checked
from slack_emulator.web_api.rate_limits import Limits
from tests.slack_emulator.delivery.test_socket_mode import linked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

MANIFEST = {"settings": {"event_subscriptions": {"bot_events": ["tokens_revoked", "app_uninstalled"]}}}
HOMES = [
    {"name": name, "people": [{"name": "ada"}], "channels": [{"name": "general"}]}
    for name in ("Still", "Fizzy")
]


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    apps = [{"name": "Mixer", "manifest": MANIFEST}]
    seed = checked(Seed, {"workspaces": HOMES, "apps": apps}, "seed")
    async with Workspace.start(seed=seed, limits=Limits.off()) as workspace:
        yield workspace


async def test_an_app_that_goes_is_told_so_and_its_token_is_worth_nothing(
    slack: Workspace, client: AsyncWebClient
) -> None:
    async with linked(slack) as link:
        await client.apps_uninstall(client_id=slack.app.client_id, client_secret=slack.app.client_secret)
        told = [(await link.next())["payload"]["event"]["type"] for _ in range(2)]
    assert told == ["tokens_revoked", "app_uninstalled"]
    with pytest.raises(SlackApiError, match="token_revoked"):
        await client.auth_test()
    assert slack.app.bot_user_id not in slack.place("general").members


async def test_what_it_is_in_another_workspace_stays(slack: Workspace, client: AsyncWebClient) -> None:
    await client.auth_revoke()
    other = slack.teams["Fizzy"].apps[slack.app.id]
    assert (await AsyncWebClient(other.bot_token, base_url=slack.api_url).auth_test())["team"] == "Fizzy"


async def test_revoking_can_be_tried(client: AsyncWebClient) -> None:
    assert (await client.auth_revoke(test=True))["revoked"] is False
    assert (await client.auth_test())["ok"]


async def test_an_app_has_to_know_its_own_secret(slack: Workspace, client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await client.apps_uninstall(client_id=slack.app.client_id, client_secret="wrong")


async def test_every_workspace_of_an_app_is_listed_for_an_event(slack: Workspace) -> None:
    client = AsyncWebClient(slack.app.app_token, base_url=slack.api_url)
    found = await client.api_call("apps.event.authorizations.list", json={"event_context": "4-x"})
    assert [each["team_id"] for each in found["authorizations"]] == [
        "T00000STILL",
        "T00000FIZZY",
    ]
    with pytest.raises(SlackApiError, match="invalid_event_context"):
        await client.api_call("apps.event.authorizations.list", json={"event_context": "x"})


async def test_one_app_in_two_workspaces_hears_of_both_over_one_socket(slack: Workspace) -> None:
    fizzy = slack.people("Fizzy")
    there = slack.teams["Fizzy"].apps[slack.app.id]
    client = AsyncWebClient(there.bot_token, base_url=slack.api_url)
    async with linked(slack) as link:
        await client.auth_revoke()
        told = await link.next()
    assert told["payload"]["team_id"] == "T00000FIZZY"
    assert fizzy.state.apps == {}
