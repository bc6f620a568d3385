"""One budget for all replicas of a workspace: what they spend stands in one row a budget, which each asks before a call.

`bot.core.pacing.budget` decides; the row only says what the others have spent (`bot.core.pacing.ledger`). Edits are less than one a
second for everyone together, so a way to the database and back before each costs little.

    the database  a call may leave where
    ============  ========================================================================================================
    answers       the budget allows it, having heard what the others spent and were taught; then it stands in the row, too
    is lost       it is within our share: the limit divided by the replicas that spent of late, or by two at least; nobody
                  is told of it, which is why the share is kept to until the others are heard again

*What always holds.* The row of a budget is asked for one transaction of ours at a time. What is asked meanwhile is decided together in
the next one.

*What the simple way gets wrong*: a transaction for each call. Twenty answers that end at once would take twenty connections and wait for one
lock, each behind those before it: the last of their readers for twenty ways to the database and back.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias
from uuid import uuid4

from sqlalchemy import (
    Column,
    Float,
    String,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    literal,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError

from bot.core.delivery.slack_calls import Update
from bot.core.pacing.ledger import Ledger
from bot.durable.database import is_lost
from bot.durable.retried_writes import execute
from bot.durable.schema import tables
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
    from typing import Any

    from sqlalchemy import Executable

    from bot.core.pacing.budget import Budget
    from bot.core.pacing.pacing import Pacing
    from bot.durable.database import Database

ANSWER = 2.0  # seconds that the database has to answer: a reader waits
AGAIN = 2.0  # seconds before a lost database is asked again
COUNTED = 10.0  # seconds after its leaving from which a call counts that nobody tells the answer of: it has had one by then
FEWEST = 2  # replicas that the limit is divided among, at least, while none can be counted

budgets = Table(
    "budgets",
    tables,
    Column("team", String, primary_key=True),
    Column("method", String, primary_key=True),
    Column("state", Text, nullable=False),
    Column("changed_at", Float, nullable=False),
)


# Built once: SQLAlchemy takes five times as long to build a statement as to execute it (measured).
_NEW = {"state": bindparam("new_state", type_=Text), "changed_at": bindparam("now", type_=Float)}
_KEY = {"team": bindparam("of_team", type_=String), "method": bindparam("of_method", type_=String)}
_ROW = tuple(budgets.c[name] == value for name, value in _KEY.items())
_CHANGING = update(budgets).where(*_ROW, budgets.c.state == bindparam("old_state", type_=Text)).values(**_NEW)


def _reading(database: Database) -> Executable:
    """Selects the row's state, also where there is none, and the time by the server's clock."""
    now = literal(0.0) if database.file else func.extract("epoch", func.clock_timestamp())
    return select(select(budgets.c.state).where(*_ROW).scalar_subquery(), cast(now, Float))


Change: TypeAlias = "Callable[[Ledger, float], bool]"
"""Changes the row, given its keeper's time; tells whether that was granted."""
Answer: TypeAlias = "asyncio.Future[bool | None]"


