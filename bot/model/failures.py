"""What a model's failure means: from any exception of any provider to one of ours, with a line that names the mend.

A provider's exception says what went wrong in up to five places: its class (LangChain's own `ModelError` tree, or the names
every SDK generated from the same template shares), an HTTP status, a code, a type, and words. They are asked in that order of
trust. No words of the provider are passed on, since some repeat the key, and some the prompt.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from langchain_core import exceptions as langchain

from bot.errors import (
    ModelBroke,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelFailed,
    ModelStalled,
    ModelUnknown,
    ModelUnreachable,
    PromptTooLong,
)

_CLASSES: dict[type[Exception], int] = {
    langchain.ModelAuthenticationError: 401,
    langchain.ModelPermissionDeniedError: 403,
    langchain.ModelNotFoundError: 404,
    langchain.ModelRateLimitError: 429,
    langchain.ModelAPIError: 500,
}
"""What LangChain's own classes stand for; the integrations raise them beside their SDK's."""

_CODES = {
    "invalid_api_key": 401,
    "authentication_error": 401,
    "permission_error": 403,
    "model_not_found": 404,
    "not_found_error": 404,
    "insufficient_quota": 429,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "server_error": 500,
    "internal_server_error": 500,
    "api_error": 500,
    "overloaded_error": 529,
    "invalid_request_error": 400,
}
"""What an error inside a stream says in place of a status, which then is 200: OpenAI's codes and types, and Anthropic's."""

_OVERFLOW = re.compile(
    r"context_length_exceeded|exceed_context_size|context window|contextwindowexceeded|maximum context length"
    r"|available context size|prompt is too long|input is too long|input tokens exceed|reduce the length of the messages",
    re.IGNORECASE,
)
"""How OpenAI, llama.cpp, vLLM, LiteLLM, Anthropic, Bedrock and Groq say that a conversation is too long. The code alone will not
do: most servers that only imitate OpenAI send none, and langchain-openai misses its own `ContextOverflowError` with openai 3."""

_SLUG = re.compile(r"[a-z][a-z_]{1,63}")
_TIMEOUTS = frozenset({"TimeoutError", "TimeoutException", "APITimeoutError", "ModelTimeoutError"})
"""Names in the line of ancestors of an exception's class: no SDK but OpenAI's can be imported here."""
_CONNECTIONS = frozenset(
    {
        "ConnectionError",  # Python's own
        "TransportError",  # httpx and httpx2
        "APIConnectionError",  # the SDKs of OpenAI, Anthropic, Groq, Mistral
        "ClientConnectionError",  # aiohttp
        "ModelConnectionError",  # LangChain
        "gaierror",
    }
)


@dataclass(frozen=True, slots=True)
class Failure:
    """One failed call: what to raise, whether the same call may go well later, and from when on."""

    error: ModelError
    again: bool = False
    wait: float | None = None  # seconds the provider asks for; None: it did not say
    details: Mapping[str, str | int] = field(
        default_factory=dict[str, str | int]
    )  # for the log; nothing secret


def read_failure(error: Exception, label: str) -> Failure:
    """What `error`, which any provider's client raised, means. `label` names the model where no host is known."""
    if isinstance(error, ModelError):
        return Failure(error, details=_details(error, None))
    status = _status(error)
    ours = _translate(error, status, _where(error) or label)
    return Failure(
        ours,
        again=_may_go_well_later(error, ours, status),
        wait=_retry_after(error),
        details=_details(error, status),
    )


def _translate(error: Exception, status: int | None, where: str) -> ModelError:
    if status != 429 and (
        isinstance(error, langchain.ContextOverflowError) or _OVERFLOW.search(_words(error))
    ):
        # Groq and OpenAI say "reduce the length" in a 429 too: that one is about tokens a minute.
        return PromptTooLong(f"the conversation does not fit {where}: lower TELEPRINTER_HISTORY_TOKENS")
    if status is not None:
        return _by_status(error, status, where)
    names = {cls.__name__ for cls in type(error).__mro__}
    if names & _TIMEOUTS:
        return ModelStalled(f"{where} did not answer in time: check its status, or allow it more time")
    if names & _CONNECTIONS:
        return ModelUnreachable(
            f"no connection to {where}, or it broke: check the network and OPENAI_BASE_URL"
        )
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return ModelBroke(
            f"{where} sent something unreadable in its stream: check OPENAI_BASE_URL, and its log"
        )
    if isinstance(error, ValueError) and "No generation chunks" in str(error):
        return ModelBroke(f"{where} sent no stream of an answer: check that OPENAI_BASE_URL is such an API")
    return ModelFailed(
        f"the client of {where} failed ({type(error).__name__}): see the event model.failed in the log"
    )


