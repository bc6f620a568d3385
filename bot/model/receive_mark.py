"""Says when a connection wakes whoever reads it: for every packet, or not before much has come.

    mark.hold()          what comes from now on is kept by the system, and wakes nobody; only the end of the connection does
    mark.release()       what has come wakes its reader, and so does every packet

A model sends a packet a token, and each wakes the event loop: a poll, a read, a parser and a task. Who looks at a stream at ticks
(`bot.model.batched_reads`) need not be woken between them. The transport's `pause_reading` is no way to that: over TLS it goes on
reading the socket, and elsewhere it costs asyncio more than it saves.

Linux has a low-water mark for it (SO_RCVLOWAT in socket(7)); since 4.18 lowering it tells those that wait of what is there already
(`tcp_set_rcvlowat`). Elsewhere nothing is changed, and every packet wakes its reader.
"""

from __future__ import annotations

import os
import re
import socket
import sys

MUCH = 32 * 1024
"""Bytes that wake the reader all the same: some hundred tokens. Half of what a connection may hold by default, so that no sender has
to wait for us."""
_LEAST = 1
_TOLD = (4, 18)
"""The first Linux whose epoll hears of a lowered mark. gVisor and WSL 1 say that they are 4.4, and are left alone."""


def is_told(release: str) -> bool:
    """Tells whether that release of Linux wakes those that wait when the mark is lowered."""
    found = re.match(r"(\d+)\.(\d+)", release)
    return found is not None and (int(found[1]), int(found[2])) >= _TOLD


POSSIBLE = sys.platform == "linux" and is_told(os.uname().release)
"""Tells whether the mark is of use on this computer."""


class ReceiveMark:
    """The low-water mark of one TCP connection. None: of none, and nothing happens."""

    def __init__(self, connection: socket.socket | None) -> None:
        self._socket = connection if POSSIBLE else None

    @property
    def works(self) -> bool:
        """Tells whether `hold` makes any difference."""
        return self._socket is not None

    def hold(self) -> None:
        """From now on only much wakes the reader, and the end of the connection."""
        self._set(MUCH)

    def release(self) -> None:
        """From now on every packet does, and what is there already."""
        self._set(_LEAST)

    def _set(self, size: int) -> None:
        if self._socket is None:
            return
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, size)
        except OSError:  # it was closed meanwhile, or is of a kind that has no mark
            self._socket = None
