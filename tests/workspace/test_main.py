"""`python -m bot.workspace`."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.workspace.__main__ import main, told

if TYPE_CHECKING:
    from bot.workspace.server import Workspace


async def test_it_says_how_to_reach_it_serves_and_ends_on_ctrl_c() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "bot.workspace", "--port", "0", "--no-limits"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(5)]
    url = lines[0].removeprefix("A local Slack: ")
    async with aiohttp.ClientSession() as session, session.get(url) as page:
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0


async def test_it_tells_all_an_app_needs(slack: Workspace) -> None:
    words = told(slack)
    needed = (slack.url, slack.api_url, slack.app.bot_token, slack.app.app_token, slack.app.signing_secret)
    assert [each for each in needed if each not in words] == []


@pytest.mark.parametrize("port", ["99999", "-1", "http", "²"])
def test_a_port_that_is_none_is_one_plain_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([f"--port={port}"])
    assert left.value.code == 2
    assert f"{port} is no port: write a whole number from 0 to 65535" in capsys.readouterr().err


def test_a_taken_port_is_one_plain_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"^Error: port {port} is taken: .*$"):
            main(["--port", str(port)])
