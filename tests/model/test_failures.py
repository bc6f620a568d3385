"""Whatever exception a provider's client raises, the same few errors come out, and none repeats a secret."""

from __future__ import annotations

import json
import ssl
from http import HTTPStatus
from itertools import pairwise
from typing import Any

import aiohttp
import httpx2
import openai
import pytest
from aiohttp.client_reqrep import ConnectionKey
from langchain_core import exceptions as langchain
from langchain_core.exceptions import OutputParserException
from langchain_openai.chat_models.base import OpenAITimeoutError

from bot.errors import (
    ModelBroke,
    ModelBusy,
    ModelDenied,
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
from bot.model.failures import read_failure

SECRET = "sk-proj-hunter2 and the prompt"
REQUEST = httpx2.Request("POST", "https://user:hunter2@api.example.com/v1/chat/completions?key=hunter2")


def refused(status: int, *, headers: dict[str, str] | None = None, **error: Any) -> openai.APIStatusError:
    """What the OpenAI SDK raises for a refusal; every one of them repeats the key and the prompt here."""
    response = httpx2.Response(status, headers=headers, request=REQUEST)
    body = {"message": SECRET, **error}
    return openai.APIStatusError(f"Error code: {status} - {body['message']}", response=response, body=body)


def in_stream(**error: Any) -> openai.APIError:
    """What the SDK raises for an error chunk in a stream whose status was 200."""
    return openai.APIError(str(error.get("message", SECRET)), REQUEST, body={"message": SECRET, **error})


def untrusted() -> openai.APIConnectionError:
    """What the SDK raises where nobody vouches for the server's certificate: it stands three below."""
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = httpx2.ConnectError(SECRET, request=REQUEST)
    error.__cause__.__cause__ = OSError(SECRET)
    error.__cause__.__cause__.__context__ = ssl.SSLCertVerificationError(1, SECRET)
    return error


def test_a_certificate_that_is_not_trusted_is_named_with_the_mend_to_both() -> None:
    error = read_failure(untrusted(), "a model").error
    assert str(error) == (
        "the certificate of api.example.com is not trusted here. "
        "If its certificate is your company's own, name a file that holds it in SSL_CERT_FILE."
    )
    assert "certificate" in error.told.english


def over_aiohttp(error: Exception) -> Exception:
    """What LangChain raises where OpenAI's SDK asks over aiohttp, which had `error`."""
    raised: list[Exception] = [error, httpx2.ConnectTimeout("x"), openai.APITimeoutError(REQUEST)]
    raised.append(OpenAITimeoutError(REQUEST))
    for cause, outer in pairwise(raised):
        outer.__cause__ = cause
    return raised[-1]


def untrusted_by_aiohttp() -> Exception:
    key = ConnectionKey("api.example.com", 443, True, True, None, None, None)
    return aiohttp.ClientConnectorCertificateError(key, ssl.SSLCertVerificationError(1, SECRET))


class ClientConnectionError(Exception):
    """As aiohttp's, which is no ConnectionError."""


class MidStreamFallbackError(openai.APIStatusError):
    """As LiteLLM's, for a stream that broke, was cut, or held an error; the status is made up where there was none."""

    def __init__(self) -> None:
        super().__init__(SECRET, response=httpx2.Response(500, request=REQUEST), body=None)


class ResourceExhausted(Exception):
    """As Google's: the status stands in `code`."""

    code = HTTPStatus.TOO_MANY_REQUESTS


class AnthropicStyle(Exception):
    """As Anthropic's for an error inside a stream: status 200, and the type one level down."""

    status_code = 200
    body = {"type": "error", "error": {"type": "overloaded_error", "message": SECRET}}  # noqa: RUF012


class Requestless(Exception):
    """As httpx's errors that know of no request."""

    @property
    def request(self) -> object:
        raise RuntimeError("The .request property has not been set.")


def aws(code: str, status: int | None = None, message: str = SECRET) -> Exception:
    """What botocore raises: all it knows stands in a dict. Inside a stream there is no status but that of its beginning."""
    error = Exception(f"An error occurred ({code}) when calling the ConverseStream operation: {message}")
    metadata = {} if status is None else {"HTTPStatusCode": status}
    vars(error)["response"] = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata}
    return error


def google(status: int, *, reason: str) -> Exception:
    """What langchain-google-genai raises: the status and the details stand in what it was raised from."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    cause = Exception(SECRET)
    vars(cause).update(
        code=status, details={"error": {"code": status, "message": SECRET, "details": details}}
    )
    error = langchain.ModelInvalidRequestError(SECRET)
    error.__cause__ = cause
    return error


class NoCredentialsError(Exception):
    """As botocore's."""


