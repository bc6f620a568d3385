"""Four ways to read a model's stream, each measured in a process of its own.

`python -m benchmarks.costs.readers WAY URL` reads so many streams at once and prints a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import click

from benchmarks.costs.process_usage import Usage
from bot.core.conversation.content_parts import text_parts

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from typing import TypeAlias

    Texts: TypeAlias = AsyncGenerator[str, None]
    Reader: TypeAlias = Callable[[], Texts]

ASKED: Any = [{"role": "user", "content": "Tell me the time, again and again."}]


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading cost: microseconds of CPU a token, megabytes a stream, and the seconds that words were late by."""

    micros: float
    memory: float
    late: float
    latest: float


@dataclass(slots=True)
class _Lateness:
    words: int = 0
    total: float = 0.0
    worst: float = 0.0

    def hear(self, text: str) -> None:
        now = time.monotonic()
        for word in text.split():
            late = now - float(word)
            self.words += 1
            self.total += late
            self.worst = max(self.worst, late)


async def measure(open_reader: Callable[[str], Reader], *, tokens: int, streams: int) -> Reading:
    """Reads one short answer first, so that what is made once is not counted; then `streams` long ones at once."""
    await _read(open_reader("tokens-5"), _Lateness())
    reader, heard, before = open_reader(f"tokens-{tokens}"), _Lateness(), Usage.of(os.getpid())
    await asyncio.gather(*(_read(reader, heard) for _ in range(streams)))
    after = Usage.of(os.getpid())
    assert heard.words == tokens * streams
    return Reading(
        1e6 * (after.cpu - before.cpu) / heard.words,
        (after.memory - before.memory) / streams,
        heard.total / heard.words,
        heard.worst,
    )


async def _read(reader: Reader, heard: _Lateness) -> None:
    async with aclosing(reader()) as texts:
        async for text in texts:
            heard.hear(text)


async def with_aiohttp(url: str, *, tokens: int, streams: int) -> Reading:
    """The least possible in Python: aiohttp and json."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        def open_reader(model: str) -> Reader:
            async def read() -> Texts:
                body = {"model": model, "messages": ASKED, "stream": True}
                async with session.post(f"{url}/chat/completions", json=body) as response:
                    async for line in response.content:
                        if line.startswith(b"data: {"):
                            choices = json.loads(line[6:])["choices"]
                            if choices and (text := choices[0]["delta"].get("content")):
                                yield text

            return read

        return await measure(open_reader, tokens=tokens, streams=streams)


async def with_openai(url: str, *, tokens: int, streams: int) -> Reading:
    """OpenAI's own client."""
    from openai import AsyncOpenAI

    async with AsyncOpenAI(api_key="none", base_url=url) as client:

        def open_reader(model: str) -> Reader:
            async def read() -> Texts:
                stream = await client.chat.completions.create(model=model, messages=ASKED, stream=True)
                async for one in stream:
                    if one.choices and (text := one.choices[0].delta.content):
                        yield text

            return read

        return await measure(open_reader, tokens=tokens, streams=streams)


async def with_langchain(url: str, *, tokens: int, streams: int) -> Reading:
    """LangChain's chat model, as it comes."""
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    def open_reader(model: str) -> Reader:
        chat = ChatOpenAI(model=model, api_key=SecretStr("none"), base_url=url, stream_usage=True)

        async def read() -> Texts:
            async for one in chat.astream("Tell me the time, again and again."):
                if text := one.text:
                    yield text

        return read

    return await measure(open_reader, tokens=tokens, streams=streams)


async def with_ours(url: str, *, tokens: int, streams: int) -> Reading:
    """The bot's own way, apart from Slack."""
    from bot.core.conversation.deltas import Text
    from bot.core.conversation.history import ChatMessage, Role
    from bot.model.chat_stream import Chat
    from bot.model.providers import build_chat_model, close_chat_model

    models = []

    def open_reader(model: str) -> Reader:
        built = build_chat_model(f"openai:{model}", base_url=url)
        models.append(built)
        chat = Chat(built, label=model, first_token=60.0, idle=60.0)

        async def read() -> Texts:
            async with aclosing(
                chat.stream([ChatMessage(Role.USER, text_parts("Tell me the time."))])
            ) as deltas:
                async for delta in deltas:
                    if isinstance(delta, Text):
                        yield delta.text

        return read

    try:
        return await measure(open_reader, tokens=tokens, streams=streams)
    finally:
        for built in models:
            await close_chat_model(built)


WAYS = {
    "aiohttp + json": with_aiohttp,
    "openai": with_openai,
    "ChatOpenAI": with_langchain,
    "the bot's reader": with_ours,
}


@click.command()
@click.argument("way", type=click.Choice(list(WAYS)))
@click.argument("url")
@click.option("--tokens", default=500)
@click.option("--streams", default=50)
def cli(way: str, url: str, tokens: int, streams: int) -> None:
    """Read streams and print what it cost."""
    reading = asyncio.run(WAYS[way](url, tokens=tokens, streams=streams))
    sys.stdout.write(f"{json.dumps(asdict(reading))}\n")


if __name__ == "__main__":
    cli()
