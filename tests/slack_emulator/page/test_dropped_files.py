"""Files, as the page has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

if TYPE_CHECKING:
    from slack_emulator.server import Workspace

ADA, GENERAL = "U0000000ADA", "C000GENERAL"


async def uploaded(slack: Workspace, *files: tuple[str, bytes], **fields: str) -> dict[str, Any]:
    """What the workspace answers to a form with these fields and files."""
    form = aiohttp.FormData({"user": ADA, "channel": GENERAL} | fields, default_to_multipart=True)
    for name, content in files:
        form.add_field("file", content, filename=name)
    async with aiohttp.ClientSession(slack.url) as http, http.post("/page/upload", data=form) as answer:
        assert answer.status == 200
        found: dict[str, Any] = await answer.json()
        return found


async def test_what_is_dropped_is_posted(slack: Workspace) -> None:
    parent = await slack.say("general", "raj", "Notes?")
    answer = await uploaded(slack, ("notes.txt", b"three bottles"), text="here", thread_ts=parent)
    said = slack.messages("general", parent)[0]
    assert (said.ts, said.user, said.text) == (answer["ts"], ADA, "here")
    assert [slack.state.contents[file.id] for file in said.files] == [b"three bottles"]


async def test_two_files_of_one_name_are_two_files(slack: Workspace) -> None:
    await uploaded(slack, ("a.txt", b"1"), ("a.txt", b"2"), ("a.txt", b"3"), ("b", b"4"), ("b", b"5"))
    files = slack.messages("general")[-1].files
    assert [file.name for file in files] == ["a.txt", "a (2).txt", "a (3).txt", "b", "b (2)"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"channel": "C9"}, "no longer there"),
        ({"text": "x" * 13_000}, "too long"),
        ({"user": "U9"}, "user_not_found"),
    ],
)
async def test_what_cannot_be_posted_is_said_in_words(
    slack: Workspace, fields: dict[str, str], words: str
) -> None:
    before = slack.messages("general")
    answer = await uploaded(slack, ("a.txt", b"1"), **fields)
    assert words in answer["error"]
    assert slack.messages("general") == before


@pytest.mark.parametrize(
    ("name", "way", "kind"),
    [("dot.png", "inline", "image/png"), ("a page.html", "attachment", "text/html")],
)
async def test_an_image_is_shown_and_everything_else_is_kept_and_neither_runs_anything(
    slack: Workspace, name: str, way: str, kind: str
) -> None:
    await uploaded(slack, (name, b"<script>"))
    file = slack.messages("general")[-1].files[0]
    async with (
        aiohttp.ClientSession(slack.url) as http,
        http.get(f"/page/files/{file.id}/{name}") as answer,
    ):
        assert (await answer.read(), answer.content_type) == (b"<script>", kind)
        assert answer.headers["Content-Disposition"].startswith(way)
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_a_file_that_is_none_is_not_found(slack: Workspace) -> None:
    async with aiohttp.ClientSession(slack.url) as http, http.get("/page/files/F9/a.txt") as answer:
        assert answer.status == 404


async def test_another_sites_page_is_kept_out(slack: Workspace) -> None:
    headers = {"Origin": "https://evil.example"}
    async with (
        aiohttp.ClientSession(slack.url) as http,
        http.post("/page/upload", data={"user": ADA}, headers=headers) as answer,
    ):
        assert answer.status == 403


async def test_a_form_that_is_none_is_said_in_words(slack: Workspace) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.url}/page/upload", data=b"x", headers=headers) as answer,
    ):
        assert (answer.status, await answer.json()) == (
            200,
            {"error": "That did not work: invalid_form_data."},
        )
