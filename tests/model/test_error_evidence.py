"""Where the SDKs of all providers keep what went wrong."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import httpx2
import pytest

from bot.model.error_evidence import host, http_status, retry_after, sentences, slugs

REQUEST = httpx2.Request("POST", "http://localhost:8080/v1")


def error(**fields: Any) -> Exception:
    """An exception with these attributes."""
    made = Exception("words")
    vars(made).update(fields)
    return made


def raised_from(cause: Exception) -> Exception:
    made = RuntimeError("words")
    made.__cause__ = cause
    return made


HEADERS = {"Retry-After": "7"}


@pytest.mark.parametrize(
    "failed",
    [
        error(response=httpx2.Response(429, headers=HEADERS, request=REQUEST)),
        error(headers=HEADERS),
        error(raw_response=SimpleNamespace(headers={"retry-after": "7"})),
        error(response={"ResponseMetadata": {"HTTPHeaders": {"retry-after": "7"}}}),
        error(details={"error": {"details": [{"@type": "RetryInfo", "retryDelay": "7s"}]}}),
        raised_from(error(headers=HEADERS)),
    ],
    ids=["response", "OpenRouter, Cohere", "raw response", "Bedrock", "Google", "cause"],
)
def test_the_wait_is_found_wherever_it_stands(failed: Exception) -> None:
    assert retry_after(failed) == 7


@pytest.mark.parametrize(
    ("failed", "status"),
    [
        (error(status_code=503), 503),
        (error(code="429"), 429),
        (error(body={"error": {"code": 502}}), 502),
        (error(body='{"error": {"code": 502}}'), 502),
        (error(details=[{"error": {"code": 503}}]), 503),
        (error(code=200, status="fine"), None),
        (raised_from(error(status_code=401)), 401),
    ],
    ids=["attribute", "code", "body", "JSON", "list", "none", "cause"],
)
def test_the_status_is_found_wherever_it_stands(failed: Exception, status: int | None) -> None:
    assert http_status(failed) == status


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        (error(code="rate_limit_exceeded"), "rate_limit_exceeded"),
        (error(response={"Error": {"Code": "ThrottlingException"}}), "throttling"),
        (ValueError("server_error: the words of an event"), "server_error"),
        (ValueError("ResponseError(code='server_error', message='x')"), "server_error"),
    ],
    ids=["attribute", "Bedrock", "event", "failed response"],
)
def test_the_code_is_found_wherever_it_stands(failed: Exception, code: str) -> None:
    assert slugs(failed) == [code]


def test_a_code_among_the_words_is_none() -> None:
    assert slugs(ValueError("the answer was: server_error: x")) == []
    assert slugs(UnicodeError("server_error: x")) == []


def test_the_provider_s_sentence_is_what_stands_as_one() -> None:
    unread = httpx2.Response(400, stream=httpx2.ByteStream(b""), request=REQUEST)
    read = httpx2.Response(400, json={"message": "a"}, request=REQUEST)
    assert sentences(error(body={"error": {"message": "b", "input": "the prompt"}}, response=read)) == [
        "b",
        "a",
    ]
    assert sentences(error(error="model not found")) == ["model not found"]
    assert sentences(error(response=unread)) == []
    assert sentences(error(body="{not JSON")) == []


def test_the_host_is_named_without_its_path() -> None:
    assert host(error(request=REQUEST)) == "localhost:8080"
    assert host(error()) == ""