class HTTPClientError(Exception):
    """As botocore's."""


class ReadTimeoutError(HTTPClientError):
    """As botocore's."""


class ConnectionClosedError(HTTPClientError):
    """As botocore's."""


class ClientPayloadError(Exception):
    """As aiohttp's."""


class ProtocolError(Exception):
    """As urllib3's."""


@pytest.mark.parametrize(
    ("error", "ours", "again"),
    [
        pytest.param(refused(401), ModelDenied, False, id="401"),
        pytest.param(refused(403), ModelDenied, False, id="403"),
        pytest.param(refused(404), ModelUnknown, False, id="404"),
        pytest.param(refused(400), ModelFailed, False, id="400"),
        pytest.param(refused(422), ModelFailed, False, id="422"),
        pytest.param(refused(408), ModelFailed, True, id="408"),
        pytest.param(refused(409), ModelFailed, True, id="409"),
        pytest.param(refused(413), PromptTooLong, False, id="413"),
        pytest.param(refused(429), ModelBusy, True, id="429"),
        pytest.param(refused(429, code="insufficient_quota"), ModelUnpaid, False, id="429, no money left"),
        pytest.param(
            refused(429, message="reduce the length of the messages"), ModelBusy, True, id="429, long"
        ),
        pytest.param(refused(500), ModelFailed, True, id="500"),
        pytest.param(refused(529), ModelFailed, True, id="529"),
        pytest.param(
            refused(400, code="context_length_exceeded"), PromptTooLong, False, id="OpenAI: too long"
        ),
        pytest.param(
            refused(400, type="exceed_context_size_error"), PromptTooLong, False, id="llama.cpp: too long"
        ),
        pytest.param(
            refused(400, message="This model's maximum context length is 512 tokens."),
            PromptTooLong,
            False,
            id="vLLM: too long",
        ),
        pytest.param(langchain.ContextOverflowError("x"), PromptTooLong, False, id="LangChain: too long"),
        pytest.param(in_stream(code="rate_limit_exceeded"), ModelBusy, True, id="in a stream: rate limit"),
        pytest.param(
            in_stream(code="context_length_exceeded"), PromptTooLong, False, id="in a stream: too long"
        ),
        pytest.param(in_stream(type="server_error"), ModelFailed, True, id="in a stream: server error"),
        pytest.param(in_stream(code=502), ModelFailed, True, id="in a stream: a status for a code"),
        pytest.param(in_stream(code="a_code_of_tomorrow"), ModelFailed, False, id="in a stream: unknown"),
        pytest.param(in_stream(), ModelFailed, False, id="in a stream: no code at all"),
        pytest.param(AnthropicStyle(), ModelFailed, True, id="in a stream: Anthropic"),
        pytest.param(
            ValueError("rate_limit_exceeded: slow down"), ModelBusy, True, id="Responses API: error event"
        ),
        pytest.param(
            ValueError("ResponseError(code='server_error', message='x')"),
            ModelFailed,
            True,
            id="Responses API: failed",
        ),
        pytest.param(
            openai.APIConnectionError(request=REQUEST), ModelUnreachable, True, id="OpenAI: no connection"
        ),
        pytest.param(untrusted(), ModelUntrusted, False, id="OpenAI: certificate"),
        pytest.param(openai.APITimeoutError(REQUEST), ModelStalled, False, id="OpenAI: time-out"),
        pytest.param(
            over_aiohttp(aiohttp.ClientOSError(SECRET)), ModelUnreachable, True, id="aiohttp: refused"
        ),
        pytest.param(
            over_aiohttp(aiohttp.ServerDisconnectedError(SECRET)), ModelUnreachable, True, id="aiohttp: cut"
        ),
        pytest.param(
            over_aiohttp(aiohttp.ConnectionTimeoutError(SECRET)), ModelStalled, False, id="aiohttp: time-out"
        ),
        pytest.param(over_aiohttp(untrusted_by_aiohttp()), ModelUntrusted, False, id="aiohttp: certificate"),
        pytest.param(httpx2.ReadTimeout("x"), ModelStalled, False, id="httpx: time-out"),
        pytest.param(httpx2.ReadError("x"), ModelUnreachable, True, id="httpx: broken"),
        pytest.param(ConnectionResetError(SECRET), ModelUnreachable, True, id="reset"),
        pytest.param(ClientConnectionError(SECRET), ModelUnreachable, True, id="aiohttp: no connection"),
        pytest.param(TimeoutError(SECRET), ModelStalled, False, id="time-out"),
        pytest.param(langchain.ModelAuthenticationError(SECRET), ModelDenied, False, id="LangChain: key"),
        pytest.param(
            langchain.ModelPermissionDeniedError(SECRET), ModelDenied, False, id="LangChain: permission"
        ),
        pytest.param(langchain.ModelNotFoundError(SECRET), ModelUnknown, False, id="LangChain: model"),
        pytest.param(langchain.ModelRateLimitError(SECRET), ModelBusy, True, id="LangChain: rate limit"),
        pytest.param(langchain.ModelAPIError(SECRET), ModelFailed, True, id="LangChain: server"),
        pytest.param(langchain.ModelTimeoutError(SECRET), ModelStalled, False, id="LangChain: time-out"),
        pytest.param(
            langchain.ModelConnectionError(SECRET), ModelUnreachable, True, id="LangChain: connection"
        ),
        pytest.param(ResourceExhausted(SECRET), ModelBusy, True, id="Google: rate limit"),
        pytest.param(json.JSONDecodeError(SECRET, SECRET, 0), ModelBroke, False, id="a line that is no JSON"),
        pytest.param(
            UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
            ModelBroke,
            False,
            id="bytes that are no text",
        ),
        pytest.param(
            ValueError("No generation chunks were returned"), ModelBroke, False, id="no stream at all"
        ),
        pytest.param(ValueError(SECRET), ModelFailed, False, id="some ValueError"),
        pytest.param(FileNotFoundError(SECRET), ModelFailed, False, id="an OSError of a tool"),
        pytest.param(Requestless(SECRET), ModelFailed, False, id="an error that hides its request"),
        pytest.param(ModelBroke("said already"), ModelBroke, False, id="one of ours"),
        pytest.param(aws("ThrottlingException", 429), ModelBusy, True, id="Bedrock: throttled"),
        pytest.param(aws("AccessDeniedException", 403), ModelDenied, False, id="Bedrock: denied"),
        pytest.param(aws("UnrecognizedClientException", 403), ModelDenied, False, id="Bedrock: a wrong key"),
        pytest.param(aws("ResourceNotFoundException", 404), ModelUnknown, False, id="Bedrock: no model"),
        pytest.param(aws("ServiceUnavailableException", 503), ModelFailed, True, id="Bedrock: 503"),
        pytest.param(aws("throttlingException"), ModelBusy, True, id="Bedrock, in a stream: throttled"),
        pytest.param(aws("modelStreamErrorException"), ModelFailed, True, id="Bedrock, in a stream: failed"),
        pytest.param(
            aws("ValidationException", 400, "Input is too long for requested model."),
            PromptTooLong,
            False,
            id="Bedrock: too long",
        ),
        pytest.param(NoCredentialsError(SECRET), ModelDenied, False, id="Bedrock: no key at all"),
        pytest.param(ReadTimeoutError(SECRET), ModelStalled, False, id="Bedrock: time-out"),
        pytest.param(ConnectionClosedError(SECRET), ModelUnreachable, True, id="Bedrock: closed"),
        pytest.param(ClientPayloadError(SECRET), ModelUnreachable, True, id="aiohttp: cut short"),
        pytest.param(ProtocolError(SECRET), ModelUnreachable, True, id="urllib3: broken"),
        pytest.param(
            Exception(f"[429] Too Many Requests\n{SECRET}"), ModelBusy, True, id="NVIDIA: rate limit"
        ),
        pytest.param(Exception("[503] Unavailable"), ModelFailed, True, id="NVIDIA: 503"),
        pytest.param(
            Exception(f"{SECRET} [429] "), ModelFailed, False, id="a number further down is no status"
        ),
        pytest.param(google(400, reason="API_KEY_INVALID"), ModelDenied, False, id="Google: a wrong key"),
        pytest.param(google(400, reason="OTHER"), ModelFailed, False, id="Google: another 400"),
        pytest.param(refused(402), ModelUnpaid, False, id="402"),
        pytest.param(
            refused(400, message="Your credit balance is too low to access the API."),
            ModelUnpaid,
            False,
            id="Anthropic: no credit",
        ),
        pytest.param(refused(400, code="content_filter"), PromptBlocked, False, id="Azure: filtered"),
    ],
)
def test_a_failure_becomes_one_line_that_names_the_mend(
    error: Exception, ours: type[ModelError], again: bool
) -> None:
    failure = read_failure(error, "the-model")
    assert (type(failure.error), failure.again) == (ours, again)
    told = f"{failure.error} {failure.details}"
    assert "hunter2" not in told
    assert "prompt" not in told
    assert "\n" not in told


