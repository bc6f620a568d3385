"""Status lines, titles, prompts and agents' sessions, through the SDK."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

from slack_emulator.errors import Refused
from slack_emulator.state.changes import Told
from slack_emulator.state.models import Session

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace

GENERAL = "C000GENERAL"


def statuses(slack: Workspace) -> list[str]:
    return [status.text for status in slack.state.statuses.values()]


async def test_a_status_shows_until_the_app_replies(slack: Workspace, client: AsyncWebClient) -> None:
    ts = await slack.say("general", "ada", "so?")
    await client.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=ts, status="is thinking…")
    assert statuses(slack) == ["is thinking…"]
    await client.chat_postMessage(channel=GENERAL, thread_ts=ts, text="so!")
    assert statuses(slack) == []


async def test_an_empty_status_takes_it_away(slack: Workspace, client: AsyncWebClient) -> None:
    ts = await slack.say("general", "ada", "so?")
    await client.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=ts, status="is thinking…")
    await client.assistant_threads_setStatus(channel_id=GENERAL, thread_ts=ts, status="")
    assert statuses(slack) == []


async def test_a_session_shows_that_it_works_and_keeps_its_title(
    slack: Workspace, client: AsyncWebClient
) -> None:
    ts = await slack.say("general", "ada", "so?")
    await client.assistant_threads_setTitle(channel_id=GENERAL, thread_ts=ts, title="A song")
    where = {"channel_id": GENERAL, "thread_ts": ts}
    working = await client.api_call("agents.sessions.setStatus", json=where | {"status": "processing"})
    assert statuses(slack) == ["is working…"]
    done = await client.api_call("agents.sessions.setStatus", json=where | {"status": "active"})
    assert statuses(slack) == []
    assert (working["agent_status"], done["title"]) == ("processing", "A song")


async def test_prompts_are_checked(client: AsyncWebClient) -> None:
    prompt = {"title": "A song", "message": "Write me a song about sparkling water."}
    assert (
        await client.assistant_threads_setSuggestedPrompts(
            channel_id=GENERAL, thread_ts="1.0", prompts=[prompt]
        )
    )["ok"]


@pytest.mark.parametrize(
    ("method", "args", "error"),
    [
        ("assistant.threads.setStatus", {"thread_ts": "1.0"}, "invalid_arguments"),
        ("assistant.threads.setStatus", {"status": "x"}, "invalid_arguments"),
        (
            "assistant.threads.setStatus",
            {"thread_ts": "1.0", "status": "x", "loading_messages": ["x"] * 11},
            "invalid_arguments",
        ),
        (
            "assistant.threads.setStatus",
            {"thread_ts": "1.0", "status": "x", "channel_id": "C9"},
            "channel_not_found",
        ),
        ("agents.sessions.setStatus", {"thread_ts": "1.0", "status": "dozing"}, "invalid_status"),
        ("assistant.threads.setSuggestedPrompts", {"prompts": []}, "invalid_arguments"),
        ("assistant.threads.setSuggestedPrompts", {"prompts": [{"title": "x"}]}, "invalid_arguments"),
    ],
)
async def test_what_slack_would_refuse_is_refused(
    client: AsyncWebClient, method: str, args: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError, match=error):
        await client.api_call(method, json={"channel_id": GENERAL} | args)


async def test_a_session_has_its_title_from_whoever_named_it_last(
    slack: Workspace, client: AsyncWebClient
) -> None:
    told: list[Told] = []
    slack.watch(lambda happening: told.append(happening) if isinstance(happening, Told) else None)
    where = {"channel_id": GENERAL, "thread_ts": await slack.say("general", "ada", "so?")}
    await client.api_call("agents.sessions.setStatus", json=where | {"status": "active", "title": "One"})
    await client.api_call("agents.sessions.rename", json=where | {"title": "Two"})
    assert [each.event["title"] for each in told] == ["One", "Two"]
    assert told[-1].event["previous_title"] == "One"
    (parent,) = [each for each in slack.messages("general") if each.ts == where["thread_ts"]]
    shown = (await client.conversations_history(channel=GENERAL, latest=parent.ts, inclusive=True))[
        "messages"
    ][0]
    assert shown["agent_session"] == {
        "status": "active",
        "title": "Two",
        "agent_bot_user_ids": ["U0TELEPRINT"],
    }


async def test_a_working_session_says_so_until_it_says_otherwise_or_an_hour_is_over(
    slack: Workspace, client: AsyncWebClient
) -> None:
    asked = await slack.say("general", "ada", "so?")
    where = {"channel_id": GENERAL, "thread_ts": asked}
    await client.api_call("agents.sessions.setStatus", json=where | {"status": "processing"})
    await client.chat_postMessage(channel=GENERAL, thread_ts=asked, text="half")
    assert statuses(slack) == ["is working…"]
    slack.clock.advance(3601)
    await slack.wait_for(lambda: statuses(slack) == [])
    assert slack.state.sessions[GENERAL, asked].status == "active"


async def test_without_the_event_a_session_cannot_be_stopped_and_slack_warns(
    slack: Workspace, client: AsyncWebClient
) -> None:
    slack.state.apps[slack.app.id] = replace(slack.app, subscriptions=frozenset())
    where = {"channel_id": GENERAL, "thread_ts": await slack.say("general", "ada", "so?")}
    answer = await client.api_call("agents.sessions.setStatus", json=where | {"status": "processing"})
    assert answer["warning"] == "missing_agent_session_stopped_event_subscription"


async def test_stopping_ends_the_streams_and_leaves_the_status_to_the_app(
    slack: Workspace, client: AsyncWebClient
) -> None:
    asked = await slack.say("general", "ada", "so?")
    to: dict[str, Any] = {"recipient_user_id": "U0000000ADA", "recipient_team_id": "T0SPARKLING"}
    ts = (await client.chat_startStream(channel=GENERAL, thread_ts=asked, markdown_text="wa", **to))["ts"]
    await slack.stop_session("general", "ada", asked)
    with pytest.raises(SlackApiError, match="stopped_by_user"):
        await client.chat_appendStream(channel=GENERAL, ts=ts, markdown_text="ter")
    assert slack.state.sessions[GENERAL, asked].status == "processing"


async def test_where_there_is_no_session_there_is_nothing_to_stop(slack: Workspace) -> None:
    with pytest.raises(Refused, match="session_not_found"):
        await slack.stop_session("general", "ada", "1.000000")


@pytest.mark.parametrize(
    ("app", "method", "args", "error"),
    [
        (
            {"agent": ""},
            "agents.sessions.setStatus",
            {"thread_ts": "1.0", "status": "active"},
            "feature_disabled",
        ),
        ({"agent": ""}, "assistant.threads.setSuggestedPrompts", {}, "not_agent_app"),
        ({}, "agents.sessions.setStatus", {"status": "active"}, "thread_ts_required"),
        (
            {},
            "agents.sessions.setStatus",
            {"thread_ts": "1.0", "status": "active", "initiator_user_id": "U9"},
            "user_not_found",
        ),
        ({}, "agents.sessions.rename", {"thread_ts": "1.0", "title": "x"}, "session_not_found"),
        ({}, "agents.sessions.rename", {"thread_ts": "2.0", "title": "x"}, "not_authorized"),
        ({}, "agents.sessions.rename", {"thread_ts": "3.0", "title": "x" * 201}, "invalid_arguments"),
    ],
)
async def test_a_session_is_for_agents_and_for_ones_own(
    slack: Workspace,
    client: AsyncWebClient,
    app: dict[str, Any],
    method: str,
    args: dict[str, Any],
    error: str,
) -> None:
    slack.state.sessions[GENERAL, "2.0"] = Session(GENERAL, "2.0", "A9", "active")
    slack.state.sessions[GENERAL, "3.0"] = Session(GENERAL, "3.0", slack.app.id, "active")
    slack.state.apps[slack.app.id] = replace(slack.app, **app)
    with pytest.raises(SlackApiError, match=error):
        await client.api_call(method, json={"channel_id": GENERAL} | args)
