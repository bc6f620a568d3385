"""The server our tests and demos talk to, run alone as a person would, and the examples that talk to it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest

from slack_emulator.server import Workspace
from tests.openai_server import END, OpenAIServer, Stall, failure

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator, Mapping

ROOT = Path(__file__).parent.parent
OURS = ("OPENAI_", "TELEPRINTER_", "SLACK_", "DATABASE_")


@asynccontextmanager
async def python(*arguments: str, folder: Path = ROOT, env: Mapping[str, str] = {}) -> AsyncIterator[Process]:
    """A Python of its own in `folder`, in an environment with nothing of ours but `variables`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments,
        cwd=folder, stdout=pipe, stderr=pipe, env=kept | {"PYTHONPATH": str(ROOT)} | dict(env),
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def run_example(name: str, server: OpenAIServer) -> tuple[int | None, str, str]:
    variables = {"TELEPRINTER_MODEL": "openai:scripted", "OPENAI_BASE_URL": server.base_url}
    async with python(f"examples/{name}.py", "Why?", env=variables) as example:
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


@pytest.mark.slow
@pytest.mark.parametrize("name", ["terminal", "iterator"])
async def test_an_example_says_in_one_line_why_there_is_no_answer(name: str) -> None:
    async with OpenAIServer() as server:
        server.script("Because", failure("the context is full", code="context_length_exceeded"))
        code, out, err = await run_example(name, server)
    assert (code, out) == (1, "Because")
    assert err.strip().splitlines()[-1].startswith("the conversation does not fit")
    assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["terminal", "iterator"])
async def test_ctrl_c_ends_an_example_and_the_model_s_call(name: str) -> None:
    async with OpenAIServer() as server:
        server.script("Because", Stall())
        variables = {"TELEPRINTER_MODEL": "openai:scripted", "OPENAI_BASE_URL": server.base_url}
        async with python(f"examples/{name}.py", "Why?", env=variables) as example:
            assert example.stdout is not None
            assert await example.stdout.readexactly(7) == b"Because"
            example.send_signal(signal.SIGINT)
            _, err = await example.communicate()
        await asyncio.wait_for(server.requests[0].disconnected.wait(), 5)
    assert example.returncode == 130
    assert b"Traceback" not in err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["terminal", "iterator", "any_chain"])
async def test_an_example_without_a_model_says_what_to_set(name: str, tmp_path: Path) -> None:
    tokens = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
    async with python(str(ROOT / "examples" / f"{name}.py"), folder=tmp_path, env=tokens) as example:
        _, err = await example.communicate()
    assert example.returncode == 1
    assert err.decode().strip() == (
        "TELEPRINTER_MODEL=local: a local model runs inside the command teleprinter only; here, "
        "set OPENAI_API_KEY, or OPENAI_BASE_URL and TELEPRINTER_MODEL=openai:name"
    )


def dotenv(slack: Workspace, server: OpenAIServer, **other: str) -> str:
    settings = {
        "SLACK_BOT_TOKEN": slack.app.bot_token,
        "SLACK_APP_TOKEN": slack.app.app_token,
        "SLACK_API_URL": slack.api_url,
        "TELEPRINTER_MODEL": "openai:scripted",
        "OPENAI_BASE_URL": server.base_url,
        **other,
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())


@pytest.mark.slow
async def test_a_chain_answers_in_slack_with_what_dotenv_says_until_ctrl_c(tmp_path: Path) -> None:
    async with Workspace.start() as slack, OpenAIServer() as server:
        (tmp_path / ".env").write_text(dotenv(slack, server))
        server.script("Why does it fizz?", *END)
        server.script("There once was a gas in a glass.", *END)
        async with python(str(ROOT / "examples" / "any_chain.py"), folder=tmp_path) as example:
            await slack.wait_for(lambda: slack.links == 1)
            ts = await slack.say("general", "ada", "@Teleprinter why?")
            await slack.wait_for(lambda: "glass." in "".join(m.text for m in slack.messages("general", ts)))
            example.send_signal(signal.SIGINT)
            _, err = await example.communicate()
    assert example.returncode == 130
    assert b"Traceback" not in err


@pytest.mark.slow
async def test_a_chain_that_slack_does_not_let_in_says_so_in_one_line(tmp_path: Path) -> None:
    async with Workspace.start() as slack, OpenAIServer() as server:
        (tmp_path / ".env").write_text(dotenv(slack, server, SLACK_APP_TOKEN="xapp-wrong"))
        async with python(str(ROOT / "examples" / "any_chain.py"), folder=tmp_path) as example:
            _, err = await example.communicate()
    assert example.returncode == 1
    assert err.decode().splitlines()[-1].startswith("Slack refuses SLACK_APP_TOKEN")
    assert b"Traceback" not in err
