"""The server our tests and demos talk to, run alone as a person would, and the examples that talk to it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.openai_server import END, OpenAIServer, failure

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator


@asynccontextmanager
async def python(*arguments: str, **variables: str) -> AsyncIterator[Process]:
    """A Python of its own, from the root of the checkout, in an environment with nothing of ours but `variables`."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "TELEPRINTER_"))
    }
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=pipe, stderr=pipe, env=kept | {"PYTHONPATH": "."} | variables
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run_example(name: str, server: OpenAIServer) -> tuple[int | None, str, str]:
    variables = {"TELEPRINTER_MODEL": "openai:scripted", "OPENAI_BASE_URL": server.base_url}
    async with python(f"examples/{name}.py", "Why?", **variables) as example:
        out, err = await example.communicate()
        return example.returncode, out.decode(), err.decode()


async def test_the_server_run_alone_answers_word_by_word_and_leaves_at_ctrl_c() -> None:
    async with python("-m", "tests.openai_server", "--words-per-second", "1000") as process:
        assert process.stdout is not None
        base_url = (await process.stdout.readline()).decode().strip().removeprefix("OPENAI_BASE_URL=")
        question = {"model": "any", "messages": [{"role": "user", "content": "Why?"}]}
        async with aiohttp.ClientSession() as client:
            async with client.post(f"{base_url}/chat/completions", json=question) as response:
                answer = await response.text()
            async with client.get(f"{base_url}/models") as response:
                models = await response.json()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert "*Why?*" in answer
    assert answer.count("data: ") > 50
    assert answer.endswith("data: [DONE]\n\n")
    assert [model["id"] for model in models["data"]] == ["scripted"]


@pytest.mark.parametrize("name", ["terminal", "iterator"])
async def test_an_example_prints_the_answer(name: str) -> None:
    async with OpenAIServer() as server:
        server.script("Because", " of light.", *END)
        code, out, _ = await run_example(name, server)
        assert "Why?" in server.requests[0].body["messages"][0]["content"]
    assert (code, out.strip()) == (0, "Because of light.")


@pytest.mark.parametrize("name", ["terminal", "iterator"])
async def test_an_example_says_in_one_line_why_there_is_no_answer(name: str) -> None:
    async with OpenAIServer() as server:
        server.script("Because", failure("the context is full", code="context_length_exceeded"))
        code, out, err = await run_example(name, server)
    assert (code, out) == (1, "Because")
    assert err.strip().splitlines()[-1].startswith("the conversation does not fit")
    assert "Traceback" not in err
