"""What an agent shows while it works: a stream that says itself when it ends, Stop, a title, and what to ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace
    from slack_emulator.state.changes import WorkspaceChange
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


@pytest.fixture
def client(slack: Workspace) -> AsyncWebClient:
    """An agent that hears of Stop."""
    app = slack.app
    heard = app.subscriptions | {"agent_session_stopped"}
    scopes = (*app.scopes, "chat:write.customize")
    slack.state.apps[app.id] = replace(app, subscriptions=heard, scopes=scopes, agent="agent_view")
    return AsyncWebClient(app.bot_token, base_url=slack.api_url)


async def test_a_stream_is_being_written_until_it_says_that_it_ends(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    channel = slack.direct("ada", slack.app)
    await page.get_by_test_id("place-Teleprinter").click()
    await page.get_by_test_id("channel-composer").fill("How deep is the lake?")
    await page.get_by_test_id("channel-composer").press("Enter")
    ts = await slack.wait_for(lambda: next((each.ts for each in slack.messages(channel)), ""))
    started = await client.chat_startStream(channel=channel, thread_ts=ts, markdown_text="Ten ")
    await page.clock.install()
    reply = page.get_by_test_id("thread-messages").get_by_test_id("message").last
    await expect(reply).to_contain_text("Ten")
    await page.clock.fast_forward(60_000)
    await expect(reply.get_by_test_id("writing")).to_be_visible()
    await client.chat_appendStream(channel=channel, ts=str(started["ts"]), markdown_text="metres.")
    await client.chat_stopStream(channel=channel, ts=str(started["ts"]))
    await expect(reply.get_by_test_id("message-body")).to_have_text("Ten metres.")
    await expect(reply.get_by_test_id("writing")).to_be_hidden()


async def test_an_agent_that_listens_is_stopped_with_a_press(
    readers: Readers, slack: Workspace, client: AsyncWebClient
) -> None:
    told: list[WorkspaceChange] = []
    slack.watch(told.append)
    channel = slack.direct("ada", slack.app)
    ts = await slack.say(channel, "ada", "Count to a million")
    page = await readers.open(f"/#/{channel}/{ts}")
    await client.agents_sessions_setStatus(channel_id=channel, thread_ts=ts, status="processing")
    await page.get_by_test_id("thread-stop").click()
    await slack.wait_for(lambda: "agent_session_stopped" in str(told))
    await client.agents_sessions_setStatus(channel_id=channel, thread_ts=ts, status="active")
    await expect(page.get_by_test_id("thread-status")).to_be_hidden()


async def test_an_agent_names_its_conversations_and_suggests_what_to_ask(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    channel = slack.direct("ada", slack.app)
    ts = await slack.say(channel, "ada", "How deep is the lake, and may one swim in it?")
    await page.get_by_test_id("open-agent").click()
    prompts = [{"title": "A joke", "message": "Tell me a joke about bubbles"}]
    await client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)
    await client.assistant_threads_setTitle(channel_id=channel, thread_ts=ts, title="The lake")
    side = page.get_by_test_id("thread-pane")
    await expect(side.get_by_test_id("suggestion")).to_have_text(["A joke"])
    await expect(side.get_by_test_id("earlier")).to_contain_text("The lake")
    await side.get_by_test_id("suggestion").click()
    await slack.wait_for(lambda: slack.messages(channel)[-1].text == "Tell me a joke about bubbles")
    await expect(side.get_by_test_id("message-body")).to_have_text(["Tell me a joke about bubbles"])


async def test_a_reply_to_all_stands_in_the_channel_too(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    ts = await slack.say("general", "raj", "Who has the keys?")
    await client.chat_postMessage(
        channel="general",
        thread_ts=ts,
        text="I do.",
        reply_broadcast=True,
        username="Vera",
        icon_emoji=":key:",
    )
    echo = page.get_by_test_id("channel-messages").get_by_test_id("message").last
    await expect(echo).to_contain_text("I do.")
    await expect(echo).to_contain_text("Vera")
    await expect(echo.locator(".avatar")).to_have_text("🔑")
    await echo.get_by_test_id("echo").click()
    await expect(page.get_by_test_id("thread-messages").get_by_test_id("message-body")).to_have_text(
        ["Who has the keys?", "I do."]
    )
