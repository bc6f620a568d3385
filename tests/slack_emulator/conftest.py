"""A workspace for each test that wants one, on a port of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.delivery.retry_policy import RetryPolicy
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# Retries follow at once; the deadline is long enough for a busy machine and is never waited for where all goes well.
TOKENS = "those of the tests"
BRISK = RetryPolicy(deadline=0.2, spacing=(0.0, 0.0, 0.0))


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """A running workspace without rate limits."""
    async with Workspace.start(limits=Limits.off(), patience=BRISK, tokens=TOKENS) as workspace:
        yield workspace


@pytest.fixture
def client(slack: Workspace) -> AsyncWebClient:
    """The real SDK's client, with Teleprinter's token."""
    return AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
