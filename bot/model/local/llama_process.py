"""Starts and ends the process that serves a local model, and says in one line why it did not start or is gone.

spawned ──a Job──► loading ──its reply──► serving ──end(), or a death of its own──► gone
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from bot.errors import LocalModelError
from bot.model.local.weights import OWN_FILE

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping, Sequence

    from bot.model.local.llama_server import Job

# By its path and without the working directory on the import path: a folder "bot" there must not be taken for ours.
SERVER = (sys.executable, "-P", str(Path(__file__).with_name("llama_server.py")))
READY_WITHIN = 300.0  # seconds; the largest weights take 4 from a warm disk
LEAVES_WITHIN = 5.0  # seconds between asking the process to end and ending it
LOG_BYTES = 1_000_000  # a log grown beyond this is begun anew
SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|DATABASE|DSN", re.IGNORECASE)
ILLEGAL_INSTRUCTION = (-4, 0xC000001D)  # SIGILL, and what Windows calls it
KILLED = -9


@dataclass(frozen=True, slots=True)
class Serving:
    """A process that answers at `base_url`; prompt and answer together may take `context_tokens`."""

    process: Process
    base_url: str
    context_tokens: int


async def start(
    job: Job, *, command: Sequence[str | Path], log_path: Path, within: float = READY_WITHIN
) -> Serving:
    """Returns once the model is loaded and its server answers. Raises `LocalModelError`; then no process is left."""
    process = await _spawn(command, log_path)
    async with AsyncExitStack() as undo:
        undo.push_async_callback(end, process)
        try:
            async with asyncio.timeout(within):
                serving = await _ready(process, job, log_path)
        except TimeoutError as error:
            raise LocalModelError(
                f"The local model was not ready in {within:g} s: see {log_path}."
            ) from error
        undo.pop_all()
    return serving


async def _spawn(command: Sequence[str | Path], log_path: Path) -> Process:
    try:
        with _opened(log_path) as log_file:
            # A session of its own: Ctrl-C reaches us alone, so that answers can be finished before we end it.
            return await asyncio.create_subprocess_exec(
                *command, stdin=PIPE, stdout=PIPE, stderr=log_file, env=_environment(), start_new_session=True
            )
    except OSError as error:
        mend = "point TELEPRINTER_CACHE to a folder that may be written"
        raise LocalModelError(f"The local model's process cannot be started ({error}): {mend}.") from error


def _opened(log_path: Path) -> IO[bytes]:
    log_path.parent.mkdir(parents=True, exist_ok=True)
    log_file = log_path.open("ab")
    if log_file.tell() > LOG_BYTES:
        log_file.truncate(0)
    return log_file


async def _ready(process: Process, job: Job, log_path: Path) -> Serving:
    reply = await _ask(process, job)
    if reply is None:
        raise LocalModelError(why_it_ended(await process.wait(), log_path))
    if "error" in reply:
        raise LocalModelError(why_it_failed(reply, log_path))
    return Serving(process, reply["base_url"], reply["context_tokens"])


def _environment() -> dict[str, str]:
    """Ours without its secrets, which are no business of a model's, and with threads that sleep while they wait.

    By default they spin, and with one busy neighbour on two cores that made answers ten times slower.
    """
    shared = {name: value for name, value in os.environ.items() if not SECRET.search(name)}
    return {"OMP_WAIT_POLICY": "PASSIVE", "GGML_NO_BACKTRACE": "1"} | shared


async def _ask(process: Process, job: Job) -> Mapping[str, Any] | None:
    """Returns what the process replies to the job; None where it left without a word."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
    with suppress(ConnectionError):  # it is gone already: reading will tell
        await process.stdin.drain()
    line = await process.stdout.readline()
    return json.loads(line) if line else None


async def end(process: Process, *, within: float = LEAVES_WITHIN) -> None:
    """Ends the process and waits until it is gone."""
    assert process.stdin is not None
    process.stdin.close()  # how it is asked to leave, on every system
    with suppress(ProcessLookupError):
        process.terminate()  # while it loads it does not listen
    try:
        async with asyncio.timeout(within):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def why_it_ended(status: int, log_path: Path) -> str:
    """One line that names the mend, from the exit status of the process."""
    if status in ILLEGAL_INSTRUCTION:
        return (
            "This processor lacks AVX2, which the local model needs: set TELEPRINTER_MODEL to a hosted model."
        )
    if status == KILLED:
        return (
            "The local model was killed, most likely for lack of memory: free some, or choose a smaller one."
        )
    return f"The local model's process ended with status {status}: see {log_path}, or set {OWN_FILE}."


def why_it_failed(reply: Mapping[str, Any], log_path: Path) -> str:
    """One line that names the mend, from what the process replied instead of an address."""
    detail = " ".join(str(reply.get("detail")).split())
    if "libgomp" in detail:
        return "The local model needs the system library libgomp: run `apt-get install libgomp1`."
    if reply["error"] == "import":
        return (
            f"llama.cpp cannot be loaded here ({detail}): run `pip install xllamacpp`, or use a hosted model."
        )
    return f"llama.cpp cannot serve this model ({detail}): see {log_path}, or set {OWN_FILE}."
