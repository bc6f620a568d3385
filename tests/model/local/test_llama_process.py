"""The process of the local model: started, refused, ended. It is a real process, with a fake llama.cpp in it."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.errors import LocalModelError
from bot.model.local.llama_process import LOG_BYTES, end, start, why_it_ended
from bot.model.local.llama_server import Job

if TYPE_CHECKING:
    from collections.abc import Callable

FAKE = Path(__file__).parents[2] / "fake_llama.py"
JOB = Job("own.gguf", "own", "key", slots=2, context_tokens=4096, threads=1, prompt_threads=2)


def fake(mode: str) -> list[str]:
    return [sys.executable, str(FAKE), mode]


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "llama.log"


@pytest.fixture
def long_log(log_path: Path) -> Path:
    log_path.parent.mkdir()
    log_path.write_bytes(b"x" * (LOG_BYTES + 1))
    return log_path


def logged(log_path: Path) -> str:
    return log_path.read_text(encoding="utf-8") if log_path.exists() else ""


def is_gone(log_path: Path) -> bool:
    """Whether the process that wrote the log has ended."""
    try:
        os.kill(int(logged(log_path).split()[-1]), 0)
    except ProcessLookupError:
        return True
    return False


async def refusal(mode: str, log_path: Path, *, within: float = 20.0) -> str:
    with pytest.raises(LocalModelError) as refused:
        await start(JOB, command=fake(mode), log_path=log_path, within=within)
    return str(refused.value)


async def test_a_process_that_is_ready_tells_its_address_and_its_context(log_path: Path) -> None:
    serving = await start(JOB, command=fake("ready"), log_path=log_path)
    try:
        assert serving.base_url == f"http://{serving.process.pid}.test/v1"
        assert serving.context_tokens == 4096
    finally:
        await end(serving.process)


async def test_a_process_that_was_ended_is_gone(log_path: Path) -> None:
    serving = await start(JOB, command=fake("ready"), log_path=log_path)
    await end(serving.process)
    with pytest.raises(ProcessLookupError):
        os.kill(serving.process.pid, 0)


async def test_a_process_may_be_ended_again(log_path: Path) -> None:
    serving = await start(JOB, command=fake("ready"), log_path=log_path)
    await end(serving.process)
    await end(serving.process)


async def test_a_process_that_does_not_listen_is_killed(log_path: Path) -> None:
    serving = await start(JOB, command=fake("stubborn"), log_path=log_path)
    await end(serving.process, within=0.01)
    assert serving.process.returncode == -9


async def test_what_llama_cpp_prints_is_kept_in_the_log(log_path: Path) -> None:
    await refusal("bad-weights", log_path)
    assert logged(log_path).startswith("llama.cpp runs as ")


async def test_a_log_that_has_grown_long_is_begun_anew(long_log: Path) -> None:
    await refusal("bad-weights", long_log)
    assert logged(long_log).startswith("llama.cpp runs as ")


async def test_its_threads_sleep_while_they_wait_and_it_gets_no_secret(
    log_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-made-up")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-made-up")
    monkeypatch.setenv("DATABASE_URL", "postgresql://made-up")
    told = await refusal("environment", log_path)
    assert "OMP_WAIT_POLICY=PASSIVE" in told
    assert "GGML_NO_BACKTRACE=1" in told
    assert "PATH=" in told
    assert "made-up" not in told


async def test_the_operator_may_let_the_threads_spin(log_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    assert "OMP_WAIT_POLICY=ACTIVE" in await refusal("environment", log_path)


OWN = "or set TELEPRINTER_MODEL=local:/path/to/model.gguf."
NO_WHEEL = "llama.cpp cannot be loaded here (No module named 'xllamacpp'): run `pip install xllamacpp`, or use a hosted model."
NO_AVX2 = "This processor lacks AVX2, which the local model needs: set TELEPRINTER_MODEL to a hosted model."
NO_MEMORY = "The local model was killed, most likely for lack of memory: free some, or choose a smaller one."
BAD = "llama.cpp cannot serve this model (Failed to init server, please check the input params.)"


@pytest.mark.parametrize(
    ("mode", "mend"),
    [
        ("no-libgomp", "The local model needs the system library libgomp: run `apt-get install libgomp1`."),
        ("no-wheel", NO_WHEEL),
        ("bad-weights", f"{BAD}: see {{log}}, {OWN}"),
        ("leave", f"The local model's process ended with status 3: see {{log}}, {OWN}"),
        ("signal-4", NO_AVX2),
        ("signal-9", NO_MEMORY),
    ],
)
async def test_a_start_that_fails_names_the_mend(mode: str, mend: str, log_path: Path) -> None:
    assert await refusal(mode, log_path) == mend.format(log=log_path)


def test_windows_has_its_own_status_for_an_illegal_instruction() -> None:
    assert "AVX2" in why_it_ended(0xC000001D, Path("llama.log"))


async def test_a_process_that_never_gets_ready_is_given_up(log_path: Path) -> None:
    told = await refusal("hang", log_path, within=0.01)
    assert told == f"The local model was not ready in 0.01 s: see {log_path}."


async def test_a_cancelled_start_leaves_no_process(log_path: Path) -> None:
    task = asyncio.create_task(start(JOB, command=fake("hang"), log_path=log_path))
    await until(lambda: logged(log_path).endswith("\n"))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert is_gone(log_path)


async def until(happened: Callable[[], bool]) -> None:
    while not happened():  # noqa: ASYNC110 - what another process does sets no event here
        await asyncio.sleep(0.005)


async def test_a_log_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = await refusal("ready", tmp_path / "file" / "llama.log")
    assert told.startswith("The local model's process cannot be started (")
    assert told.endswith("): point TELEPRINTER_CACHE to a folder that may be written.")
