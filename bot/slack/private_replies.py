"""Answers in private, and shares with a channel, by the addresses that Slack gives with what people do (`response_url`).

Such an address needs no token and no membership, and takes five answers within half an hour.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.environment.proxies import proxy_for
from bot.errors import RateLimited, SlackError, SlackUnreachable
from bot.slack.api_answers import CALL_TIMEOUT, NO_ANSWER, retry_after

if TYPE_CHECKING:
    from aiohttp import ClientSession

    from bot.core.conversation.json_payload import Payload


class PrivateReplies:
    """Sends answers through the `session`, which follows no redirect: see `bot.slack.api_answers`."""

    def __init__(self, session: ClientSession | None) -> None:
        self._session = session

    async def send(self, url: str, message: Payload) -> None:
        """Sends one answer.

        Raises RateLimited with Slack's wait in seconds, SlackUnreachable where no answer came, and SlackError where the address
        is used up or too old.
        """
        client = AsyncWebhookClient(
            url, session=self._session, proxy=proxy_for(url, os.environ), retry_handlers=[]
        )
        try:
            async with asyncio.timeout(CALL_TIMEOUT):
                answer = await client.send_dict(dict(message))
        except NO_ANSWER as error:
            raise SlackUnreachable(f"response_url: no answer from Slack ({type(error).__name__})") from error
        if answer.status_code == 429:
            raise RateLimited(retry_after(answer.headers), method="response_url")
        if answer.status_code >= 500:
            raise SlackUnreachable(f"response_url: Slack failed (HTTP {answer.status_code})")
        if answer.status_code != 200:
            raise SlackError(f"response_url: refused (HTTP {answer.status_code})", code="refused")
