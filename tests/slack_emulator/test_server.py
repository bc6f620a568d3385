"""The workspace as a whole: starting, stopping, waiting and expiring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.errors import WorkspaceError
from slack_emulator.seeding.seed import Seed
from slack_emulator.server import Workspace
from slack_emulator.validation import checked
from slack_emulator.web_api.rate_limits import Limits, Rate
from tests.slack_emulator.delivery.test_socket_mode import linked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GENERAL = "C000GENERAL"


async def test_what_happens_wakes_who_waits(slack: Workspace) -> None:
    ts = await slack.say("general", "ada", "so?")
    found = await slack.wait_for(
        lambda: [message for message in slack.messages("general") if message.ts == ts]
    )
    assert found[0].text == "so?"


async def test_what_does_not_happen_is_said(slack: Workspace) -> None:
    with pytest.raises(WorkspaceError, match=r"did not happen within 0\.01 s"):
        await slack.wait_for(lambda: False, within=0.01)


async def test_a_status_is_gone_two_minutes_later() -> None:
    times = [1_766_458_026.0]
    async with Workspace.start(limits=Limits.off(), clock=lambda: times[-1]) as slack:
        ts = await slack.say("general", "ada", "so?")
        await AsyncWebClient(slack.app.bot_token, base_url=slack.api_url).assistant_threads_setStatus(
            channel_id=GENERAL, thread_ts=ts, status="is thinking…"
        )
        assert slack.state.statuses
        times.append(times[0] + 120)
        await slack.say("general", "ada", "later")
        await slack.wait_for(lambda: not slack.state.statuses)


async def test_a_status_whose_time_is_over_needs_nobody_to_end_it() -> None:
    times = iter(range(1_766_458_026, 1_766_999_999, 30))
    async with Workspace.start(limits=Limits.off(), clock=lambda: float(next(times))) as slack:
        ts = await slack.say("general", "ada", "so?")
        await AsyncWebClient(slack.app.bot_token, base_url=slack.api_url).assistant_threads_setStatus(
            channel_id=GENERAL, thread_ts=ts, status="is thinking…"
        )
        await slack.wait_for(lambda: not slack.state.statuses)


async def test_a_second_app_has_its_own_direct_messages(slack: Workspace) -> None:
    other = slack.install("Second bot")
    assert slack.direct("ada", other) != slack.direct("ada", slack.app)
    assert other.bot_user_id in slack.place("general").members


async def test_opening_an_apps_home_changes_nothing_else(slack: Workspace) -> None:
    before = list(slack.state.messages())
    await slack.open_home("ada", slack.app)
    assert list(slack.state.messages()) == before


@pytest.fixture
async def two() -> AsyncIterator[Workspace]:
    """Two workspaces in one server, an app in both, another only in the second."""
    homes = [
        {"name": name, "people": [{"name": "ada"}], "channels": [{"name": "general"}]}
        for name in ("Still", "Fizzy")
    ]
    apps = [{"name": "Mixer"}, {"name": "Local", "workspaces": ["Fizzy"]}]
    seed = checked(Seed, {"workspaces": homes, "apps": apps}, "seed")
    async with Workspace.start(seed=seed, limits=Limits.strict(auth_test=Rate(1, 60))) as workspace:
        yield workspace


async def test_an_app_hears_of_each_workspace_it_is_in_over_one_socket(two: Workspace) -> None:
    async with linked(two) as link:
        await two.say("general", "ada", "here")
        await two.people("Fizzy").say("general", "ada", "there")
        payloads = [(await link.next())["payload"] for _ in range(2)]
    assert {(each["team_id"], each["event"]["text"]) for each in payloads} == {
        ("T00000STILL", "here"),
        ("T00000FIZZY", "there"),
    }
    bots = {each["authorizations"][0]["user_id"] for each in payloads}
    assert bots == {each.app.bot_user_id for each in two.teams.installed(two.app.id)}


async def test_each_workspace_has_its_own_messages_people_and_limits(two: Workspace) -> None:
    clients = [
        AsyncWebClient(each.app.bot_token, base_url=two.api_url) for each in two.teams.installed(two.app.id)
    ]
    assert [(await client.auth_test())["team"] for client in clients] == ["Still", "Fizzy"]
    await clients[1].chat_postMessage(channel=GENERAL, text="only there")
    assert two.messages("general") == []
    assert two.people("Fizzy").messages("general")[-1].text == "only there"
    assert two.people("Still") is two


async def test_both_come_back_from_an_export(two: Workspace) -> None:
    ts = await two.people("Fizzy").say("general", "ada", "there")
    kept = two.export()
    await two.reset()
    await two.restore(kept)
    assert two.people("Fizzy").messages("general")[-1].ts == ts


async def test_where_time_is_hurried_an_app_waits_no_longer_than_it_has_to(two: Workspace) -> None:
    two.clock.run(30)
    client = AsyncWebClient(two.app.bot_token, base_url=two.api_url)
    await client.auth_test()
    with pytest.raises(SlackApiError) as limited:
        await client.auth_test()
    assert limited.value.response.headers["Retry-After"] == "2"


async def test_a_workspace_without_an_app_says_so_when_one_is_asked_for() -> None:
    seed = checked(Seed, {"workspaces": [{"name": "Still", "people": [{"name": "ada"}]}]}, "seed")
    async with Workspace.start(seed=seed) as workspace:
        with pytest.raises(WorkspaceError, match="declare one under `apps`"):
            _ = workspace.app


async def test_after_a_reset_a_token_that_was_taken_back_is_good_again(slack: Workspace) -> None:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.auth_revoke()
    await slack.reset()
    assert (await client.auth_test())["ok"]
