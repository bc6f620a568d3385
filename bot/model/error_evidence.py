"""Reads what an exception of any provider's client holds: a status, codes, a host, how long to wait, and the provider's sentence.

Every SDK keeps these in places of its own: attributes, a response, a body that is a dict or JSON, one level down or in a list,
headers here or there, or in the exception that it was raised from. All of them are read here, and nothing is decided.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import cast

_SLUG = re.compile(r"[a-z][a-z_]{1,63}")
_BARE_STATUS = re.compile(r"\[([45]\d\d)\] ")  # NVIDIA raises Exception("[429] Too Many Requests …")
_EVENT = re.compile(r"(?:ResponseError\(code=')?([a-z][a-z_]{1,63})(?:: |')")
_DEPTH = 3
"""Says how many exceptions are read: the one that was raised, and those that it was raised from."""
_ALL = 10


def causes(error: BaseException, depth: int = _DEPTH) -> list[BaseException]:
    """`error`, and what it was raised from, nearest first, `depth` at most."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < depth:
        found.append(cause)
        cause = cause.__cause__
    return found


def class_names(error: BaseException) -> set[str]:
    """The names of its class and of all that it comes from: no SDK but OpenAI's can be imported here."""
    return {cls.__name__ for cls in type(error).__mro__}


def lost_connection(error: BaseException) -> bool:
    """Tells whether aiohttp had no connection, or lost it, whatever the exceptions raised from that are called.

    OpenAI's SDK over aiohttp calls a refused connection, a bad certificate and a reset a time-out of the connection.
    """
    names = [class_names(cause) for cause in causes(error, _ALL)]
    return any("ClientConnectionError" in one and "TimeoutError" not in one for one in names)


def http_status(error: BaseException) -> int | None:
    """The HTTP status from 400 to 599 that `error`, or what it was raised from, has; None where there is none."""
    return next((status for cause in causes(error) for status in _statuses(cause)), None)


def _statuses(error: BaseException) -> Iterator[int]:
    response: object = getattr(error, "response", None)
    metadata = _mapping(_mapping(response).get("ResponseMetadata"))  # botocore
    holders = (error, response, getattr(error, "raw_response", None))
    values = [getattr(holder, name, None) for holder in holders for name in ("status_code", "status", "code")]
    values += [metadata.get("HTTPStatusCode")]
    values += [body.get("code") for body in bodies(error)]
    if type(error) is Exception and (match := _BARE_STATUS.match(str(error))):
        values.append(match[1])
    for value in values:
        # vLLM and OpenRouter put the status into the code, which the SDK turns into a string.
        if isinstance(value, int) or (isinstance(value, str) and re.fullmatch(r"\d{3}", value)):
            number = int(value)
            if 400 <= number < 600:
                yield number


def slugs(error: BaseException) -> list[str]:
    """Every code and type that `error` carries, in lower case and without “Exception”, nearest first."""
    found = (str(code).lower().removesuffix("exception") for cause in causes(error) for code in _codes(cause))
    return [slug for slug in found if _SLUG.fullmatch(slug)]


def _codes(error: BaseException) -> Iterator[object]:
    for holder in (_mapping(getattr(error, "__dict__", None)), *bodies(error)):
        yield from (holder[name] for name in ("code", "type", "Code", "status", "reason") if holder.get(name))
    if type(error) is ValueError and (match := _EVENT.match(str(error))):
        # The Responses API's events `error` and `response.failed`, which langchain-openai makes a bare ValueError of. Its
        # beginning only: what follows are words.
        yield match[1]


def sentences(error: BaseException) -> list[str]:
    """Returns what the provider says is wrong, where it stands apart from all other text. To be searched and never to be shown."""
    found: list[str] = []
    for cause in causes(error):
        for body in bodies(cause):
            found += [
                value for name in ("message", "Message", "detail") if isinstance(value := body.get(name), str)
            ]
            found += [value for name in ("error",) if isinstance(value := body.get(name), str)]
        own: object = getattr(cause, "error", None)  # Ollama's
        found += [own] if isinstance(own, str) else []
    return found


def bodies(error: BaseException) -> list[Mapping[str, object]]:
    """The provider's error as mappings, outermost first: what stood in the answer, and what is inside it."""
    response: object = getattr(error, "response", None)
    given = [getattr(error, name, None) for name in ("body", "details", "response", "raw_response")]
    given.append(_response_text(response))
    given.append(_response_text(getattr(error, "raw_response", None)))
    found: list[Mapping[str, object]] = []
    for value in given:
        body = _mapping(_parse(value))
        inner = [_mapping(_parse(body.get(name))) for name in ("error", "Error")]
        details = [part for one in inner for part in _mappings(one.get("details"))]  # Google's
        found += [one for one in (body, *inner, *details) if one]
    return found


def retry_after(error: BaseException) -> float | None:
    """Seconds. A date, which the header may hold as well, counts as no answer: our clock need not be theirs."""
    for cause in causes(error):
        for value in _waits(cause):
            if re.fullmatch(r"\d{1,6}(\.\d+)?", value):
                return float(value)
    return None


def _waits(error: BaseException) -> Iterator[str]:
    response: object = getattr(error, "response", None)
    holders = (response, error, getattr(error, "raw_response", None))
    headers = [_mapping(getattr(holder, "headers", None)) for holder in holders]
    headers.append(_mapping(_mapping(_mapping(response).get("ResponseMetadata")).get("HTTPHeaders")))
    for one in headers:
        yield from (str(value) for name, value in one.items() if str(name).lower() == "retry-after")
    for body in bodies(error):
        if isinstance(delay := body.get("retryDelay"), str):  # Google's RetryInfo: "30s"
            yield delay.removesuffix("s")


def host(error: BaseException) -> str:
    """The host that was asked, as the operator knows it; "" where the error does not say. Never the whole URL."""
    try:
        url: object = getattr(getattr(error, "request", None), "url", None)
    except RuntimeError:  # httpx's errors have the attribute, and raise where no request is known
        return ""
    name, port = getattr(url, "host", None), getattr(url, "port", None)
    return f"{name}:{port}" if name and port else str(name or "")


def _response_text(response: object) -> object:
    """The body as the client of requests or httpx has it; None where it was not read, or is another client's."""
    try:
        return getattr(response, "text", None)
    except RuntimeError:  # httpx: a stream that was never read
        return None


def _parse(value: object) -> object:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = cast("object", json.loads(value))
        except ValueError:
            return None
    # Google's stream is a list.
    return next(iter(_mappings(cast("object", value))), None) if isinstance(value, list) else value


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [_mapping(one) for one in cast("list[object]", value)] if isinstance(value, list) else []
