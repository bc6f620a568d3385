"""The arguments of a Web API call, in every form the SDKs send them.

JSON bodies, forms of both kinds (nested values as JSON text), a query string, and a POST whose arguments are all in its
query: Slack takes them all, and mixes of them. The token is in the header, or an argument among the others.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp.http_exceptions import BadHttpMessage

from slack_emulator.errors import Refused
from slack_emulator.json_values import as_list, as_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web
    from multidict import MultiDictProxy

    from slack_emulator.json_values import Json


SECRET = frozenset({"client_secret", "code", "code_verifier", "refresh_token"})


async def read_arguments(request: web.Request) -> Arguments:
    """Returns what the request asks with. A JSON body that cannot be read is refused as Slack does."""
    values, warnings = dict[str, Any](request.query), _charset_warnings(request)
    if request.content_type == "multipart/form-data":
        values |= await _parts(request)
    else:
        values |= _parsed(await request.read(), request.content_type)
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        values["token"] = secret
    if scheme.lower() == "basic":
        values |= _basic(secret)
    return Arguments(values, warnings)


async def _parts(request: web.Request) -> Json:
    """The fields of a multipart form; a file among them is no argument of any method that is still there."""
    return {name: value for name, value in (await form_of(request)).items() if isinstance(value, str)}


async def form_of(request: web.Request) -> MultiDictProxy[str | bytes | bytearray | web.FileField]:
    """The fields of a form; `invalid_form_data` where it cannot be taken apart."""
    try:
        return await request.post()
    except (ValueError, BadHttpMessage):
        raise Refused("invalid_form_data") from None


def _parsed(body: bytes, content_type: str) -> Json:
    """The arguments in a body. No SDK sends any other type of one."""
    if content_type == "application/json":
        return _object(body)
    if content_type == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    return {}


def _basic(secret: str) -> Json:
    """An app's id and secret, as OAuth has them in the header."""
    try:
        name, _, word = base64.b64decode(secret, validate=True).decode().partition(":")
    except ValueError:
        raise Refused("invalid_auth") from None
    return {"client_id": name, "client_secret": word}


def _charset_warnings(request: web.Request) -> tuple[str, ...]:
    """JSON should say its charset, and a form should not: Slack warns, and reads both."""
    if not request.can_read_body:
        return ()
    match (request.content_type, request.charset):
        case ("application/json", None):
            return ("missing_charset",)
        case ("application/x-www-form-urlencoded", str()):
            return ("superfluous_charset",)
        case _:
            return ()


def _object(body: bytes) -> Json:
    try:
        parsed = as_object(json.loads(body or b"{}"))
    except (ValueError, RecursionError):  # bytes that are no text are among these
        raise Refused("invalid_json") from None
    if parsed is None:
        raise Refused("json_not_object")
    return parsed


class Arguments:
    """Named values, read as what a method expects them to be. None and an argument left out are the same."""

    def __init__(self, values: Mapping[str, Any], warnings: tuple[str, ...] = ()) -> None:
        self.token: str | None = values.get("token") or None
        self.warnings = warnings
        self.values: Json = {
            name: value for name, value in values.items() if name != "token" and value is not None
        }

    @property
    def shown(self) -> Json:
        """Returns what may be recorded: no secret."""
        return {name: value for name, value in self.values.items() if name not in SECRET}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """A string; a number, as JSON callers like to send one, is read as its digits."""
        value = self.values.get(name)
        if isinstance(value, bool | dict | list):
            raise Refused("invalid_arguments", f"[ERROR] must be a string [json-pointer:/{name}]")
        return None if value is None else str(value)

    def needed(self, name: str) -> str:
        """A string that has to be there, and not empty."""
        value = self.text(name)
        if not value:
            raise Refused("invalid_arguments", f"[ERROR] missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A truth: true, "true", 1 or "1"."""
        return default if name not in self else self.values[name] in (True, "true", "True", "1", 1)

    def whole(self, name: str, *, default: int, most: int) -> int:
        """A whole number from 1 to `most`; more counts as `most`."""
        try:
            value = int(self.text(name) or default)
        except ValueError:
            raise Refused("invalid_arguments", f"[ERROR] must be a number [json-pointer:/{name}]") from None
        if value < 1:
            raise Refused("invalid_limit")
        return min(value, most)

    def objects(self, name: str, error: str) -> tuple[Json, ...] | None:
        """A list of objects, itself or as JSON text; `error` is Slack's code for anything else."""
        value = self._nested(name, error)
        if value is None:
            return None
        items = as_list(value)
        objects = [as_object(item) for item in items or ()]
        if items is None or None in objects:
            raise Refused(error)
        return tuple(each for each in objects if each is not None)

    def object(self, name: str, error: str) -> Json | None:
        """One object, itself or as JSON text."""
        value = self._nested(name, error)
        found = as_object(value)
        if value is not None and found is None:
            raise Refused(error)
        return found

    def _nested(self, name: str, error: str) -> Any:
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError:
            raise Refused(error) from None

    def names(self, name: str) -> list[str]:
        """A list of ids: a JSON list, or one string with commas."""
        value = self.values.get(name, "")
        parts = as_list(value) or str(value).split(",")
        return [str(part).strip() for part in parts if str(part).strip()]
