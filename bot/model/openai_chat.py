"""LangChain's ChatOpenAI with what it leaves out: refusals and thoughts, at a quarter of the cost a chunk.

Import this module only when such a model is asked for: langchain-openai takes a second of CPU to import.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from httpx2 import create_ssl_context
from langchain_openai import ChatOpenAI
from openai import APIStatusError, AsyncStream, DefaultAsyncHttpxClient, DefaultHttpxClient
from pydantic import SecretStr

from bot.environment.proxies import proxy_for
from bot.model.concessions import CONCESSIONS

if TYPE_CHECKING:
    from langchain_core.outputs import ChatGenerationChunk
    from openai import AsyncOpenAI
    from openai.resources.chat.completions import AsyncCompletions

    from bot.model.concessions import Concession

API_URL = "https://api.openai.com/v1"
NO_KEY = "no-key"
"""What a server that wants no key is sent, since the SDK insists on one. Never None, for which LangChain would read
OPENAI_API_KEY from the environment and send it to whatever server is at the base URL."""

_RESTORED = {"refusal": "refusal", "reasoning_content": "reasoning_content", "reasoning": "reasoning_content"}
"""Fields of a streamed delta that ChatOpenAI drops, and where ours keeps them. Refusals: langchain#39746, open. Thoughts are no
field of OpenAI's own Chat Completions; DeepSeek, vLLM and llama.cpp say `reasoning_content`, OpenRouter and Ollama `reasoning`."""


class WholeChatOpenAI(ChatOpenAI):
    """ChatOpenAI whose Chat Completions streams keep their refusals and thoughts, in `additional_kwargs`."""

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        chunk = _with_delta(chunk)
        generation = super()._convert_chunk_to_generation_chunk(
            chunk, default_chunk_class, base_generation_info
        )
        choices = chunk.get("choices")
        delta = choices[0].get("delta") if choices else None
        if generation is not None and delta:
            for theirs, ours in _RESTORED.items():
                if words := delta.get(theirs):
                    generation.message.additional_kwargs[ours] = words
        return generation


def _with_delta(chunk: dict[str, Any]) -> dict[str, Any]:
    """Some servers say `"delta": null` beside the finish reason, and ChatOpenAI drops such a chunk, reason and all."""
    choices = chunk.get("choices")
    if not choices or choices[0].get("delta", {}) is not None:
        return chunk
    return {**chunk, "choices": [{**choices[0], "delta": {}}, *choices[1:]]}


class _PlainCompletions:
    """The SDK's `chat.completions`, which gives a stream's chunks as plain dicts.

    Building a pydantic model for each chunk, which LangChain takes apart into a dict again, is three quarters of what a streamed
    word costs (measured: 206 µs a chunk with it, 51 µs without). Everything else is the SDK's own: retries, errors, `[DONE]`.

    A server that refuses a part of the request which an answer can do without is asked again without it, and from then on.
    """

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client
        self._completions: AsyncCompletions = client.chat.completions
        self._left_out: tuple[Concession, ...] = ()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._completions, name)

    async def create(self, *, stream: bool = False, **body: Any) -> Any:
        if not stream or body.keys() & {"extra_headers", "extra_query", "extra_body", "timeout"}:
            # A choice of options is the SDK's to apply; nothing here sets any.
            return await self._completions.create(stream=stream, **body)
        return await self._stream(body, self._left_out)

    async def _stream(self, body: dict[str, Any], left_out: tuple[Concession, ...]) -> Any:
        asked = body
        for concession in left_out:
            asked = concession.make(asked)
        try:
            stream = await self._client.post(
                "/chat/completions",
                body={**asked, "stream": True},
                cast_to=object,
                stream=True,
                stream_cls=AsyncStream[object],
            )
        except APIStatusError as error:
            more = next((one for one in CONCESSIONS if one not in left_out and one.mends(error, asked)), None)
            if more is None:
                raise
            return await self._stream(body, (*left_out, more))
        # Remembered only now: whether the part was to blame shows when the server takes the request without it.
        self._left_out = max(self._left_out, left_out, key=len)
        return stream


def own_clients(base_url: str) -> dict[str, Any]:
    """Arguments for ChatOpenAI: clients of its own, which ask `base_url` through the proxy that the environment names for it."""
    proxy = proxy_for(base_url, {**os.environ, **_openai_proxy()})
    # Left to read the environment, the SDK's HTTP library ends over some values of NO_PROXY that others take.
    network: dict[str, Any] = {"proxy": proxy, "trust_env": False, "verify": create_ssl_context()}
    return {
        "openai_proxy": None,  # read from OPENAI_PROXY otherwise, and refused beside a client of our own
        "http_async_client": DefaultAsyncHttpxClient(**network),
        "http_client": DefaultHttpxClient(
            **network
        ),  # nobody uses it; LangChain would make one, by the environment
        "http_socket_options": (),  # LangChain warns otherwise that the proxies of the environment are not used
    }


def _openai_proxy() -> dict[str, str]:
    """OPENAI_PROXY as if it were every proxy there is, without exceptions; nothing where it is not set."""
    proxy = os.environ.get("OPENAI_PROXY", "").strip()
    names = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
    return dict.fromkeys(names, proxy) | {"NO_PROXY": "", "no_proxy": ""} if proxy else {}


def build_openai(
    model: str, *, api_key: str | None, base_url: str | None, max_retries: int
) -> WholeChatOpenAI:
    """A chat model at OpenAI, or at the compatible server at `base_url`; one of them must be given a key or need none.

    The address is always passed on, so that no variable of LangChain or LangSmith can send prompts elsewhere. The connections are
    the model's own: LangChain's are shared by the whole process, and fail in a second event loop.
    """
    built = WholeChatOpenAI(
        model=model,
        api_key=SecretStr(api_key or NO_KEY),
        base_url=base_url or API_URL,
        max_retries=max_retries,
        stream_usage=True,  # off for any base URL but OpenAI's, unless asked for
        stream_chunk_timeout=None,  # `Chat` has its own patience, which also covers the time before the headers
        **own_clients(base_url or API_URL),
    )
    built.async_client = _PlainCompletions(built.root_async_client)
    return built
