"""Reads what a model's failure means: from any exception of any provider to one of ours, with a line that names the mend.

A provider's exception says what went wrong in up to five places: its class (LangChain's own `ModelError` tree, or the names
every SDK generated from the same template shares), an HTTP status, a code, a type, and a sentence. They are asked in that order of
trust; a sentence only at its beginning and only of a request that was refused, since further on it may repeat the prompt. No words
of the provider are passed on, since some repeat the key, and some the prompt.
"""

from __future__ import annotations

import json
import re
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core import exceptions as langchain

from bot.environment import certificates
from bot.errors import (
    ModelBroke,
    ModelBusy,
    ModelDenied,
    ModelEndless,
    ModelError,
    ModelFailed,
    ModelStalled,
    ModelUnknown,
    ModelUnpaid,
    ModelUnreachable,
    ModelUntrusted,
    PromptBlocked,
    PromptTooLong,
)
from bot.model.error_evidence import (
    causes,
    class_names,
    host,
    http_status,
    lost_connection,
    retry_after,
    sentences,
    slugs,
)
from bot.model.provider_advice import Provider, advice_for, provider_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_CLASSES: dict[type[Exception], int] = {
    langchain.ModelAuthenticationError: 401,
    langchain.ModelPermissionDeniedError: 403,
    langchain.ModelNotFoundError: 404,
    langchain.ModelRateLimitError: 429,
    langchain.ModelAPIError: 500,
}
"""Says what LangChain's own classes stand for; the integrations raise them beside their SDK's."""

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
    # Bedrock, whose frames inside a stream have no status
    "throttling": 429,
    "servicequotaexceeded": 429,
    "toomanyrequests": 429,
    "accessdenied": 403,
    "unrecognizedclient": 401,
    "invalidsignature": 401,
    "expiredtoken": 401,
    "resourcenotfound": 404,
    "validation": 400,
    "internalserver": 500,
    "modelstreamerror": 500,
    "modelerror": 500,
    "modelnotready": 503,
    "serviceunavailable": 503,
    "modeltimeout": 504,
}
"""Lists what an error inside a stream says in place of a status, which then is 200: OpenAI's codes and types, Anthropic's,
Bedrock's."""

