"""Has a document read by a process of its own, and ends that process: when it has replied, when it takes too long, when nobody waits
for it any more.

    fed the file ──► its reply ──► read                 and gone, whatever happened
          │              ├── no reply: it died ──► BROKEN, or TOO_COMPLEX where it was killed
          │              └── a reply without end ──► TOO_COMPLEX
          └── longer than `within` ──► TOO_SLOW
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.core.conversation.file_refusals import FileRefusal
from bot.documents.parse_job import read_reply

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from asyncio.subprocess import Process
    from collections.abc import Mapping, Sequence

    from bot.core.conversation.attached_files import FileContent
    from bot.documents.parse_job import ParseJob

# Without the working directory on the import path: a folder "bot" there must not be taken for ours.
COMMAND = (sys.executable, "-P", "-m", "bot.documents.parser_main")
WITHIN = 20.0  # seconds, of the clock; those of the processor are the job's
_OVER_ITS_BOUNDS = (-9, -24)  # SIGKILL, SIGXCPU
SHARED = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "LANG", "LC_ALL")
"""Names what of our environment the process gets: nothing with a token in it."""


class DocumentParser:
    """Reads documents, each by a process of the `command`, which has `within` seconds of the clock."""

    def __init__(self, command: Sequence[str] | None = None, *, within: float | None = None) -> None:
        self._command = COMMAND if command is None else command
        self._within = WITHIN if within is None else within

    async def parse(self, content: bytes, job: ParseJob) -> FileContent | FileRefusal:
        """Returns what stands in a file, or why it is not read. Where it is cancelled, the process is ended."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *job.arguments(),
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=_environment(os.environ),
                start_new_session=True,  # Ctrl-C reaches us alone
            )
        except OSError:
            return FileRefusal.NO_READER
        try:
            async with asyncio.timeout(self._within):
                said = await _exchange(process, content, job.most_reply)
                return await _outcome(process, said)
        except TimeoutError:
            return FileRefusal.TOO_SLOW
        finally:
            await _end(process)


async def _exchange(process: Process, content: bytes, most: int) -> bytes | None:
    """Returns what the process replies to the file; None where that is more than `most` bytes."""
    assert process.stdin is not None
    assert process.stdout is not None
    async with asyncio.TaskGroup() as tasks:
        feeding = tasks.create_task(_feed(process.stdin, content))
        reply = await _read(process.stdout, most)
        feeding.cancel()  # it has said all that it will, whether it has heard all or not
    return reply


async def _feed(target: StreamWriter, content: bytes) -> None:
    with suppress(ConnectionError):  # it has seen enough, or is gone: its reply will tell
        target.write(content)
        await target.drain()
    target.close()


async def _read(source: StreamReader, most: int) -> bytes | None:
    try:
        await source.readexactly(most + 1)
    except asyncio.IncompleteReadError as whole:
        return whole.partial
    return None


async def _outcome(process: Process, said: bytes | None) -> FileContent | FileRefusal:
    if said is None:
        return FileRefusal.TOO_COMPLEX
    if await process.wait() in _OVER_ITS_BOUNDS:
        return FileRefusal.TOO_COMPLEX
    return read_reply(said) or FileRefusal.BROKEN


async def _end(process: Process) -> None:
    assert process.stdout is not None
    if process.returncode is None:
        with suppress(ProcessLookupError):
            process.kill()
        # asyncio calls a process ended when its pipes are: what it has said is to be read, or that is never.
        await process.stdout.read()
        await process.wait()


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    return {name: env[name] for name in SHARED if name in env}
