"""Connections to PostgreSQL that wait only so long for an answer to a statement.

A server that is frozen still acknowledges our packets, so no keepalive notices, and its own statement_timeout is as frozen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from psycopg.abc import PQGen

Answer = TypeVar("Answer")
OVERDUE = 10.0
"""Seconds that PostgreSQL has to answer a statement. Ours take milliseconds; who waits for a lock that long asks anew, and a
process that is told to leave has a little longer than that."""
INTERVAL = 0.1  # seconds between two looks whether somebody has interrupted us: psycopg's own figure


class PromptConnection(psycopg.Connection):
    """Gives up what is not answered in time: it is closed then, as if the server had closed it."""

    def wait(self, gen: PQGen[Answer], interval: float = INTERVAL, timeout: float | None = None) -> Answer:
        """Raises OperationalError where the answer is overdue."""
        try:
            return super().wait(gen, interval, OVERDUE if timeout is None else timeout)
        except psycopg.OperationalError:
            _give_up(self)
            raise


class AsyncPromptConnection(psycopg.AsyncConnection):
    """Gives up what is not answered in time, without holding the loop."""

    async def wait(
        self,
        gen: PQGen[Answer],
        interval: float = INTERVAL,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is psycopg's
    ) -> Answer:
        """Raises OperationalError where the answer is overdue."""
        try:
            return await super().wait(gen, interval, OVERDUE if timeout is None else timeout)
        except psycopg.OperationalError:
            _give_up(self)
            raise


def _give_up(connection: psycopg.Connection | psycopg.AsyncConnection) -> None:
    # Nobody has asked anything where one listens for notifications: then it is no news that none comes.
    if connection.pgconn.transaction_status == TransactionStatus.ACTIVE:
        connection.pgconn.finish()
