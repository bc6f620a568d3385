"""The first moments of the command, before there is anything to run."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

import pytest

from tests.patience import HANGING

if TYPE_CHECKING:
    from pathlib import Path

SLOW = 'import time\nprint("importing", flush=True)\ntime.sleep(3600)\n'


@pytest.mark.parametrize(
    "start", [("-m", "bot"), ("-c", "from bot.__main__ import main; main()")], ids=["-m", "script"]
)
async def test_ctrl_c_while_python_still_imports_ends_it_without_a_traceback(
    tmp_path: Path, start: tuple[str, str]
) -> None:
    (tmp_path / "click.py").write_text(SLOW)  # in the place of what takes as long on a slow disk
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), os.getcwd()))}
    process = await asyncio.create_subprocess_exec(sys.executable, *start, env=env, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    async with asyncio.timeout(HANGING):
        assert await process.stdout.readline() == b"importing\n"
        process.send_signal(signal.SIGINT)
        assert (await process.communicate(), process.returncode) == ((b"", b""), 130)
