"""How many connections are borne, and which of them go first."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.slack.connection_limits import Acceptor, Bounds, Connection, ConnectionStage, bounds_for, open_files
from bot.slack.rare_log import Seldom
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class Deaf(asyncio.Protocol):
    """What would speak HTTP, and here says nothing."""


class Wire(asyncio.Transport):
    """A transport that notes whether it was cut."""

    def __init__(self) -> None:
        super().__init__()
        self.was_cut = False

    def abort(self) -> None:
        self.was_cut = True


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def an_acceptor(bounds: Bounds) -> Acceptor:
    return Acceptor(Deaf, bounds=bounds, seldom=Seldom(asyncio.get_running_loop().time))


def connect(acceptor: Acceptor, peer: str = "192.0.2.1") -> tuple[Connection, Wire]:
    connection, wire = Connection(acceptor, Deaf(), peer), Wire()
    connection.connection_made(wire)
    return connection, wire


async def test_a_silent_connection_is_closed_in_time() -> None:
    _, wire = connect(an_acceptor(Bounds(9, 9, headers_within=10)))
    await asyncio.sleep(9.9)
    assert not wire.was_cut
    await asyncio.sleep(0.2)
    assert wire.was_cut


async def test_one_whose_headers_are_whole_has_another_clock() -> None:
    connection, wire = connect(an_acceptor(Bounds(9, 9, headers_within=10)))
    connection.enter(ConnectionStage.READING)
    await asyncio.sleep(60)
    assert not wire.was_cut


async def test_after_an_answer_the_clock_runs_from_the_next_byte() -> None:
    connection, wire = connect(an_acceptor(Bounds(9, 9, headers_within=10)))
    connection.enter(ConnectionStage.IDLE)
    await asyncio.sleep(60)
    connection.data_received(b"P")
    await asyncio.sleep(9)
    connection.data_received(b"O")
    assert not wire.was_cut
    await asyncio.sleep(2)
    assert wire.was_cut


async def test_where_there_are_too_many_the_oldest_that_slack_never_signed_for_goes() -> None:
    acceptor = an_acceptor(Bounds(3, 3))
    trusted, kept = connect(acceptor)
    trusted.signed = True
    await asyncio.sleep(1)
    _, oldest = connect(acceptor)
    await asyncio.sleep(1)
    _, newest = connect(acceptor)
    assert acceptor.make_room("192.0.2.1")
    assert (kept.was_cut, oldest.was_cut, newest.was_cut) == (False, True, False)
    assert acceptor.make_room("192.0.2.1")
    assert not newest.was_cut


async def test_a_crowd_from_one_address_makes_room_among_itself() -> None:
    acceptor = an_acceptor(Bounds(9, 2))
    _, other = connect(acceptor, "198.51.100.7")
    crowd = [connect(acceptor)[1] for _ in range(2)]
    assert acceptor.make_room("192.0.2.1")
    assert ([each.was_cut for each in crowd], other.was_cut) == ([True, False], False)


async def test_where_all_are_at_work_the_newcomer_waits_outside() -> None:
    acceptor = an_acceptor(Bounds(1, 1))
    connection, wire = connect(acceptor)
    connection.enter(ConnectionStage.WORKING)
    assert not acceptor.make_room("192.0.2.1")
    assert not wire.was_cut


async def test_half_sent_bodies_cannot_fill_the_memory() -> None:
    acceptor = an_acceptor(Bounds(9, 9, held=100))
    first, wire = connect(acceptor)
    acceptor.hold(first, 60)
    await asyncio.sleep(1)
    second, kept = connect(acceptor)
    acceptor.hold(second, 60)
    assert (wire.was_cut, kept.was_cut) == (True, False)
    acceptor.hold(first, 1_000)  # what is still read of it counts for nothing
    acceptor.hold(second, 100)
    assert not kept.was_cut


async def test_one_that_ends_is_forgotten_with_its_body() -> None:
    acceptor = an_acceptor(Bounds(9, 9, held=100))
    first, _ = connect(acceptor)
    acceptor.hold(first, 100)
    first.connection_lost(None)
    assert acceptor[first.served] is None
    second, wire = connect(acceptor)
    acceptor.hold(second, 100)
    assert not wire.was_cut


async def test_what_aiohttp_is_told_is_passed_on() -> None:
    told: list[object] = []

    class Listening(Deaf):
        def data_received(self, data: bytes) -> None:
            told.append(data)

        def eof_received(self) -> None:
            told.append("end")

        def pause_writing(self) -> None:
            told.append("pause")

        def resume_writing(self) -> None:
            told.append("resume")

        def connection_lost(self, exc: Exception | None) -> None:
            told.append(exc)

    connection = Connection(an_acceptor(Bounds(9, 9)), Listening(), "")
    connection.connection_made(Wire())
    connection.data_received(b"x")
    connection.pause_writing()
    connection.resume_writing()
    connection.eof_received()
    connection.connection_lost(None)
    assert told == [b"x", "pause", "resume", "end", None]


@pytest.mark.parametrize(
    ("files", "most", "of_one_peer"), [(None, 1000, 500), (65536, 1000, 500), (1024, 512, 256), (1, 2, 1)]
)
def test_half_of_the_files_are_for_connections(files: int | None, most: int, of_one_peer: int) -> None:
    found = bounds_for(files)
    assert (found.most, found.of_one_peer) == (most, of_one_peer)


def test_the_system_says_how_many_files_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    resource = pytest.importorskip("resource")
    assert open_files() in (resource.getrlimit(resource.RLIMIT_NOFILE)[0], None)
    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, 0))
    assert open_files() is None
    monkeypatch.setitem(sys.modules, "resource", None)
    assert open_files() is None


@asynccontextmanager
async def accepting(acceptor: Acceptor, listening: socket.socket) -> AsyncGenerator[None]:
    task = asyncio.create_task(acceptor.accept(listening))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_system_without_files_is_asked_again_and_told_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, anyio_backend: str
) -> None:
    loop = asyncio.get_running_loop()
    accept, failures = loop.sock_accept, [OSError(24, "Too many open files")] * 2 + [ConnectionAbortedError()]

    async def out_of_files(listening: socket.socket) -> object:
        if failures:
            raise failures.pop(0)
        return await accept(listening)

    monkeypatch.setattr(loop, "sock_accept", out_of_files)
    accepted = asyncio.Event()

    class Accepted(Deaf):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            accepted.set()

    acceptor = Acceptor(Accepted, bounds=Bounds(9, 9), seldom=Seldom(loop.time))
    _, wire = connect(acceptor)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        async with accepting(acceptor, listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            async with asyncio.timeout(5):
                await accepted.wait()
            writer.close()
    assert wire.was_cut
    assert [(vars(each)["kind"], each.levelno) for each in caplog.records] == [
        ("not accepted: Too many open files", logging.WARNING)
    ]
