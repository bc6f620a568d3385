"""Slash commands on the page: what begins with one goes to its app, everything else is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.state.models import Command
from tests.browser.test_page import composer, messages, say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_emulator.server import Workspace
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


async def test_a_command_is_answered_to_whoever_typed_it(readers: Readers, slack: Workspace) -> None:
    app = slack.app
    slack.state.apps[app.id] = replace(app, commands=(Command("/echo"),))
    client = AsyncWebClient(app.bot_token, base_url=slack.api_url)
    bolt = AsyncApp(client=client, signing_secret=app.signing_secret)

    @bolt.command("/echo")
    async def echo(ack: Callable[[str], Awaitable[None]], command: dict[str, str]) -> None:
        await ack(f"You said: {command['text']}")

    handler = AsyncSocketModeHandler(bolt, app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await slack.wait_for(lambda: slack.links)
        page = await readers.open()
        await composer(page).fill("/echo hello there")
        await composer(page).press("Enter")
        await expect(messages(page).last).to_contain_text("You said: hello there")
        await expect(messages(page).last).to_contain_text("Only visible to you")
        await say(page, "/unknown is only said")
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
    assert [each.text for each in slack.messages("general")][-1] == "/unknown is only said"