_KEY_CODES = frozenset(
    {
        "api_key_invalid",  # Google, with a 400
        "unrecognizedclient",  # Bedrock with a 403, and the two below
        "invalidsignature",
        "expiredtoken",
    }
)
_NO_KEYS = frozenset(
    {"NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "DefaultCredentialsError"}
)
"""Classes that say that no key was found: botocore's and google-auth's."""

_UNPAID_CODES = frozenset({"insufficient_quota", "billing_error", "insufficient_credits", "quota_exceeded"})
_UNPAID = re.compile(
    r"your credit balance is too low|insufficient (balance|credits)|you exceeded your current quota, please check your plan",
    re.IGNORECASE,
)
"""Matches how Anthropic (with a 400), DeepSeek, OpenRouter and OpenAI's like begin to say that the money is used up."""

_BLOCKED_CODES = frozenset({"content_filter", "content_policy_violation", "responsibleaipolicyviolation"})
"""Azure and OpenAI, with a 400, for a prompt that their filter stopped."""

_OVERFLOW_CODES = frozenset(
    {"context_length_exceeded", "exceed_context_size_error", "context_window_exceeded"}
)
_OVERFLOW_CLASSES = frozenset({"ContextOverflowError", "ContextWindowExceededError"})  # LangChain, LiteLLM
_OVERFLOW = re.compile(
    r"(?:[\w.]{1,60}: ){0,3}"  # LiteLLM puts classes before it
    r"(?:this (?:model|endpoint)'s maximum (?:context|prompt) length is \d"  # OpenAI, vLLM, OpenRouter, xAI
    r"|prompt is too long: \d"  # Anthropic
    r"|(?:the )?input is too long"  # Bedrock
    r"|(?:the )?input (?:token count|tokens exceed)"  # Google, OpenAI
    r"|(?:the )?request exceeds the available context size|(?:the )?request \(\d+ tokens\) exceeds the available context"  # llama.cpp
    r"|(?:please )?reduce the length of the messages"  # Groq
    r"|prompt contains \d+ tokens"  # Mistral
    r"|too many tokens: "  # Cohere
    r"|(?:the )?(?:decoder )?prompt \(length \d+\) is longer"  # vLLM
    r"|requested tokens \(\d+\) exceed context window)",  # llama-cpp-python
    re.IGNORECASE,
)
"""Matches how a sentence begins that says that a conversation is too long. Codes alone will not do: most servers that only
imitate OpenAI send none, and langchain-openai misses its own `ContextOverflowError` with openai 3."""

_TIMEOUTS = frozenset(
    {
        "TimeoutError",
        "TimeoutException",
        "APITimeoutError",
        "ModelTimeoutError",
        "Timeout",  # requests
        "ReadTimeoutError",  # botocore, urllib3
        "ConnectTimeoutError",
    }
)
_BROKEN = frozenset({"MidStreamFallbackError"})
"""LiteLLM's for a stream that was cut or held an error, with a status of its own making."""

_CONNECTIONS = frozenset(
    {
        "ConnectionError",  # Python's own, requests', botocore's
        "TransportError",  # httpx and httpx2
        "APIConnectionError",  # the SDKs of OpenAI, Anthropic, Groq, Mistral
        "ClientConnectionError",  # aiohttp, and the one below, for a body that ended too early
        "ClientPayloadError",
        "ModelConnectionError",  # LangChain
        "HTTPClientError",  # botocore, for what broke on the way
        "ProtocolError",  # urllib3
        "NewConnectionError",
        "IncompleteRead",  # http.client
        "IncompleteReadError",  # asyncio
        "ChunkedEncodingError",  # requests
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


def read_failure(error: Exception, label: str, provider: str = "") -> Failure:
    """Returns what `error`, which any provider's client raised, means. `label` names the model where no host is known.
    `provider` is as in TELEPRINTER_MODEL; "": the one that the label begins with, or whose SDK raised it.
    """
    if isinstance(error, ModelError):
        return Failure(error, details=_details(error, None))
    provider = provider or provider_of(label, error)
    status = _status(error)
    # LiteLLM names api.openai.com for every server.
    hosts = [] if provider == "litellm" else [name for cause in causes(error) if (name := host(cause))]
    where = hosts[0] if hosts else label
    ours = _translate(error, status, where, advice_for(provider))
    return Failure(
        ours,
        again=_may_go_well_later(ours, status),
        wait=retry_after(error),
        details=_details(error, status),
    )


def _translate(error: Exception, status: int | None, where: str, advice: Provider) -> ModelError:
    if _is_overflow(error, status):
        return PromptTooLong(f"the conversation does not fit {where}: lower TELEPRINTER_HISTORY_TOKENS")
    if "GraphRecursionError" in class_names(error):
        return ModelEndless(
            f"{where} used tools again and again: ask for less, or raise TELEPRINTER_TOOL_CALLS"
        )
    if class_names(error) & _BROKEN:
        return ModelBroke(f"the answer of {where} broke off ({status}): see its status, and ask again")
    if status is not None:
        return _by_status(error, status, where, advice)
    return _by_class(error, where, advice)


def _by_class(error: Exception, where: str, advice: Provider) -> ModelError:
    names = class_names(error)
    if certificates.is_refused(error):
        return ModelUntrusted(f"the certificate of {where} is not trusted here. {certificates.MEND}")
    if names & _NO_KEYS:
        return ModelDenied(f"no key for {where} was found: {advice.check_key}")
    if names & _TIMEOUTS and not lost_connection(error):
        return ModelStalled(f"{where} did not answer in time: check its status, or allow it more time")
    if names & (_CONNECTIONS | _TIMEOUTS):
        return ModelUnreachable(f"no connection to {where}, or it broke: check {advice.check_address}")
    if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
        return ModelBroke(f"{where} sent something unreadable in its stream: {advice.check_server}")
    if isinstance(error, ValueError) and str(error).startswith("No generation chunks were returned"):
        return ModelBroke(
            f"{where} sent no stream of an answer: {advice.check_server}; a conversation that does not "
            "fit the model is answered so by some servers: then lower TELEPRINTER_HISTORY_TOKENS"
        )
    return ModelFailed(
        f"the client of {where} failed ({type(error).__name__}): see the event model.failed in the log"
    )


def _by_status(error: Exception, status: int, where: str, advice: Provider) -> ModelError:
    codes = set(slugs(error))
    if status == 402 or codes & _UNPAID_CODES or (status < 500 and _says(error, _UNPAID)):
        return ModelUnpaid(f"the quota at {where} is used up ({status}): add credit, or use another key")
    if status == 401 or codes & _KEY_CODES:
        return ModelDenied(f"{where} refused the key ({status}): {advice.check_key}")
    if status == 403:
        return ModelDenied(f"{where} does not let this key use the model (403): check what the key may do")
    if status == 429:
        return ModelBusy(_busy(error, where))
    if status == 408 or status >= 500:
        return ModelFailed(f"{where} failed ({status}): check its status, and try again later")
    return _refused(codes, status, where, advice)


def _refused(codes: set[str], status: int, where: str, advice: Provider) -> ModelError:
    """The request itself would have to be another one."""
    if status == 404:
        address = f" and {advice.address}" if advice.address else ""
        return ModelUnknown(f"{where} does not know the model (404): check TELEPRINTER_MODEL{address}")
    if status == 413:
        return PromptTooLong(
            f"the conversation is too large for {where} (413): lower TELEPRINTER_HISTORY_TOKENS"
        )
    if codes & _BLOCKED_CODES:
        return PromptBlocked(f"the content filter of {where} stopped the conversation ({status})")
    return ModelFailed(f"{where} refused the request ({status}): check that the model takes what we send it")


def _busy(error: Exception, where: str) -> str:
    wait = retry_after(error)
    until = f"wait {wait:g} s" if wait is not None else "wait"
    return f"{where} is limiting our rate (429): {until}, or ask the provider for a higher limit"


def _is_overflow(error: Exception, status: int | None) -> bool:
    if status == 429:
        # Groq and OpenAI say "reduce the length" in a 429 too: that one is about tokens a minute. So does Google, of which
        # langchain-google-genai makes a ContextOverflowError.
        return False
    names = {name for cause in causes(error) for name in class_names(cause)}
    if names & _OVERFLOW_CLASSES or _OVERFLOW_CODES & set(slugs(error)):
        return True
    return status in (400, 422) and _says(error, _OVERFLOW)


def _says(error: Exception, sentence: re.Pattern[str]) -> bool:
    return any(sentence.match(said) for said in sentences(error))


def _may_go_well_later(ours: ModelError, status: int | None) -> bool:
    if isinstance(ours, ModelUnreachable):
        return True
    transient = status is not None and (status in (408, 409, 429) or status >= 500)
    return transient and not isinstance(ours, PromptTooLong | ModelUnpaid)


def _status(error: Exception) -> int | None:
    """The HTTP status, or the one that the error's class or code stands for."""
    if (status := http_status(error)) is not None:
        return status
    for cls, status in _CLASSES.items():
        if isinstance(error, cls):
            return status
    return next((_CODES[slug] for slug in slugs(error) if slug in _CODES), None)


def _details(error: Exception, status: int | None) -> dict[str, str | int]:
    """Enough to find the cause, without the words: a traceback's last line would repeat them."""
    details: dict[str, str | int] = {"error": f"{type(error).__module__}.{type(error).__qualname__}"}
    if status is not None:
        details["status"] = status
    if known := [slug for slug in slugs(error) if slug in _CODES or slug in _OVERFLOW_CODES]:
        details["code"] = known[0]
    if frames := traceback.extract_tb(error.__traceback__):
        details["at"] = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}"
    return details
