"""The rule that our pacing followed before, kept to be compared with: by shares, over the length of one answer.

What the budget can give in the time that an answer lasts is shared out among the running replies and those that are likely to come.
A reply has one edit in its middle whatever happens. It plans no further than one answer goes, so that a steady load has spent everything
half a minute before slots come back.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.delivery.slack_calls import Post
from bot.core.pacing.pacing import Crowd, Pacing

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.core.delivery.delivery import Delivery
    from bot.core.pacing.budget import Budgets

NEVER = float("inf")
WORD = 0.25
"""Seconds that the first post waits for its first word to be whole: a token is often less than one."""
LONGEST_OPENING = 1.0
"""Seconds that it may wait for more words, however crowded it is."""
ONE_BETWEEN = 2
"""Edits of a reply that has had one in between: the first is its post."""
BOUNDARY = 0.85
"""Of a gap: where a sentence or a line has just ended, an edit may leave that much earlier."""


@dataclass(frozen=True, slots=True)
class _Terms:
    """What holds for all replies at one moment: the edits in between that each may have for a second it goes on, how long
    the first post waits for more words, and when which kind of edit may have a slot."""

    a_second: float
    opening: float
    last_at: float
    between_at: float
    beyond_at: float


MINUTE = 60.0
LEAST, MOST = 1.0, 120.0
"""Seconds between which an answer is taken to last, whatever was learned."""


@dataclass(frozen=True, slots=True)
class ShareSchedule:
    """The figures of pacing, found by search in the simulation of `benchmarks` over answers short and long, quick and slow.

    Times are in seconds.
    """

    first: float = 0.38  # between the first post and the first edit, where there is room enough
    growth: float = 1.03  # each gap is that many times the one before ...
    most: float = 3.0  # ... up to this
    horizon: float = 8.45  # how long an answer is taken to last before any has ended
    learn: float = 0.2  # how much each that ends moves that towards its own length
    again: float = 0.45
    """How much longer one is taken to last that has outlived that, for each second of its age."""
    recent: float = 0.34  # answers to come within a horizon, for each that began within the last one ...
    steady: float = 2.5  # ... or for each that a minute's average makes, where that is more
    wanted: float = 1.65  # slots that each of them will want
    spare: float = 1.0  # slots kept for whoever else asks
    once: float = 0.77  # a share is never taken for less: one edit in the middle of an answer is worth most
    opening: float = 0.3
    """Of how much longer than `first` the gap is: how long the first post waits for more words."""
    patience: float = 1.0  # how late a last edit may be before the rest is posted instead

    def gap(self, edits: int, *, left: float, share: float) -> float:
        """The least time until the next edit of a reply that has had `edits` in between, is likely to go on for `left`
        more seconds, and may have `share` edits in that time."""
        steps = min(edits, 50)  # a long answer must not overflow the power
        alone = min(self.first * self.growth**steps, self.most)
        return max(alone, left / (1 + max(share, self.once)))


class ShareForecast:
    """Guesses, all in seconds on the clock of `now`."""

    def __init__(self, schedule: ShareSchedule) -> None:
        self._schedule = schedule
        self._begun: deque[float] = deque()
        self.horizon = schedule.horizon  # how long a new answer is likely to last

    def began(self, now: float) -> None:
        """An answer has begun."""
        self._begun.append(now)

    def lasted(self, seconds: float) -> None:
        """An answer is over, which its model wrote for `seconds`."""
        learned = self.horizon + self._schedule.learn * (seconds - self.horizon)
        self.horizon = min(max(learned, LEAST), MOST)

    def left(self, reply: Delivery, now: float) -> float:
        """For how long the model is likely to go on writing `reply`. Who has outlived the others may go on for long."""
        if not reply.writing:
            return 0.0
        began_at = reply.timeline.began_at
        age = 0.0 if began_at is None else now - began_at
        return max(self.horizon - age, self._schedule.again * age)

    def coming(self, now: float) -> float:
        """How many answers are likely to begin within a horizon."""
        while self._begun and self._begun[0] <= now - MINUTE:
            self._begun.popleft()
        lately = sum(1 for begun in self._begun if begun > now - self.horizon)
        average = len(self._begun) * self.horizon / MINUTE
        return max(self._schedule.recent * lately, self._schedule.steady * average)


class SharePacing(Pacing):
    """As `Pacing`, by that rule. Looks at all replies for each decision."""

    def __init__(self, budgets: Budgets) -> None:
        super().__init__(budgets)
        self.shares = ShareSchedule()
        self.running: list[Delivery] = []
        self.forecast = ShareForecast(self.shares)

    @property
    def replies(self) -> Collection[Delivery]:
        return self.running

    def add(self, reply: Delivery, now: float) -> None:
        """`reply` is running from now on."""
        self.running.append(reply)
        self.forecast.began(now)

    def remove(self, reply: Delivery) -> None:
        """`reply` is over."""
        self.running.remove(reply)
        began_at, ended_at = reply.timeline.began_at, reply.timeline.ended_at
        if began_at is not None and ended_at is not None:
            self.forecast.lasted(ended_at - began_at)

    def survey(self, now: float) -> tuple[Delivery | None, float]:
        """The reply whose call should leave now, None where none may; and when to ask again if nothing happens until then,
        `inf` where only a delta or an answer can change anything."""
        self._spill(now)
        terms = self._terms(now)
        best: Delivery | None = None
        rank, wake = (True, True, NEVER), NEVER
        for reply in self.running:
            if not reply.wants:
                continue
            ready_at = self._ready_at(reply, now, terms)
            wake = min(wake, ready_at)
            if ready_at <= now and (best is None or _rank(reply) < rank):
                best, rank = reply, _rank(reply)
        return best, wake

    def slots(self, reply: Delivery | None, now: float) -> int:
        """How many slots have to be free for the next call of `reply` to leave, or for one of no reply: its own, and those kept for
        others."""
        if reply is None:
            return 1 + self._reserved(now, more=self._running)
        if reply.method == Post.method or reply.closing:
            return 1
        share = self._given(now) * self.forecast.left(reply, reply.timeline.sent_at)
        return 1 + self._reserved(now, more=0 if self._is_entitled(reply, share) else self._running)

    def crowd(self, now: float) -> Crowd:
        """Our own replies, as other replicas have to know of them."""
        to_go = sum(self.forecast.left(reply, now) for reply in self.running)
        return Crowd(len(self.running), to_go, self.forecast.coming(now))

    # ---- when a reply may send

    def _ready_at(self, reply: Delivery, now: float, terms: _Terms) -> float:
        """When `reply` may send. Where no slot is free now, when one is: whether it is due by then is asked then."""
        if reply.method == Post.method:
            ready_at = self._first_at(reply, now, terms)
        elif reply.closing:
            ready_at = terms.last_at
        else:
            ready_at = self._edit_at(reply, now, terms)
        return max(ready_at, reply.timeline.not_before)

    def _first_at(self, reply: Delivery, now: float, terms: _Terms) -> float:
        free_at = self.budget(reply).free_at(now)
        if free_at > now or reply.closing:
            return free_at
        wait = terms.opening if reply.at_boundary else max(terms.opening, WORD)
        return (reply.timeline.unseen_since or 0.0) + wait

    def _edit_at(self, reply: Delivery, now: float, terms: _Terms) -> float:
        if terms.between_at > now:
            return terms.between_at
        times = reply.timeline
        left = self.forecast.left(reply, times.sent_at)
        share = terms.a_second * left  # edits in between that it may have, since its last one left
        if terms.beyond_at > now and not self._is_entitled(reply, share):
            return terms.beyond_at
        gap = self.shares.gap(times.landed - 1, left=left, share=share)
        early = times.sent_at + BOUNDARY * gap
        return early if reply.at_boundary or now < early else times.sent_at + gap

    def _is_entitled(self, reply: Delivery, share: float) -> bool:
        """Whether it may have what is not kept for others. One edit in the middle of an answer is worth most. Who has had that,
        and has no whole share left, may take only what nobody else can want."""
        return reply.timeline.landed < ONE_BETWEEN or share >= self.shares.once

    # ---- what holds for all of them

    def _terms(self, now: float) -> _Terms:
        running, a_second, horizon = self._running, self._given(now), self.forecast.horizon
        crowded = self.shares.gap(0, left=horizon, share=a_second * horizon) - self.shares.first
        return _Terms(
            a_second=a_second,
            opening=min(self.shares.opening * crowded, LONGEST_OPENING),
            last_at=self.updates.free_at(now, urgent=True),
            between_at=self.updates.free_at(now, slots=1 + self._reserved(now)),
            beyond_at=self.updates.free_at(now, slots=1 + self._reserved(now, more=running)),
        )

    @property
    def _running(self) -> int:
        return len(self.running) + self.elsewhere.running

    def _reserved(self, now: float, *, more: int = 0) -> int:
        """One slot for each running reply's last edit, the spare ones, and `more`; but never all there are: with as many
        replies as slots, each would wait for the others."""
        most = self.updates.limit(now) - 1
        return min(min(self._running + int(self.shares.spare), most) + more, most)

    def _given(self, now: float) -> float:
        """How many edits in between a reply may have for each second that it is likely to go on."""
        here = self.crowd(now)
        coming, horizon = here.coming + self.elsewhere.coming, self.forecast.horizon
        kept = self._running + self.shares.wanted * coming + self.shares.spare
        free = self.updates.left(now, within=(horizon,))[0] - kept
        to_go = here.to_go + self.elsewhere.to_go + coming * horizon
        return max(0.0, free) / to_go if to_go else 0.0

    def _spill(self, now: float) -> None:
        """Replies that are done writing and can have no edit in time go on by posting."""
        if self.updates.free_at(now, urgent=True) - now <= self.shares.patience:
            return
        for reply in self.running:
            reply.spill()


def _rank(reply: Delivery) -> tuple[bool, bool, float]:
    times = reply.timeline
    since = times.sent_at if times.unseen_since is None else times.unseen_since
    return (not reply.closing, reply.method != Post.method, since)
