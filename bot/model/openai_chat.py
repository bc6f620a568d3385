"""LangChain's ChatOpenAI with what it leaves out: refusals and thoughts, at a sixth of the cost a word.

Import this module only when such a model is asked for: langchain-openai takes a second of CPU to import.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from httpx2 import create_ssl_context
from langchain_core.callbacks import AsyncCallbackManager
from langchain_core.messages import AIMessageChunk
from langchain_core.runnables.config import ensure_config
from langchain_openai import ChatOpenAI
from openai import APIStatusError, DefaultAsyncHttpxClient, DefaultHttpxClient
from pydantic import SecretStr

from bot.environment.proxies import proxy_for
from bot.model.aiohttp_transport import AiohttpTransport
from bot.model.batched_reads import Looks, Ticks
from bot.model.chunk_merge import WORDS, AddedWords
from bot.model.light_model import LightModel
from bot.model.packet_stream import PacketStream
from bot.model.request_fallbacks import CONCESSIONS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence
    from ssl import SSLContext

    from langchain_core.messages import BaseMessage
    from langchain_core.outputs import ChatGenerationChunk
    from openai import AsyncOpenAI
    from openai.resources.chat.completions import AsyncCompletions

    from bot.model.request_fallbacks import Concession

TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
API_URL = "https://api.openai.com/v1"
NO_KEY = "no-key"
"""Holds what a server that wants no key is sent, since the SDK insists on one. Never None, for which LangChain would read
OPENAI_API_KEY from the environment and send it to whatever server is at the base URL."""

_RESTORED = {"refusal": "refusal", "reasoning_content": "reasoning_content", "reasoning": "reasoning_content"}
"""Fields of a streamed delta that ChatOpenAI drops, and where ours keeps them. Refusals: langchain#39746, open. Thoughts are no
field of OpenAI's own Chat Completions; DeepSeek, vLLM and llama.cpp say `reasoning_content`, OpenRouter and Ollama `reasoning`."""


_LIGHT = "light"
"""Names the option of a call whose words need no messages: LangChain hands it to `_PlainCompletions`, which keeps it to itself."""


class WholeChatOpenAI(ChatOpenAI, LightModel):
    """ChatOpenAI whose Chat Completions streams keep their refusals and thoughts, in `additional_kwargs`."""

    def stream_light(self, prompt: Sequence[BaseMessage]) -> AsyncGenerator[BaseMessage | str, None]:
        """The chunks of `astream(prompt)`; of one that only adds words to the answer, the words.

        LangChain keeps all chunks of an answer until its end, to tell them to callbacks as one message: 2 KB a chunk, and a third
        of the time. Where callbacks or tracing are wanted it does so here, too, and wherever a prompt or an answer is of a form
        that it has to convert.
        """
        if self._is_followed() or not self._is_plain(prompt, {}):
            # LangChain annotates an iterator and returns a generator; only the latter can be closed.
            return cast("AsyncGenerator[BaseMessage | str, None]", self.astream(list(prompt)))
        return self._stream_unkept(list(prompt), **{_LIGHT: True})

    def stream_unheard(
        self, prompt: Sequence[BaseMessage], **options: Any
    ) -> AsyncGenerator[BaseMessage | str, None]:
        lightly = {_LIGHT: True} if self._is_plain(prompt, options) else {}
        return self._stream_unkept(list(prompt), **options, **lightly)

    def _is_followed(self) -> bool:
        """Tells whether any callback would hear of a call now, as LangChain itself finds out."""
        inherited = ensure_config().get("callbacks")
        return bool(AsyncCallbackManager.configure(inherited, self.callbacks, self.verbose).handlers)

    def _is_plain(self, prompt: Sequence[BaseMessage], options: Mapping[str, Any]) -> bool:
        # Some models go by the Responses API only where they are given tools.
        responses = self._use_responses_api({**options, **self.model_kwargs})
        converts = self.output_version not in (None, "v0") or responses
        waits = bool(self.rate_limiter or self.disable_streaming)
        return not converts and not waits and all(isinstance(message.content, str) for message in prompt)

    async def _stream_unkept(
        self, prompt: list[BaseMessage], **options: Any
    ) -> AsyncGenerator[BaseMessage | str, None]:
        empty = True
        async for chunk in self._astream(prompt, **options):
            empty = False
            if isinstance(chunk, _AddedWords):
                yield chunk.words
                continue
            if chunk.generation_info:
                metadata = {**chunk.generation_info, **chunk.message.response_metadata}
                chunk.message.response_metadata = metadata
            yield chunk.message
        if empty:
            raise ValueError("No generation chunks were returned")  # as LangChain's own path says it

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        if isinstance(chunk, AddedWords):
            return cast("ChatGenerationChunk", _AddedWords(chunk[WORDS]))
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


@dataclass(frozen=True, slots=True)
class _AddedWords:
    """As much of a ChatGenerationChunk as LangChain looks at on its way through: making one takes a fifth of what reading a word does."""

    words: str
    generation_info: None = None

    @property
    def message(self) -> AIMessageChunk:
        return _ANY


