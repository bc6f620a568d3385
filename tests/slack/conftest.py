"""What the tests of the Slack shell share: a local Slack, and a client that knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.api_answers import without_redirects
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    async with Workspace.start() as workspace:
        yield workspace


@pytest.fixture
async def client(slack: Workspace) -> AsyncGenerator[AsyncWebClient]:
    async with aiohttp.ClientSession(trace_configs=[without_redirects()]) as session:
        yield AsyncWebClient(slack.app.bot_token, base_url=slack.api_url, session=session, retry_handlers=[])
