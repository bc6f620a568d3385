"""Status lines, titles, prompts and reactions, through the SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.workspace.server import Workspace

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


async def test_a_reaction_comes_and_goes(slack: Workspace, client: AsyncWebClient) -> None:
    ts = await slack.say("general", "ada", "so?")
    await client.reactions_add(channel=GENERAL, timestamp=ts, name="eyes")
    assert [each.name for each in slack.messages("general")[-1].reactions] == ["eyes"]
    with pytest.raises(SlackApiError, match="already_reacted"):
        await client.reactions_add(channel=GENERAL, timestamp=ts, name=":eyes:")
    await client.reactions_remove(channel=GENERAL, timestamp=ts, name="eyes")
    assert slack.messages("general")[-1].reactions == ()


async def test_a_reaction_needs_a_name(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError, match="invalid_name"):
        await client.reactions_add(channel=GENERAL, timestamp="1.0", name="")
