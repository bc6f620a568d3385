"""The bytes of files, in and out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from slack_emulator.state.token_mint import Mint
from tests.slack_emulator.conftest import TOKENS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_sdk.web.async_client import AsyncWebClient

    from slack_emulator.server import Workspace

WATER = b"water, water"


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def private_url(client: AsyncWebClient, file: str) -> str:
    return str((await client.files_info(file=file))["file"]["url_private"])


@pytest.fixture
async def file(slack: Workspace) -> str:
    """A file Ada shared in #general."""
    await slack.upload("general", "ada", "song.txt", content=WATER)
    return next(iter(slack.state.files))


async def test_an_app_reads_a_file_with_its_token(
    slack: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession, file: str
) -> None:
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    async with http.get(await private_url(client, file), headers=headers) as answer:
        assert (await answer.read(), answer.content_type) == (WATER, "text/plain")


@pytest.mark.parametrize(
    "token", ["", "Bearer xoxb-never", f"Bearer {Mint(TOKENS).secret('xapp', 'teleprinter')}"]
)
async def test_anybody_else_is_sent_to_log_in(
    client: AsyncWebClient, http: aiohttp.ClientSession, file: str, token: str
) -> None:
    url = await private_url(client, file)
    async with http.get(url, headers={"Authorization": token}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"][:8]) == (302, "/?redir=")


async def test_an_app_that_may_not_read_files_gets_the_page_to_sign_in_in_its_place(
    slack: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession, file: str
) -> None:
    url = await private_url(client, file)
    slack.state.apps[slack.app.id] = replace(slack.app, scopes=("chat:write",))
    headers = {"Authorization": f"Bearer {slack.app.bot_token}"}
    async with http.get(url, headers=headers, allow_redirects=False) as answer:
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert WATER not in await answer.read()


@pytest.mark.parametrize("path", ["files-pri/T9-F9/x.txt", "files-pri/T0SPARKLING-F9/x.txt"])
async def test_a_file_that_is_not_there_is_not_found(
    slack: Workspace, http: aiohttp.ClientSession, path: str
) -> None:
    async with http.get(f"{slack.url}/{path}") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("how", [{"data": WATER}, {"data": {"file": WATER}}], ids=["bytes", "form"])
async def test_bytes_come_as_they_are_or_in_a_form(
    slack: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession, how: dict[str, Any]
) -> None:
    form = aiohttp.FormData()
    form.add_field("file", WATER, filename="song.txt")
    given = how["data"] if isinstance(how["data"], bytes) else form
    begun = await client.files_getUploadURLExternal(filename="song.txt", length=len(WATER))
    async with http.post(begun["upload_url"], data=given) as answer:
        assert await answer.text() == "OK - 12"
    assert slack.state.contents[begun["file_id"]] == WATER


@pytest.mark.parametrize("path", ["T9/F9", "T0SPARKLING/F9"])
async def test_where_no_upload_was_begun_nothing_is_taken(
    slack: Workspace, http: aiohttp.ClientSession, path: str
) -> None:
    async with http.post(f"{slack.url}/upload/v1/{path}", data=WATER) as answer:
        assert answer.status == 404


async def test_a_form_without_a_file_brings_nothing(
    slack: Workspace, client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    begun = await client.files_getUploadURLExternal(filename="song.txt", length=1)
    with aiohttp.MultipartWriter("form-data") as form:
        form.append("x").set_content_disposition("form-data", name="note")
    async with http.post(begun["upload_url"], data=form) as answer:
        assert await answer.text() == "OK - 0"


async def test_a_form_that_cannot_be_taken_apart_is_refused(
    client: AsyncWebClient, http: aiohttp.ClientSession
) -> None:
    begun = await client.files_getUploadURLExternal(filename="song.txt", length=1)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with http.post(begun["upload_url"], data=b"--x\r\nno header", headers=headers) as answer:
        assert (answer.status, await answer.text()) == (400, "invalid_form_data")
