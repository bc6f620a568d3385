"""What streaming costs the processor: with 200 replies running, the time a delta, a decision and an edit take.

Times mean little without the machine they were taken on, so each stands beside one of Python's own operations, timed in
the same run.
"""

from __future__ import annotations

import timeit
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from bot.app import build_pacing
from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.reply import Reply
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.pacing.pacing import Pacing

REPLIES = 200
SHOWN = "Water is wet, and **sparkling** water is `wet` twice. " * 20  # about 1,000 characters
TIMES, REPEATS = 2000, 5
STEP = 0.005  # seconds between two decisions


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds that one `what` takes, and one `beside`."""

    what: str
    micros: float
    beside: str
    beside_micros: float


def costs(times: int = TIMES) -> list[Cost]:
    """Each the best of several rounds of `times` calls."""
    pacing, replies = _busy()
    values = [reply.timeline.sent_at + number * 0.618 % 1 for number, reply in enumerate(replies)]
    kept: list[str] = []
    append, order = _micros(lambda: kept.append("word "), times), _micros(lambda: sorted(values), times)
    return [
        Cost("a delta", _micros(_Deltas(replies).one, times), "an append to a list", append),
        Cost("a decision", _micros(_Decisions(pacing).one, times), f"sorting {REPLIES} floats", order),
        Cost("an edit", _micros(_Edits(replies).one, times), f"sorting {REPLIES} floats", order),
    ]


def _busy() -> tuple[Pacing, list[Reply]]:
    """The pacing of a workspace where all replies are posted, and have text that nobody has seen yet."""
    pacing = build_pacing(Settings()).edits
    replies = [
        Reply(AnswerKey(TurnKey(ThreadKey("T", f"C{number}", "1.0"), "1.0", "U", Kind.MENTION)))
        for number in range(REPLIES)
    ]
    for reply in replies:
        pacing.add(reply, 0.0)
        reply.feed(SHOWN, 0.0)
        _show(reply)
        reply.feed("More to come. ", 0.0)
    return pacing, replies


def _show(reply: Reply) -> None:
    edit = reply.take(0.0)
    if edit is not None:
        reply.sent(edit, "1.0")


class _Decisions:
    """One decision after the other, as time passes."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._now = 1.0

    def one(self) -> None:
        self._now += STEP
        self._pacing.survey(self._now)


class _Deltas:
    """One delta after the other, to one reply after the other, as the replier feeds them."""

    def __init__(self, replies: list[Reply]) -> None:
        self._replies = replies
        self._next = 0

    def one(self) -> None:
        reply = self._replies[self._next]
        self._next = (self._next + 1) % len(self._replies)
        wanted = reply.wants
        reply.feed("w", 0.0)
        assert reply.wants or not wanted


class _Edits:
    """A word, then the edit that shows it, of one reply after the other."""

    def __init__(self, replies: list[Reply]) -> None:
        self._replies = replies
        self._next = 0

    def one(self) -> None:
        reply = self._replies[self._next]
        self._next = (self._next + 1) % len(self._replies)
        reply.feed("w", 0.0)
        _show(reply)


def _micros(call: Callable[[], object], times: int) -> float:
    return min(timeit.repeat(call, number=times, repeat=REPEATS)) / times * 1e6


def table(measured: list[Cost], *, plain: bool) -> Table:
    """`plain`: without lines, for a pipe."""
    shown = Table(
        title=f"{REPLIES} replies running, about {len(SHOWN):,} characters each",
        title_justify="left",
        box=None if plain else box.SIMPLE_HEAD,
        pad_edge=False,
    )
    shown.add_column("", no_wrap=True)
    for name in ("takes", "that is"):
        shown.add_column(name, justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    for cost in measured:
        ratio = f"{cost.micros / cost.beside_micros:,.1f} times"
        shown.add_row(
            cost.what, f"{cost.micros:,.1f} µs", ratio, f"{cost.beside} ({cost.beside_micros:,.2f} µs)"
        )
    return shown
