"""Connections from anywhere, and how many of them we bear: a port that the whole internet can reach.

    waiting ──headers are whole──► reading ──body is whole──► working ──answered──► idle ──first byte──► waiting

Whoever does not get through waiting or reading in time is closed. Where there are too many, room is made: the connection
goes that has waited longest, first of all one that never brought a signed request. So a newcomer that speaks at once is
heard, however many are silent. A load balancer is one peer with many connections: that is why a peer's share is large,
and why nobody is refused for where it comes from.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Protocol, cast

from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterable

    from bot.slack.rare_log import Seldom

BACKLOG = 1024
"""Connections that the system keeps for us until we accept them: a burst must not make Slack wait."""
ACCEPT_AGAIN = 0.1  # seconds until the next try, where the system had no file or no memory for one more
MOST_CONNECTIONS = 1_000
MOST_HELD = 64 * 1024 * 1024  # bytes of all bodies that are being read
HEADERS_WITHIN = 10.0  # seconds; Slack gives an event up after three


class ConnectionStage(Enum):
    """Says how far a connection's request has come."""

    WAITING = "waiting"
    READING = "reading"
    WORKING = "working"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Bounds:
    """Says how much strangers may take: connections of all and of one peer, bytes of all unfinished bodies together."""

    most: int
    of_one_peer: int
    held: int = MOST_HELD
    headers_within: float = HEADERS_WITHIN


def bounds_for(files: int | None) -> Bounds:
    """The bounds of a process that may have so many files open; None where there is no such limit.

    Half of them are left for the database, the model and Slack; one peer may have half of the rest.
    """
    most = MOST_CONNECTIONS if files is None else max(2, min(MOST_CONNECTIONS, files // 2))
    return Bounds(most, most // 2)


def open_files() -> int | None:
    """Returns how many files this process may have open; None where the system knows no such limit."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    soft: int = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if soft == resource.RLIM_INFINITY else soft


class Served(Protocol):
    """Stands for what aiohttp's server makes for each connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None: ...
    def data_received(self, data: bytes) -> None: ...
    def eof_received(self) -> bool | None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...


class Connection(asyncio.Protocol):
    """One connection: passes everything on to aiohttp, and keeps the time."""

    def __init__(self, acceptor: Acceptor, served: Served, peer: str) -> None:
        self.peer = peer
        self.served = served
        self.signed = False  # whether it ever brought a request that Slack has signed
        self.stage = ConnectionStage.WAITING
        self.since = 0.0
        self.held = 0  # bytes of the body that is being read
        self._acceptor = acceptor
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, stage: ConnectionStage) -> None:
        """Be in that stage from now on."""
        loop = asyncio.get_running_loop()
        self.stage, self.since = stage, loop.time()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if stage is ConnectionStage.WAITING:
            self._timer = loop.call_later(self._acceptor.bounds.headers_within, self._too_slow)

    def _too_slow(self) -> None:
        self._acceptor.told("headers too slow", self.peer)
        self.cut()

    def cut(self) -> None:
        """Close at once, without waiting for what is still to be sent."""
        if self._transport is not None:
            self._transport.abort()

    # --- what asyncio tells ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._acceptor.opened(self)
        self.enter(ConnectionStage.WAITING)
        self.served.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self.stage is ConnectionStage.IDLE:
            self.enter(ConnectionStage.WAITING)
        self.served.data_received(data)

    def eof_received(self) -> bool | None:
        return self.served.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._acceptor.closed(self)
        self.served.connection_lost(exc)

    def pause_writing(self) -> None:
        self.served.pause_writing()

    def resume_writing(self) -> None:
        self.served.resume_writing()


class Acceptor:
    """Accepts connections within `bounds`. `serve` makes what speaks HTTP on each."""

    def __init__(self, serve: Callable[[], Served], *, bounds: Bounds, seldom: Seldom) -> None:
        self.bounds = bounds
        self._serve = serve
        self._seldom = seldom
        self._open: dict[Served, Connection] = {}
        self._held = 0

    def told(self, kind: str, peer: str) -> None:
        """Say in the log that somebody was turned away, and why: once an hour and kind."""
        if (times := self._seldom.due(kind)) is not None:
            tell(facts.HttpTurnedAway(kind=kind, times=times, peer=peer))

    def __getitem__(self, served: Served) -> Connection | None:
        """The connection on which that server's object speaks; None where it is closed."""
        return self._open.get(served)

    async def accept(self, listening: socket.socket) -> None:
        """Accept for ever. A system that is out of files is asked again, and told once an hour."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(listening)
                peer = str(address[0])
                if not self.make_room(peer):
                    accepted.close()
                    continue
                await loop.connect_accepted_socket(partial(self._connection, peer), accepted)
            except ConnectionError:  # it left before it was let in
                continue
            except OSError as error:
                self.told(f"not accepted: {error.strerror}", "")
                self._cut_oldest(self._open.values())
                await asyncio.sleep(ACCEPT_AGAIN)

    def _connection(self, peer: str) -> Connection:
        return Connection(self, self._serve(), peer)

    def make_room(self, peer: str) -> bool:
        """Tells whether one more may come from there. Where it would be too many, what has waited longest is closed for it."""
        same = [each for each in self._open.values() if each.peer == peer]
        if len(same) >= self.bounds.of_one_peer:
            self.told("too many connections of one peer", peer)
            return self._cut_oldest(same)
        if len(self._open) >= self.bounds.most:
            self.told("too many connections", peer)
            return self._cut_oldest(self._open.values())
        return True

    def _cut_oldest(self, among: Iterable[Connection]) -> bool:
        """Close the one that will be missed least, and say whether there was one: what is being worked on stays."""
        spare = [each for each in among if each.stage is not ConnectionStage.WORKING]
        if not spare:
            return False
        oldest = min(spare, key=lambda each: (each.signed, each.since))
        self.closed(oldest)
        oldest.cut()
        return True

    def opened(self, connection: Connection) -> None:
        """A connection is there."""
        self._open[connection.served] = connection

    def closed(self, connection: Connection) -> None:
        """It is gone, and what was read of it too."""
        self.hold(connection, 0)
        self._open.pop(connection.served, None)

    def hold(self, connection: Connection, size: int) -> None:
        """So many bytes of that connection's body are in memory. Where all are too many, the oldest unfinished one goes."""
        if connection.served not in self._open:
            return
        self._held += size - connection.held
        connection.held = size
        while self._held > self.bounds.held:
            self.told("too many bytes", connection.peer)
            self._cut_oldest([each for each in self._open.values() if each.held])