_ANY = AIMessageChunk(content="")


def _with_delta(chunk: dict[str, Any]) -> dict[str, Any]:
    """Some servers say `"delta": null` beside the finish reason, or nothing of it. ChatOpenAI drops the first such chunk, reason and
    all, and raises KeyError over the second."""
    choices = chunk.get("choices")
    if not choices or choices[0].get("delta") is not None:
        return chunk
    return {**chunk, "choices": [{**choices[0], "delta": {}}, *choices[1:]]}


class _PlainCompletions:
    """The SDK's `chat.completions`, which gives a stream's chunks as plain dicts, merged look by look.

    Building a pydantic model for each chunk, which LangChain takes apart into a dict again, is three quarters of what a streamed
    word costs (measured: 206 µs a chunk with it, 51 µs without). Retries, errors and proxies are the SDK's own.

    A server that refuses a part of the request which an answer can do without is asked again without it, and from then on.
    """

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client
        self._completions: AsyncCompletions = client.chat.completions
        self._left_out: tuple[Concession, ...] = ()
        self._ticks = Ticks()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._completions, name)

    async def create(self, *, stream: bool = False, **body: Any) -> Any:
        light: bool = body.pop(_LIGHT, False)
        if not stream or body.keys() & {"extra_headers", "extra_query", "extra_body", "timeout"}:
            # A choice of options is the SDK's to apply; nothing here sets any.
            return await self._completions.create(stream=stream, **body)
        return Looks(await self._stream(body, self._left_out), self._ticks, light=light)

    async def _stream(self, body: dict[str, Any], left_out: tuple[Concession, ...]) -> PacketStream:
        asked = body
        for concession in left_out:
            asked = concession.make(asked)
        try:
            stream = await self._client.post(
                "/chat/completions",
                body={**asked, "stream": True},
                cast_to=object,
                stream=True,
                stream_cls=PacketStream,
            )
        except APIStatusError as error:
            more = next((one for one in CONCESSIONS if one not in left_out and one.mends(error, asked)), None)
            if more is None:
                raise
            return await self._stream(body, (*left_out, more))
        # Remembered only now: whether the part was to blame shows when the server takes the request without it.
        self._left_out = max(self._left_out, left_out, key=len)
        return stream


def own_clients(base_url: str, *, light: bool = True) -> dict[str, Any]:
    """Arguments for ChatOpenAI: clients of its own, which ask `base_url` through the proxy that the environment names for it.

    `light`: by `bot.model.aiohttp_transport`, which see for what else that means.
    """
    proxy = proxy_for(base_url, {**os.environ, **_openai_proxy()})
    trusted = _trusted(*map(os.environ.get, TRUST))
    # Left to read the environment, the SDK's HTTP library ends over some values of NO_PROXY that others take.
    network: dict[str, Any] = {"proxy": proxy, "trust_env": False, "verify": trusted}
    lightly: dict[str, Any] = {"transport": AiohttpTransport(trusted, proxy=proxy), "trust_env": False}
    return {
        "openai_proxy": None,  # read from OPENAI_PROXY otherwise, and refused beside a client of our own
        "http_async_client": DefaultAsyncHttpxClient(**(lightly if light else network)),
        "http_client": DefaultHttpxClient(
            **network
        ),  # nobody uses it; LangChain would make one, by the environment
        "http_socket_options": (),  # LangChain warns otherwise that the proxies of the environment are not used
    }


@cache
def _trusted(_file: str | None, _folder: str | None) -> SSLContext:
    """Reads whose certificates are believed, by the variables `TRUST`: once, since it takes some 30 ms of CPU."""
    return create_ssl_context()


def _openai_proxy() -> dict[str, str]:
    """OPENAI_PROXY as if it were every proxy there is, without exceptions; nothing where it is not set."""
    proxy = os.environ.get("OPENAI_PROXY", "").strip()
    names = ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
    return dict.fromkeys(names, proxy) | {"NO_PROXY": "", "no_proxy": ""} if proxy else {}


def build_openai(
    model: str,
    *,
    api_key: str | None,
    base_url: str | None,
    max_retries: int,
    clients: Mapping[str, Any] | None = None,
) -> WholeChatOpenAI:
    """A chat model at OpenAI, or at the compatible server at `base_url`; one of them must be given a key or need none.

    The address is always passed on, so that no variable of LangChain or LangSmith can send prompts elsewhere. The connections are
    the model's own: LangChain's are shared by the whole process, and fail in a second event loop. `clients` are others than those of
    `own_clients`.
    """
    built = WholeChatOpenAI(
        model=model,
        api_key=SecretStr(api_key or NO_KEY),
        base_url=base_url or API_URL,
        max_retries=max_retries,
        stream_usage=True,  # off for any base URL but OpenAI's, unless asked for
        stream_chunk_timeout=None,  # `Chat` has its own patience, which also covers the time before the headers
        **(clients or own_clients(base_url or API_URL)),
    )
    built.async_client = _PlainCompletions(built.root_async_client)
    return built
