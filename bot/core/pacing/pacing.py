"""Whose edit goes next, and when, for all replies of a workspace together.

Three classes, in this order: what completes a message, first words, and edits in between. Within a class the reply goes
first whose unseen text has waited longest, so nobody starves: whoever is passed over only gets older.

* **Last edits** are promised: every running reply has a slot kept for its own from the start, and it leaves the moment
  the model is done. When none can be had in time all the same, because more answers end than Slack takes edits, the
  unseen rest is posted instead: posting has a budget of its own.
* **First words** leave as soon as there is a whole word. The more crowded it is, the more words the first post waits for.
* **Edits in between** are divided so that all wait alike. What the budget can give in the time that an answer lasts, last
  edits apart, is shared out among the running replies and those that are likely to come, by how long each is likely to go
  on: see `Demand`. A reply spreads its share over that time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.delivery.reply import Reply
from bot.core.pacing.demand import Demand
from bot.core.pacing.rhythm import Rhythm

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.pacing.budget import Budget

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
class Crowd:
    """How many replies are running somewhere, for how many seconds they are likely to go on together, and how many more are
    likely to come."""

    running: int = 0
    to_go: float = 0.0
    coming: float = 0.0


@dataclass(frozen=True, slots=True)
class _Terms:
    """What holds for all replies at one moment: the edits in between that each may have for a second it goes on, how long
    the first post waits for more words, and when which kind of edit may have a slot."""

    a_second: float
    opening: float
    last_at: float
    between_at: float
    beyond_at: float


@dataclass(slots=True)
class Pacing:
    """The running replies of one workspace, and what it lets us send.

    `posts` gives the posting budget of a channel. `elsewhere` are the replies of other replicas, who spend from the same budget.
    """

    updates: Budget
    posts: Callable[[str], Budget]
    rhythm: Rhythm = field(default_factory=Rhythm)
    replies: list[Reply] = field(default_factory=list[Reply])
    elsewhere: Crowd = field(default_factory=Crowd)
    load: Demand = field(init=False)

    def __post_init__(self) -> None:
        self.load = Demand(self.rhythm)

    def add(self, reply: Reply, now: float) -> None:
        """`reply` is running from now on."""
        self.replies.append(reply)
        self.load.began(now)

    def remove(self, reply: Reply) -> None:
        """`reply` is over."""
        self.replies.remove(reply)
        if reply.began_at is not None and reply.ended_at is not None:
            self.load.lasted(reply.ended_at - reply.began_at)

    def choose(self, now: float) -> Reply | None:
        """The reply whose edit should leave now; None where none may."""
        return self.survey(now)[0]

    def wake_at(self, now: float) -> float:
        """When to ask again if nothing happens until then; `inf` where only a delta or an answer can change anything."""
        return self.survey(now)[1]

    def survey(self, now: float) -> tuple[Reply | None, float]:
        """Both at once, in one look at all replies: what should leave now, and else when to look again."""
        self._spill(now)
        terms = self._terms(now)
        best: Reply | None = None
        rank, wake = (True, True, NEVER), NEVER
        for reply in self.replies:
            if not reply.wants:
                continue
            ready_at = self._ready_at(reply, now, terms)
            wake = min(wake, ready_at)
            if ready_at <= now and (best is None or _rank(reply) < rank):
                best, rank = reply, _rank(reply)
        return best, wake

    def budget(self, reply: Reply) -> Budget:
        """What the next edit of `reply` is paid from."""
        return self.posts(reply.thread.channel) if reply.unposted else self.updates

    def slots(self, reply: Reply, now: float) -> int:
        """How many slots have to be free for the next edit of `reply` to leave: its own, and those kept for others."""
        if reply.unposted or reply.closing:
            return 1
        share = self._a_second(now) * self.load.left(reply, reply.sent_at)
        return 1 + self._kept(now, more=0 if self._is_entitled(reply, share) else self._running)

    def crowd(self, now: float) -> Crowd:
        """Our own replies, as other replicas have to know of them."""
        to_go = sum(self.load.left(reply, now) for reply in self.replies)
        return Crowd(len(self.replies), to_go, self.load.coming(now))

    # ---- when a reply may send

    def _ready_at(self, reply: Reply, now: float, terms: _Terms) -> float:
        """When `reply` may send. Where no slot is free now, when one is: whether it is due by then is asked then."""
        if reply.unposted:
            ready_at = self._opens_at(reply, now, terms)
        elif reply.closing:
            ready_at = terms.last_at
        else:
            ready_at = self._due_at(reply, now, terms)
        return max(ready_at, reply.not_before)

    def _opens_at(self, reply: Reply, now: float, terms: _Terms) -> float:
        free_at = self.posts(reply.thread.channel).free_at(now)
        if free_at > now or reply.closing:
            return free_at
        wait = terms.opening if reply.begun else max(terms.opening, WORD)
        return (reply.unseen_since or 0.0) + wait

    def _due_at(self, reply: Reply, now: float, terms: _Terms) -> float:
        if terms.between_at > now:
            return terms.between_at
        left = self.load.left(reply, reply.sent_at)
        share = terms.a_second * left  # edits in between that it may have, since its last one left
        if terms.beyond_at > now and not self._is_entitled(reply, share):
            return terms.beyond_at
        gap = self.rhythm.gap(reply.edits - 1, left=left, share=share)
        early = reply.sent_at + BOUNDARY * gap
        return early if reply.at_boundary or now < early else reply.sent_at + gap

    def _is_entitled(self, reply: Reply, share: float) -> bool:
        """Whether it may have what is not kept for others. One edit in the middle of an answer is worth most. Who has had that,
        and has no whole share left, may take only what nobody else can want."""
        return reply.edits < ONE_BETWEEN or share >= self.rhythm.once

    # ---- what holds for all of them

    def _terms(self, now: float) -> _Terms:
        running, a_second, horizon = self._running, self._a_second(now), self.load.horizon
        crowded = self.rhythm.gap(0, left=horizon, share=a_second * horizon) - self.rhythm.first
        return _Terms(
            a_second=a_second,
            opening=min(self.rhythm.opening * crowded, LONGEST_OPENING),
            last_at=self.updates.free_at(now, urgent=True),
            between_at=self.updates.free_at(now, slots=1 + self._kept(now)),
            beyond_at=self.updates.free_at(now, slots=1 + self._kept(now, more=running)),
        )

    @property
    def _running(self) -> int:
        return len(self.replies) + self.elsewhere.running

    def _kept(self, now: float, *, more: int = 0) -> int:
        """One slot for each running reply's last edit, the spare ones, and `more`; but never all there are: with as many
        replies as slots, each would wait for the others."""
        most = self.updates.limit(now) - 1
        return min(min(self._running + int(self.rhythm.spare), most) + more, most)

    def _a_second(self, now: float) -> float:
        """How many edits in between a reply may have for each second that it is likely to go on."""
        here = self.crowd(now)
        coming, horizon = here.coming + self.elsewhere.coming, self.load.horizon
        kept = self._running + self.rhythm.wanted * coming + self.rhythm.spare
        free = self.updates.left(now, within=horizon) - kept
        to_go = here.to_go + self.elsewhere.to_go + coming * horizon
        return max(0.0, free) / to_go if to_go else 0.0

    def _spill(self, now: float) -> None:
        """Replies that are done writing and can have no edit in time go on by posting."""
        if self.updates.free_at(now, urgent=True) - now <= self.rhythm.patience:
            return
        for reply in self.replies:
            if reply.wants and reply.spillable:
                reply.spill()


def _rank(reply: Reply) -> tuple[bool, bool, float]:
    since = reply.sent_at if reply.unseen_since is None else reply.unseen_since
    return (not reply.closing, not reply.unposted, since)
