"""Fetches files from where Slack keeps them, with our token: from nowhere else, and no further than it was sent.

Whoever may not read a file gets Slack's page to sign in, with status 200 or by a redirect, and no error. So a page is taken for
a file only where the file is one, and is as long as Slack has said.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import aiohttp

from bot.core.conversation.block_reader import file_part
from bot.core.conversation.file_kinds import HEAD, FileKind, claimed_kind, is_page
from bot.core.conversation.file_refusals import FileRefusal
from bot.core.conversation.json_payload import as_payload
from bot.core.conversation.shared_files import FILE_GONE
from bot.environment.proxies import proxy_for
from bot.errors import SlackDenied, SlackError
from bot.slack.api_answers import NO_ANSWER, ask

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.content_parts import FilePart

WITHIN = 30.0  # seconds for one file
PIECE = 64 * 1024  # bytes that are read at a time
FOLDER = "/files-pri/"
"""Begins the path of each private file."""
SLACK = ("slack.com", "slack-gov.com")
"""Names Slack's own hosts, whose files are on a host beside them. Any other Web API, say on this computer, has its files itself."""
_STATUS = {
    **dict.fromkeys((301, 302, 303, 307, 308, 401, 403), FileRefusal.NO_ACCESS),
    **dict.fromkeys((404, 410), FileRefusal.GONE),
}
_PAGE = (b"<!doctype html", b"<html")


class SlackFileHost:
    """Fetches the files of one workspace, as whoever the `client`'s token is."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def look_up(self, file: FilePart) -> FilePart | FileRefusal:
        """Returns what Slack tells of a file of which only the id is known, or why it does not."""
        try:
            answer = await ask(self._client, "files.info", http_verb="GET", params={"file": file.id})
        except SlackDenied:
            return FileRefusal.NO_ACCESS
        except SlackError as error:
            return FileRefusal.GONE if error.code in FILE_GONE else FileRefusal.NOT_FETCHED
        return file_part(as_payload(answer.get("file")))

    async def fetch(self, file: FilePart, *, most: int) -> bytes | FileRefusal:
        """Returns the file, of `most` bytes, or why it cannot be had."""
        if self._client.session is None or not is_private_file(file.url, self._client.base_url):
            return FileRefusal.NOT_FETCHED
        try:
            async with asyncio.timeout(WITHIN):
                return await self._fetch(self._client.session, file, most)
        except aiohttp.ClientPayloadError:
            return FileRefusal.CUT_SHORT
        except NO_ANSWER:
            return FileRefusal.NOT_FETCHED

    async def _fetch(self, session: aiohttp.ClientSession, file: FilePart, most: int) -> bytes | FileRefusal:
        headers = {"Authorization": f"Bearer {self._client.token}", "Accept-Encoding": "identity"}
        proxy = proxy_for(file.url, os.environ)
        async with session.get(file.url, headers=headers, allow_redirects=False, proxy=proxy) as response:
            if response.status != 200:
                return _STATUS.get(response.status, FileRefusal.NOT_FETCHED)
            content = await _read(response, most)
            if content is None:
                return FileRefusal.TOO_LARGE
            return _refuse(file, content, response.content_type) or content


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes | None:
    """Returns what comes; None where that is more than `most` bytes. No more than that is ever held."""
    if (response.content_length or 0) > most:
        return None
    content = bytearray()
    async for piece in response.content.iter_chunked(PIECE):
        content += piece
        if len(content) > most:
            return None
    return bytes(content)


def _refuse(file: FilePart, content: bytes, media_type: str) -> FileRefusal | None:
    if is_sign_in(file, content, media_type):
        return FileRefusal.NO_ACCESS
    # Of a picture Slack may have taken away what a camera notes.
    short = len(content) < file.size and claimed_kind(file) is not FileKind.PICTURE
    if short:
        return FileRefusal.CUT_SHORT
    return None if content else FileRefusal.EMPTY


def is_sign_in(file: FilePart, content: bytes, media_type: str) -> bool:
    """Tells whether what came for a file is Slack's page to sign in."""
    is_called_page = "html" in media_type
    if not is_called_page and not content[:HEAD].lstrip().lower().startswith(_PAGE):
        return False
    return len(content) != file.size or (is_called_page and not is_page(file))


def is_private_file(url: str, api_url: str) -> bool:
    """Tells whether the address is one of a file where Slack keeps those, whose Web API is at `api_url`."""
    return is_at_file_host(url, api_url, folder=FOLDER)


def is_at_file_host(url: str, api_url: str, *, folder: str) -> bool:
    """Tells whether the address is one in the `folder` of Slack's file host, where the Web API is at `api_url`."""
    try:
        there, api = urlsplit(url), urlsplit(api_url)
        host, port = there.hostname, there.port
    except ValueError:
        return False
    plain = there.username is None and there.password is None and there.path.startswith(folder)
    slack = (api.hostname or "").removeprefix("www.")
    if slack in SLACK:
        return plain and there.scheme == "https" and host == f"files.{slack}" and port in (None, 443)
    return plain and (there.scheme, host, port) == (api.scheme, api.hostname, api.port)
