"""Puts files into Slack: an address to send the bytes to, the bytes, then a message in a thread that has the file.

files.getUploadURLExternal ──address──► POST of the bytes there ──► files.completeUploadExternal

The bytes go to Slack's own file host, without our token, and follow no redirect. Slack shares a file some time after it has said that
it does, and now and then never: whoever has to know looks for it in the thread.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any

from bot.environment.proxies import proxy_for
from bot.errors import SlackError, SlackUnreachable
from bot.slack.api_answers import NO_ANSWER, ask
from bot.slack.file_host import is_at_file_host

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.shared_files import AnswerFile

WITHIN = 30.0  # seconds for the bytes of one file
MOST_SNIPPET = 1024**2  # bytes (docs.slack.dev, files.getUploadURLExternal)
FOLDER = "/upload/"
"""Begins the path of each address that takes a file (docs.slack.dev, “Working with files”)."""


class SlackFileUploads:
    """Uploads files of one workspace, as whoever the `client`'s token is."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def upload(self, file: AnswerFile) -> str:
        """Sends the bytes; returns the id of the file, which nobody sees before it is shared.

        Raises SlackUnreachable where no answer came: then it may be tried anew, since what was sent is forgotten. Raises SlackError as
        `bot.slack.api_answers.ask` does where Slack refuses.
        """
        answer = await self._address(file)
        await self._send(str(answer["upload_url"]), file.content)
        return str(answer["file_id"])

    async def _address(self, file: AnswerFile) -> dict[str, Any]:
        """Asks where the bytes go. A language that Slack does not know, or too much code for it, makes a file like any other."""
        wanted: dict[str, Any] = {"filename": file.name, "length": len(file.content)}
        if file.language and len(file.content) <= MOST_SNIPPET:
            try:
                snippet = wanted | {"snippet_type": file.language}
                return await ask(self._client, "files.getUploadURLExternal", params=snippet)
            except SlackError as error:
                if error.code not in ("unknown_snippet_type", "snippet_too_large"):
                    raise
        return await ask(self._client, "files.getUploadURLExternal", params=wanted)

    async def share(self, file_id: str, file: AnswerFile) -> None:
        """Asks Slack to post the file in the thread of its answer. Raises SlackError as `upload` does; after SlackUnreachable nobody
        knows whether it will."""
        thread = file.answer.thread
        place = {"channel_id": thread.channel, "thread_ts": thread.thread_ts}
        files = json.dumps([{"id": file_id, "title": file.title}])
        await ask(self._client, "files.completeUploadExternal", params={"files": files, **place})

    async def _send(self, url: str, content: bytes) -> None:
        session = self._client.session
        if session is None or not is_at_file_host(url, self._client.base_url, folder=FOLDER):
            raise SlackError("files.getUploadURLExternal: the address is not one of Slack's", code="address")
        try:
            async with asyncio.timeout(WITHIN):
                proxy = proxy_for(url, os.environ)
                async with session.post(url, data=content, allow_redirects=False, proxy=proxy) as response:
                    status = response.status
        except NO_ANSWER as error:
            raise SlackUnreachable(f"upload: no answer ({type(error).__name__})") from None
        if status != 200:
            raise SlackUnreachable(f"upload: HTTP {status}")