class SharedBudget:
    """Asks the row before a call of ours leaves, and tells it when the call was answered. `look` is to be called a few times a second, within `open`."""

    def __init__(
        self, database: Database, pacing: Pacing, *, team: str, replica: str, clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._pacing = pacing
        self._team = team
        self._replica = replica
        self._clock = clock
        self._reading = _reading(database)
        self._adding = database.insert(budgets).values(**_KEY, **_NEW).on_conflict_do_nothing()
        self._open: dict[Budget, list[str]] = {}  # the names of calls that left, oldest first
        self._answered: dict[Budget, dict[str, float]] = {}  # those that were answered, and not told yet
        self._asked: dict[Budget, list[tuple[Change, Answer]]] = {}  # while a transaction is under way
        self._locks: dict[Budget, asyncio.Lock] = {}
        self._sharers = FEWEST
        self._written: dict[str, str] = {}  # what we wrote last into the row of each budget of a file
        self._lost_until = float("-inf")
        self._is_alone = False
        self._late: set[asyncio.Task[list[bool]]] = set()  # transactions that no reader waits for any more
        self.changed: Callable[[], None] = lambda: None
        """Called where more may be known of what is free."""

    async def ask(self, budget: Budget, name: str, *, slots: int, urgent: bool) -> bool:
        """Tells whether the call that is about to leave fits what all together may spend; then it is theirs too.

        `name` is the budget's, see `bot.core.pacing.budget.budget_name`.
        """
        call = uuid4().hex[:12]

        def spend(ledger: Ledger, now: float) -> bool:
            if not budget.allows(self._clock(), slots=slots, urgent=urgent):
                return False
            ledger.spend(call, self._replica, now + COUNTED)
            return True

        granted = await self._exchange(budget, name, spend)
        if granted is None:
            return budget.allows(self._clock(), slots=slots, urgent=urgent)
        if granted:
            self._open.setdefault(budget, []).append(call)
        return granted

    def answered(self, budget: Budget) -> None:
        """A call has come back. The row is told with the next exchange: until then it counts as longer under way."""
        # Which of several under way it was makes no difference: they count alike.
        if names := self._open.get(budget):
            self._answered.setdefault(budget, {})[names.pop(0)] = self._clock()

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Owns, while the block runs, the transactions that no reader waits for any more."""
        try:
            yield
        finally:
            for task in self._late:
                task.cancel()
            await asyncio.gather(*self._late, return_exceptions=True)

    async def look(self) -> None:
        """Tells the others of our replies, and hears of theirs, while there are any."""
        if self._pacing.replies:
            await self._exchange(self._pacing.updates, Update.method, lambda _ledger, _now: True)
            self.changed()

    # ---- inside

    async def _exchange(self, budget: Budget, name: str, change: Change) -> bool | None:
        """Read the row, hear it, change it; None where the database is lost.

        One at a time: what is asked meanwhile is decided together next, so that a crowd takes one connection and one lock.
        """
        answer: asyncio.Future[bool | None] = asyncio.get_running_loop().create_future()
        self._asked.setdefault(budget, []).append((change, answer))
        async with self._locks.setdefault(budget, asyncio.Lock()):
            if not answer.done():
                await self._answer(budget, name, self._asked.pop(budget))
        return answer.result()

    async def _answer(self, budget: Budget, name: str, asked: list[tuple[Change, Answer]]) -> None:
        try:
            answers = await self._tried(budget, name, [change for change, _ in asked])
            for (_, answer), said in zip(asked, answers, strict=True):
                answer.set_result(said)
        finally:
            # Where we are cancelled the others have to decide alone, too.
            for _, answer in asked:
                if not answer.done():
                    answer.set_result(None)

    async def _tried(self, budget: Budget, name: str, changes: list[Change]) -> Sequence[bool | None]:
        if self._may_answer():
            try:
                answers = await self._in_time(self._change(budget, name, changes))
            except (DBAPIError, TimeoutError) as error:
                self._lose(error)
                budget.divide(self._sharers, self._clock())
            else:
                self._is_alone = False
                return answers
        return [None] * len(changes)

    def _may_answer(self) -> bool:
        # A file that is known to be out would keep us as long as it is waited for: readers would feel it at every call.
        out = self._database.file and self._database.outage.is_on
        return self._clock() >= self._lost_until and not (out or self._late)

    async def _in_time(self, transaction: Coroutine[Any, Any, list[bool]]) -> list[bool]:
        """Its outcome. What takes longer than a reader should wait goes on without us: cancelled it would take its
        connection with it. Raises TimeoutError."""
        task = asyncio.create_task(transaction)
        try:
            await asyncio.wait([task], timeout=ANSWER)
        except asyncio.CancelledError:
            task.add_done_callback(self._note)
            await asyncio.wait([task])
            raise
        if not task.done():
            self._late.add(task)
            task.add_done_callback(self._note)
            raise TimeoutError
        return task.result()

    def _note(self, late: asyncio.Task[list[bool]]) -> None:
        self._late.discard(late)
        if not late.cancelled() and (error := late.exception()):
            self._lose(error)

    def _lose(self, error: BaseException) -> None:
        if isinstance(error, DBAPIError) and is_lost(error):
            self._database.outage.begin(error.orig)
        if not self._is_alone:
            tell(facts.BudgetAlone(kind=type(error).__name__, sharers=self._sharers))
        self._is_alone, self._lost_until = True, self._clock() + AGAIN

    async def _change(self, budget: Budget, name: str, changes: list[Change]) -> list[bool]:
        """Hears the row, decides, and writes it where nobody has written meanwhile; else it is heard again.

        Nothing is locked while we decide: this process may have to wait for a processor, and the others would wait with it.
        """
        while True:
            remembered = self._remembered(name)
            before, now = remembered or await self._read(name)
            ledger, behind = Ledger.parse(before or ""), now - self._clock()  # of our clock
            ledger.forget(now, window=budget.window)
            told = self._tell(ledger, budget, behind)
            self._hear(ledger, budget, behind)
            changed = [change(ledger, now) for change in changes]
            after = ledger.text()
            is_known = remembered is None and after == (before or "")
            if is_known or await self._write(name, before, after):
                for call in told:
                    self._answered[budget].pop(call, None)
                return changed

    def _remembered(self, name: str) -> tuple[str, float] | None:
        """Returns what we wrote last into the row of a file, and the time: where it does not stand there any more, our next writing
        fails, and the row is read. Once, or the row would never be read."""
        before = self._written.pop(name, None)
        return None if before is None else (before, time.time())

    async def _read(self, name: str) -> tuple[str | None, float]:
        """Returns what stands in the row, None where there is none yet, and the time by its keeper's clock."""
        ((state, at),) = (await self._database.connections.execute(self._reading, self._row(name))).all
        # One SQLite file is one machine: its clock is everybody's.
        return state, time.time() if self._database.file else float(at)

    async def _write(self, name: str, before: str | None, after: str) -> bool:
        """Tells whether the row still was as it was before, and now is as it should be."""
        values = {**self._row(name), "new_state": after, "old_state": before, "now": time.time()}
        statement = self._adding if before is None else _CHANGING
        done = (await self._database.connections.execute(statement, values)).count == 1
        if done and self._database.file:
            self._written[name] = after
        return done

    def _row(self, name: str) -> dict[str, str]:
        return {"of_team": self._team, "of_method": name}

    def _tell(self, ledger: Ledger, budget: Budget, behind: float) -> list[str]:
        """Puts what was answered since into the ledger; returns the names of those calls."""
        told = dict(self._answered.get(budget, {}))
        for call, at in told.items():
            ledger.spend(call, self._replica, at + behind)
        closed_until, lowered = budget.verdict
        ledger.taught(closed_until + behind, lowered and (lowered[0], lowered[1] + behind))
        return list(told)

    def _hear(self, ledger: Ledger, budget: Budget, behind: float) -> None:
        lowered = ledger.lowered and (ledger.lowered[0], ledger.lowered[1] - behind)
        others = (since - behind for since in ledger.spent_beside(self._replica))
        budget.hear(others, closed_until=ledger.closed_until - behind, lowered=lowered)
        if budget is self._pacing.updates:
            crowd = self._pacing.crowd(self._clock())
            self._pacing.elsewhere = ledger.gather(self._replica, crowd, self._clock() + behind)
            self._sharers = max(FEWEST, ledger.sharers)


class BudgetRows:
    """The rows of all workspaces."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def forget(self, before: float) -> None:
        """Forgets the rows that nobody has changed since that time, in seconds since the epoch.

        Waits where the database takes nothing, until it does again.
        """
        old = delete(budgets).where(budgets.c.changed_at < before)
        await execute(self._database, old)