ECHO = "prompt: context_length_exceeded, this model's maximum context length is 9, insufficient_quota, 429"


@pytest.mark.parametrize(
    "error",
    [
        ValueError(f"could not parse the answer: {ECHO}"),
        OutputParserException(f"rate_limit_exceeded: {ECHO}"),
        json.JSONDecodeError("no JSON", ECHO, 0),
        refused(400, message=f"invalid input: {ECHO}"),
        refused(400, message="invalid", input=ECHO),
        in_stream(message=ECHO),
        RuntimeError(ECHO),
    ],
    ids=["ValueError", "parser", "JSON", "message", "another field", "in a stream", "RuntimeError"],
)
def test_words_that_may_be_the_prompt_s_or_the_answer_s_decide_nothing(error: Exception) -> None:
    assert type(read_failure(error, "the-model").error) in (ModelFailed, ModelBroke)


def test_langchain_google_s_overflow_for_a_rate_limit_is_a_rate_limit() -> None:
    class GoogleContextOverflowError(langchain.ContextOverflowError):
        code = 429

    assert type(read_failure(GoogleContextOverflowError("token limit"), "x").error) is ModelBusy


@pytest.mark.parametrize(
    ("label", "line"),
    [
        ("deepseek:chat", "api.example.com refused the key (401): check DEEPSEEK_API_KEY"),
        ("openai:gpt", "api.example.com refused the key (401): check OPENAI_API_KEY"),
        ("litellm:openai/x", "litellm:openai/x refused the key (401): check the provider's API key"),
    ],
)
def test_the_key_to_check_is_the_one_of_the_model_s_provider(label: str, line: str) -> None:
    assert str(read_failure(refused(401), label).error) == line


