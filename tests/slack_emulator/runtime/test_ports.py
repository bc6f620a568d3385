"""Opening a port, and what is said where it does not open."""

from __future__ import annotations

import asyncio
import errno
import logging

import pytest

from slack_emulator.errors import WorkspaceError
from slack_emulator.runtime import ports as listening
from slack_emulator.server import Workspace


async def test_a_port_that_is_taken_is_named_with_the_mend(slack: Workspace) -> None:
    port = int(slack.url.rpartition(":")[2])
    with pytest.raises(
        WorkspaceError, match=f"port {port} is taken: stop what listens there, or choose another"
    ):
        async with Workspace.start(port=port):
            pass


async def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(WorkspaceError, match=r"cannot listen on 192\.0\.2\.1: .*127\.0\.0\.1"):
        async with Workspace.start("192.0.2.1"):
            pass


async def test_what_is_no_http_is_turned_away_in_one_line(
    slack: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(slack.url.rpartition(":")[2]))
    writer.write(b"POST /api/api.test HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: many\r\n\r\n")
    assert (await reader.readline()).split()[1] == b"400"
    writer.close()
    await writer.wait_closed()
    told = [logging.Formatter().format(one) for one in caplog.records]
    assert told == ["Turned away what is no HTTP: BadHttpMessage"]


async def test_a_mistake_of_ours_keeps_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise ValueError("ours")
    except ValueError:
        logging.getLogger(f"{listening.__name__}.server").exception("Error handling request")
    assert "Traceback" in caplog.text


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EADDRINUSE, "is taken"), (errno.EACCES, "not ours"), (errno.ENOENT, "cannot listen")],
)
def test_every_reason_not_to_start_has_a_mend(number: int, words: str) -> None:
    assert words in listening.mend(OSError(number, "reason"), "127.0.0.1", 80)
