"""Five ways to read a model's stream, each measured in a process of its own.

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
    from collections.abc import AsyncGenerator, Callable, Mapping
    from typing import TypeAlias

    from langchain_core.language_models import BaseChatModel

    from bot.model.answering import Answering

    Texts: TypeAlias = AsyncGenerator[str, None]
    Reader: TypeAlias = Callable[[], Texts]

SCHEMA = {
    "type": "object",
    "properties": {"what": {"type": "string", "description": "What to do."}, "when": {"type": "string"}},
    "required": ["what"],
}
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
    from bot.model.chat_stream import Chat

    def build(model: BaseChatModel) -> Answering:
        return Chat(model, label="ours", first_token=60.0, idle=60.0)

    return await _with_answering(build, url, tokens=tokens, streams=streams)


async def with_tools(url: str, *, tokens: int, streams: int) -> Reading:
    """The bot's own way with an agent around the model, and tools that it may use."""
    from bot.model.tools.agent_chat import AgentChat, AgentLimits
    from bot.model.tools.offered_tool import OfferedTool, ToolAnswer
    from bot.model.tools.tool_file import ToolRules
    from bot.model.tools.toolbox import Toolbox

    async def call(arguments: Mapping[str, Any]) -> ToolAnswer:
        return ToolAnswer(f"{len(arguments)} arguments")

    class Offers:
        offers = tuple(
            OfferedTool(
                f"some__tool_{number}", "Does something.", SCHEMA, False, ToolRules(frozenset()), call
            )
            for number in range(10)
        )

    def build(model: BaseChatModel) -> Answering:
        return AgentChat(model, Toolbox([Offers()]), AgentLimits(idle=60.0, seconds=900.0), label="ours")

    return await _with_answering(build, url, tokens=tokens, streams=streams)


async def _with_answering(
    build: Callable[[BaseChatModel], Answering], url: str, *, tokens: int, streams: int
) -> Reading:
    from bot.core.conversation.deltas import Text
    from bot.core.conversation.history import ChatMessage, Role
    from bot.model.providers import build_chat_model, close_chat_model

    models = []

    def open_reader(model: str) -> Reader:
        built = build_chat_model(f"openai:{model}", base_url=url)
        models.append(built)
        chat = build(built)

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
    "the same with tools": with_tools,
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
