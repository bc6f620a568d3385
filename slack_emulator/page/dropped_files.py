"""Files as the page has them: dropped by a person, and shown to those who see the message.

POST /page/upload            a form: user, channel, thread_ts, text, and any number of files
GET  /page/files/F…/name     the bytes; an image is shown, everything else is for keeping
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from slack_emulator.errors import Refused
from slack_emulator.page.requests import in_words
from slack_emulator.web_api.arguments import form_of

if TYPE_CHECKING:
    from multidict import MultiMapping

    from slack_emulator.actors.people import People

# Whatever somebody uploads runs nothing, even where it is opened by itself.
INERT = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}


class PageFiles:
    """Takes and gives files for the people of one workspace."""

    def __init__(self, people: People) -> None:
        self._people = people

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/page/upload", self.take)
        app.router.add_get("/page/files/{file}/{name}", self.give)

    async def take(self, request: web.Request) -> web.Response:
        """Post what was dropped. What cannot be done is said in words, as everything the page asks for is."""
        try:
            fields, contents = _read(await form_of(request))
            ts = await self._people.share(
                fields.get("channel", ""),
                fields.get("user", ""),
                contents,
                fields.get("text", ""),
                fields.get("thread_ts") or None,
            )
        except Refused as refused:
            return web.json_response({"error": in_words(refused)})
        return web.json_response({"ts": ts})

    async def give(self, request: web.Request) -> web.Response:
        file = self._people.state.files.get(request.match_info["file"])
        if file is None:
            raise web.HTTPNotFound(text="There is no such file.")
        way = "inline" if file.mimetype.startswith("image/") else "attachment"
        return web.Response(
            body=self._people.state.contents.get(file.id, b""),
            content_type=file.mimetype,
            headers=INERT | {"Content-Disposition": f"{way}; filename*=UTF-8''{quote(file.name)}"},
        )


def _read(
    form: MultiMapping[str | bytes | bytearray | web.FileField],
) -> tuple[dict[str, str], dict[str, bytes]]:
    """The form's fields, and its files by name; two of one name are told apart by a number."""
    fields: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    for name, value in form.items():
        if isinstance(value, web.FileField):
            contents[_unused(value.filename, contents)] = value.file.read()
        else:
            fields[name] = str(value)
    return fields, contents


def _unused(name: str, contents: dict[str, bytes]) -> str:
    stem, dot, ending = name.rpartition(".")
    number = 2
    wanted = name
    while wanted in contents:
        wanted = f"{stem} ({number}){dot}{ending}" if dot else f"{name} ({number})"
        number += 1
    return wanted
