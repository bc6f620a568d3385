"""A bot that answers only when a test says so, word for word, through Slack's own client."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from slack_emulator.server import Workspace


class Reply(NamedTuple):
    """A reply that has begun."""

    client: AsyncWebClient
    channel: str
    ts: str

    async def grows(self, text: str) -> None:
        """Replace what the reply says."""
        await self.client.chat_update(channel=self.channel, ts=self.ts, text=text, blocks=_blocks(text))


class Answerer:
    def __init__(self, slack: Workspace) -> None:
        self._slack = slack
        self._client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)

    async def asked(self, place: str, words: str) -> str:
        """The ts of the message with these words, once it is there."""
        return await self._slack.wait_for(
            lambda: next((m.ts for m in self._slack.messages(place) if words in m.text), "")
        )

    async def thinks(self, place: str, thread_ts: str) -> None:
        channel = self._slack.place(place).id
        await self._client.assistant_threads_setStatus(
            channel_id=channel, thread_ts=thread_ts, status="is thinking…"
        )

    async def begins(self, place: str, thread_ts: str | None, text: str) -> Reply:
        """Answer with the first words."""
        channel = self._slack.place(place).id
        posted = await self._client.chat_postMessage(
            channel=channel, thread_ts=thread_ts, text=text, blocks=_blocks(text)
        )
        return Reply(self._client, channel, str(posted["ts"]))


def _blocks(text: str) -> list[dict[str, str]]:
    return [{"type": "markdown", "text": text}]
