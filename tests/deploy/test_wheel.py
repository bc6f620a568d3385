"""What is packed is whole: the wheel, and the one that is made of the packed sources, hold all that the commands need and no more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def built(sources: Path, into: Path) -> Path:
    """The folder with the wheel and the packed sources of a folder."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(into)]
    subprocess.run(command, cwd=sources, check=True, capture_output=True)  # noqa: S603
    return into


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("packed"))


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as file:
        return set(file.namelist())


def ours(package: str) -> set[str]:
    files = (
        path for path in (ROOT / package).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )
    return {str(path.relative_to(ROOT)) for path in files}


def wheel_in(folder: Path) -> Path:
    [wheel] = folder.glob("*.whl")
    return wheel


def test_the_packed_sources_make_the_same_wheel(packed: Path, tmp_path: Path) -> None:
    [sources] = packed.glob("*.tar.gz")
    with tarfile.open(sources) as file:
        file.extractall(tmp_path, filter="data")
    [folder] = tmp_path.iterdir()
    again = wheel_in(built(folder, tmp_path / "again"))
    assert names(again) == names(wheel_in(packed))


def test_it_holds_the_product_and_nothing_beside_it(packed: Path) -> None:
    found = names(wheel_in(packed))
    tops = {name.partition("/")[0] for name in found}
    assert {"bot", "slack_emulator"} < tops
    assert [one for one in tops - {"bot", "slack_emulator"} if not one.endswith(".dist-info")] == []
    assert {one for one in found if ".dist-info/" not in one} == {
        *ours("bot"),
        *ours("slack_emulator"),
        "bot/manifest.yml",
    }


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (["manifest"], "socket_mode_enabled: true"),
        (["settings"], "SLACK_BOT_TOKEN"),
        (["--version"], "version 0."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_its_commands_run_where_there_is_no_repository(
    command: list[str], words: str, packed: Path, tmp_path: Path
) -> None:
    shutil.unpack_archive(wheel_in(packed), tmp_path / "installed", "zip")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "installed")}
    ran = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "bot", *command], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert words in ran.stdout + ran.stderr