def test_a_used_up_quota_tells_nobody_to_ask_again() -> None:
    assert "again" not in read_failure(refused(429, code="insufficient_quota"), "x").error.told.english


def test_the_mend_of_nothing_at_all_is_more_than_an_address() -> None:
    line = str(read_failure(ValueError("No generation chunks were returned"), "openai:x").error)
    assert "OPENAI_BASE_URL" in line
    assert "TELEPRINTER_HISTORY_TOKENS" in line


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (
            openai.AuthenticationError("x", response=httpx2.Response(401, request=REQUEST), body=None),
            "api.example.com refused the key (401): check OPENAI_API_KEY",
        ),
        (
            langchain.ModelAuthenticationError("x"),
            "the-model refused the key (401): check the provider's API key",
        ),
        (
            openai.APIConnectionError(request=httpx2.Request("POST", "http://localhost:8080/v1")),
            "no connection to localhost:8080, or it broke: check the network and OPENAI_BASE_URL",
        ),
        (
            refused(429, code="insufficient_quota"),
            "the quota at api.example.com is used up (429): add credit",
        ),
        (refused(429), "api.example.com is limiting our rate (429): wait, or ask the provider"),
        (
            refused(429, headers={"retry-after": "7"}),
            "api.example.com is limiting our rate (429): wait 7 s, or ask",
        ),
    ],
    ids=["key", "key of another provider", "connection", "quota", "rate limit", "rate limit with a wait"],
)
def test_the_line_names_the_host_that_was_asked_and_what_to_check(error: Exception, line: str) -> None:
    assert str(read_failure(error, "the-model").error).startswith(line)


@pytest.mark.parametrize(
    ("header", "wait"),
    [("20", 20.0), ("1.5", 1.5), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-1", None), ("", None)],
)
def test_the_wait_a_provider_asks_for_is_read_in_seconds(header: str, wait: float | None) -> None:
    assert read_failure(refused(429, headers={"retry-after": header}), "the-model").wait == wait


def test_without_a_response_there_is_no_wait_to_read() -> None:
    assert read_failure(ConnectionResetError(), "the-model").wait is None


def test_the_log_is_told_where_it_failed_and_what_it_was() -> None:
    def call_the_provider() -> None:
        raise refused(429, code="rate_limit_exceeded")

    with pytest.raises(openai.APIStatusError) as caught:
        call_the_provider()
    details = dict(read_failure(caught.value, "the-model").details)
    assert str(details.pop("at")).startswith("test_failures.py:")
    assert details == {"error": "openai.APIStatusError", "status": 429, "code": "rate_limit_exceeded"}


def test_litellm_s_error_for_a_stream_that_broke_says_that_it_broke() -> None:
    failure = read_failure(MidStreamFallbackError(), "litellm:openai/x")
    assert isinstance(failure.error, ModelBroke)
    assert (
        str(failure.error) == "the answer of litellm:openai/x broke off (500): see its status, and ask again"
    )
    assert failure.again, "where no word had come"
