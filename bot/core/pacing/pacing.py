"""Decides whose call goes next, and when, for all replies of a workspace together.

    class     what it shows                     leaves                                        is paid from
    ========  ================================  ============================================  ==============================
    last      what completes a message          the moment the model is done                  a slot kept since it began
    first     the first words of a message      with its first whole word, or a little later  the posts of its channel
    between   what came since the last call     when its reply has waited its gap             what is left and kept for nobody

A class goes before those below it. Within one the reply goes first whose unseen text has waited longest, so nobody starves: whoever
is passed over only gets older.

* **Last edits** are promised. When none can be had in time all the same, because more answers end than Slack takes edits, the
  unseen rest is posted instead: posting has a budget of its own.
* **First words**: the more crowded it is, the more words the first post waits for.
* **Edits in between** are divided so that all wait alike. What the budget can give in the time that an answer lasts, last
  edits apart, is shared out among the running replies and those that are likely to come, by how long each is likely to go
  on: see `demand`. A reply spreads its share over that time.

*What always holds.* Of the slots that are free, as many stay free as replies are running, here and in other replicas: an edit in
between leaves only where these are left over. Only with more replies than slots is one left that anybody may have: else each would wait for the others.

*What the simple way gets wrong.* An edit each half second, for whoever has new text, is right for one answer: fifteen edits in its
seven seconds. Five that begin together have spent all fifty after five seconds. Their models write on for two, and end; the last
words of all five wait for the minute to pass, some 53 seconds (`python -m benchmarks` shows it). Here each of the five has its last
edit from the start, the rest is shared out over the seven seconds, and the last words are a tenth of a second late. Equal shares
alone would not do: a sixth who asks later finds nothing left, which is why some is kept for those who are likely to come.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.delivery.delivery import Delivery
from bot.core.delivery.slack_calls import Post, Update
from bot.core.pacing.demand import Demand
from bot.core.pacing.rhythm import Rhythm

if TYPE_CHECKING:
    from bot.core.pacing.budget import Budget, Budgets

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
    """Says how many replies are running somewhere, for how many seconds they are likely to go on together, and how many more are
    likely to come."""

    running: int = 0
    to_go: float = 0.0
    coming: float = 0.0


@dataclass(frozen=True, slots=True)
class _Terms:
    """Holds the terms for all replies at one moment: the edits in between that each may have for a second it goes on, how long
    the first post waits for more words, and when which kind of edit may have a slot."""

    a_second: float
    opening: float
    last_at: float
    between_at: float
    beyond_at: float


@dataclass(slots=True)
class Pacing:
    """The running replies of one workspace, and what it lets us send.

    `elsewhere` are the replies of other replicas, who spend from the same budgets.
    """

    budgets: Budgets
    rhythm: Rhythm = field(default_factory=Rhythm)
    replies: list[Delivery] = field(default_factory=list[Delivery])
    elsewhere: Crowd = field(default_factory=Crowd)
    load: Demand = field(init=False)

    def __post_init__(self) -> None:
        self.load = Demand(self.rhythm)

    def add(self, reply: Delivery, now: float) -> None:
        """`reply` is running from now on."""
        self.replies.append(reply)
        self.load.began(now)

    def remove(self, reply: Delivery) -> None:
        """`reply` is over."""
        self.replies.remove(reply)
        began_at, ended_at = reply.timeline.began_at, reply.timeline.ended_at
        if began_at is not None and ended_at is not None:
            self.load.lasted(ended_at - began_at)

    def survey(self, now: float) -> tuple[Delivery | None, float]:
        """The reply whose call should leave now, None where none may; and when to ask again if nothing happens until then,
        `inf` where only a delta or an answer can change anything."""
        self._spill(now)
        terms = self._terms(now)
        best: Delivery | None = None
        rank, wake = (True, True, NEVER), NEVER
        for reply in self.replies:
            if not reply.wants:
                continue
            ready_at = self._ready_at(reply, now, terms)
            wake = min(wake, ready_at)
            if ready_at <= now and (best is None or _rank(reply) < rank):
                best, rank = reply, _rank(reply)
        return best, wake

    def budget(self, reply: Delivery) -> Budget:
        """Returns what the next call of `reply` is paid from."""
        return self.budgets.of(reply.method, reply.thread.channel)

    @property
    def updates(self) -> Budget:
        """Returns what all edits of the workspace are paid from."""
        return self.budgets.of(Update.method, "")

    def slots(self, reply: Delivery, now: float) -> int:
        """Returns how many slots have to be free for the next call of `reply` to leave: its own, and those kept for others."""
        if reply.method == Post.method or reply.closing:
            return 1
        share = self._a_second(now) * self.load.left(reply, reply.timeline.sent_at)
        return 1 + self._kept(now, more=0 if self._is_entitled(reply, share) else self._running)

    def crowd(self, now: float) -> Crowd:
        """Our own replies, as other replicas have to know of them."""
        to_go = sum(self.load.left(reply, now) for reply in self.replies)
        return Crowd(len(self.replies), to_go, self.load.coming(now))

    # ---- when a reply may send

    def _ready_at(self, reply: Delivery, now: float, terms: _Terms) -> float:
        """Returns when `reply` may send. Where no slot is free now, when one is: whether it is due by then is asked then."""
        if reply.method == Post.method:
            ready_at = self._opens_at(reply, now, terms)
        elif reply.closing:
            ready_at = terms.last_at
        else:
            ready_at = self._due_at(reply, now, terms)
        return max(ready_at, reply.timeline.not_before)

    def _opens_at(self, reply: Delivery, now: float, terms: _Terms) -> float:
        free_at = self.budget(reply).free_at(now)
        if free_at > now or reply.closing:
            return free_at
        wait = terms.opening if reply.at_boundary else max(terms.opening, WORD)
        return (reply.timeline.unseen_since or 0.0) + wait

    def _due_at(self, reply: Delivery, now: float, terms: _Terms) -> float:
        if terms.between_at > now:
            return terms.between_at
        times = reply.timeline
        left = self.load.left(reply, times.sent_at)
        share = terms.a_second * left  # edits in between that it may have, since its last one left
        if terms.beyond_at > now and not self._is_entitled(reply, share):
            return terms.beyond_at
        gap = self.rhythm.gap(times.landed - 1, left=left, share=share)
        early = times.sent_at + BOUNDARY * gap
        return early if reply.at_boundary or now < early else times.sent_at + gap

    def _is_entitled(self, reply: Delivery, share: float) -> bool:
        """Tells whether it may have what is not kept for others. One edit in the middle of an answer is worth most. Who has had
        that, and has no whole share left, may take only what nobody else can want."""
        return reply.timeline.landed < ONE_BETWEEN or share >= self.rhythm.once

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
        """Returns how many edits in between a reply may have for each second that it is likely to go on."""
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
            reply.spill()


def _rank(reply: Delivery) -> tuple[bool, bool, float]:
    times = reply.timeline
    since = times.sent_at if times.unseen_since is None else times.unseen_since
    return (not reply.closing, reply.method != Post.method, since)
