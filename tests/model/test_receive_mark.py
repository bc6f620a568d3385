"""A real connection of this computer's: what wakes its reader within the block, and what does not."""

from __future__ import annotations

import select
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from bot.model.receive_mark import MUCH, POSSIBLE, ReceiveMark, is_told

if TYPE_CHECKING:
    from collections.abc import Iterator

LINUX = pytest.mark.skipif(
    not POSSIBLE, reason="this system has no low-water mark that can be lowered in time"
)
LONG = 20_000
"""Milliseconds that what must come may take on a busy computer."""


@contextmanager
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Who sends, and who reads."""
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as reader,
        server.accept()[0] as sender,
    ):
        yield sender, reader


def is_woken(reader: socket.socket, within: int = 0) -> bool:
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    return bool(poll.poll(within))


@LINUX
def test_a_packet_wakes_nobody_while_it_is_held_and_is_there_afterwards() -> None:
    with connected() as (sender, reader):
        mark = ReceiveMark(reader)
        mark.hold()
        sender.send(b"word ")
        assert not is_woken(reader, within=50)
        mark.release()
        assert is_woken(reader, within=LONG)
        assert reader.recv(100) == b"word "


@LINUX
def test_who_waits_already_is_woken_by_the_release() -> None:
    with connected() as (sender, reader), select.epoll() as waiting:
        waiting.register(reader, select.EPOLLIN)
        mark = ReceiveMark(reader)
        mark.hold()
        sender.send(b"word ")
        assert waiting.poll(0.05) == []
        mark.release()
        assert waiting.poll(LONG / 1000) == [(reader.fileno(), select.EPOLLIN)]


@LINUX
def test_much_wakes_all_the_same() -> None:
    with connected() as (sender, reader):
        ReceiveMark(reader).hold()
        sender.sendall(b"w" * MUCH)
        assert is_woken(reader, within=LONG)


@LINUX
def test_an_end_of_the_connection_wakes_all_the_same() -> None:
    with connected() as (sender, reader):
        ReceiveMark(reader).hold()
        sender.close()
        assert is_woken(reader, within=LONG)


def test_after_a_release_every_packet_wakes_again() -> None:
    with connected() as (sender, reader):
        mark = ReceiveMark(reader)
        mark.hold()
        mark.release()
        mark.release()
        sender.send(b"word ")
        assert is_woken(reader, within=LONG)


def test_a_connection_that_was_closed_breaks_nothing_and_has_no_mark_any_more() -> None:
    with connected() as (_, reader):
        mark = ReceiveMark(reader)
        mark.hold()
        reader.close()
        mark.release()
        assert not mark.works


def test_where_there_is_no_connection_nothing_happens() -> None:
    mark = ReceiveMark(None)
    mark.hold()
    mark.release()
    assert not mark.works


@pytest.mark.parametrize(
    ("release", "told"),
    [
        ("6.18.44-generic", True),
        ("4.18.0-553.el8", True),
        ("4.17.19", False),
        ("4.4.0", False),
        ("3.10.0-1160.el7", False),
        ("rolling", False),
    ],
)
def test_only_a_system_that_tells_of_a_lowered_mark_is_given_one(release: str, told: bool) -> None:
    assert is_told(release) is told