def _by_status(error: Exception, status: int, where: str) -> ModelError:
    if status == 401:
        return ModelDenied(f"{where} refused the key (401): check {_key_name(error)}")
    if status == 403:
        return ModelDenied(f"{where} does not let this key use the model (403): check what the key may do")
    if status == 404:
        return ModelUnknown(
            f"{where} does not know the model (404): check TELEPRINTER_MODEL and OPENAI_BASE_URL"
        )
    if status == 429:
        return ModelBusy(_busy(error, where))
    if status == 408 or status >= 500:
        return ModelFailed(f"{where} failed ({status}): check its status, and try again later")
    if status == 413:
        return PromptTooLong(
            f"the conversation is too large for {where} (413): lower TELEPRINTER_HISTORY_TOKENS"
        )
    return ModelFailed(f"{where} refused the request ({status}): check that the model takes what we send it")


def _busy(error: Exception, where: str) -> str:
    if "insufficient_quota" in _slugs(error):
        return f"the quota at {where} is used up (429): add credit, or use another key"
    wait = _retry_after(error)
    until = f"wait {wait:g} s" if wait is not None else "wait"
    return f"{where} is limiting our rate (429): {until}, or ask the provider for a higher limit"


def _may_go_well_later(error: Exception, ours: ModelError, status: int | None) -> bool:
    if isinstance(ours, ModelUnreachable):
        return True
    transient = status is not None and (status in (408, 409, 429) or status >= 500)
    return transient and not isinstance(ours, PromptTooLong) and "insufficient_quota" not in _slugs(error)


def _status(error: Exception) -> int | None:
    """The HTTP status, or the one that the error's class or code stands for."""
    for cls, status in _CLASSES.items():
        if isinstance(error, cls):
            return _http_status(error) or status
    return _http_status(error) or next((_CODES[slug] for slug in _slugs(error) if slug in _CODES), None)


def _http_status(error: Exception) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "status", "code"):
            value: object = getattr(holder, name, None)
            # vLLM and OpenRouter put the status into the code, which the SDK turns into a string.
            if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
                number = int(value)
                if 400 <= number < 600:
                    return number
    return None


def _slugs(error: Exception) -> list[str]:
    """Every code and type the error carries, nearest first."""
    return [slug for slug in _codes(error) if _SLUG.fullmatch(slug)]


def _codes(error: Exception) -> Iterator[str]:
    body = _mapping(getattr(error, "body", None))
    for holder in (vars(error), body, _mapping(body.get("error"))):
        yield from (str(holder[name]) for name in ("code", "type") if holder.get(name))
    if isinstance(error, ValueError):
        # The Responses API's events `error` and `response.failed`, which langchain-openai makes a bare ValueError of.
        yield from _SLUG.findall(str(error))


def _words(error: Exception) -> str:
    """All that the provider said, to be searched and never to be shown."""
    return f"{error} {getattr(error, 'body', '')}"


def _retry_after(error: Exception) -> float | None:
    """Seconds. A date, which the header may hold as well, counts as no answer: our clock need not be theirs."""
    headers = _mapping(getattr(getattr(error, "response", None), "headers", None))
    value = str(headers.get("retry-after", ""))
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else None


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}


def _where(error: Exception) -> str:
    """The host that was asked, as the operator knows it; "" where the error does not say. Never the whole URL."""
    try:
        url: object = getattr(getattr(error, "request", None), "url", None)
    except RuntimeError:  # httpx's errors have the attribute, and raise where no request is known
        return ""
    host, port = getattr(url, "host", None), getattr(url, "port", None)
    return f"{host}:{port}" if host and port else str(host or "")


def _key_name(error: Exception) -> str:
    root = type(error).__module__.partition(".")[0]
    return "OPENAI_API_KEY" if root in ("openai", "langchain_openai") else "the provider's API key"


def _details(error: Exception, status: int | None) -> dict[str, str | int]:
    """Enough to find the cause, without the words: a traceback's last line would repeat them."""
    details: dict[str, str | int] = {"error": f"{type(error).__module__}.{type(error).__qualname__}"}
    if status is not None:
        details["status"] = status
    if slugs := [slug for slug in _slugs(error) if slug in _CODES or _OVERFLOW.fullmatch(slug)]:
        details["code"] = slugs[0]
    if frames := traceback.extract_tb(error.__traceback__):
        details["at"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return details
