"""Whose edit goes next, and when, for all replies of a workspace together.

Three classes, in this order: what completes a message, first words, and edits in between. Within a class the reply goes
first whose unseen text has waited longest, so nobody starves: whoever is passed over only gets older.

* **Last edits** are promised: every running reply has a slot kept for its own from the start, and it leaves the moment
  the model is done. When none can be had in time all the same, because more answers end than Slack takes edits, the
  unseen rest is posted instead: posting has a budget of its own.
* **First words** leave as soon as there is a whole word. The more crowded it is, the more words the first post waits for.
* **Edits in between** are shared out evenly. What is neither used nor promised, together with what the running replies
  have had already, is divided among them and those that are likely to come: that is a reply's *share*. It spreads what
  is left of its share over how long it is likely to go on.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.budget import Budget

NEVER = float("inf")
WORD = 0.25
"""Seconds that the first post waits for its first word to be whole: a token is often less than one."""
LONGEST_OPENING = 1.0
"""Seconds that it may wait for more words, however crowded it is."""
BOUNDARY = 0.85
"""Of a gap: where a sentence or a line has just ended, an edit may leave that much earlier."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How the edits of replies are laid out in time. The figures are those that the simulation in `benchmarks` found best.

    Times are in seconds.
    """

    first: float = 0.38  # between the first post and the first edit, where there is room enough
    growth: float = 1.03  # each gap is that many times the one before ...
    most: float = 3.0  # ... up to this
    horizon: float = 7.5  # how long a new answer is taken to last
    again: float = (
        0.3  # how much longer one is taken to last that has outlived that, for each second it has lasted
    )
    newcomers: float = 0.45  # answers to come, for each that began within the last horizon
    spare: float = 1.0  # slots kept for whoever asks next
    once: float = 0.7  # a share is never taken for less: one edit in the middle of an answer is worth most
    opening: float = (
        0.3  # of how much longer than `first` the gap is: how long the first post waits for more words
    )
    patience: float = 1.0  # how late a last edit may be before the rest is posted instead

    def gap(self, edits: int, *, age: float, share: float) -> float:
        """The least time until the next edit of a reply that has had `edits` of its `share`, and is `age` old."""
        steps = min(edits, 50)  # a long answer must not overflow the power
        alone = min(self.first * self.growth**steps, self.most)
        left = max(self.horizon - age, self.again * age)
        return max(alone, left / (1 + max(share - edits, self.once)))


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many replies are running somewhere, how many began of late, and how many edits in between the running ones had."""

    running: int = 0
    begun: int = 0
    had: int = 0


@dataclass(frozen=True, slots=True)
class _Terms:
    """What holds for all replies at one moment: their share, and when which kind of edit may have a slot."""

    share: float
    last_at: float
    between_at: float
    beyond_at: float
    opening: float


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
    _begun: deque[float] = field(default_factory=deque[float])

    def add(self, reply: Reply, now: float) -> None:
        """`reply` is running from now on."""
        self.replies.append(reply)
        self._begun.append(now)

    def remove(self, reply: Reply) -> None:
        """`reply` is over."""
        self.replies.remove(reply)

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
        within = reply.edits - 1 < max(self._share(now), self.rhythm.once)
        return 1 + (self._kept(now) if within else self._kept(now, more=self._running))

    def crowd(self, now: float) -> Crowd:
        """Our own replies, as other replicas have to know of them."""
        self._forget_begun(now)
        return Crowd(len(self.replies), len(self._begun), self._had())

    # ---- when a reply may send

    def _ready_at(self, reply: Reply, now: float, terms: _Terms) -> float:
        """When `reply` may send. Where no slot is free now, when one is: whether it is due by then is asked then."""
        free_at = max(self._free_at(reply, now, terms), reply.not_before)
        if free_at > now or reply.closing:
            return free_at
        return self._opens_at(reply, terms) if reply.unposted else self._due_at(reply, now, terms.share)

    def _free_at(self, reply: Reply, now: float, terms: _Terms) -> float:
        if reply.unposted:
            return self.posts(reply.thread.channel).free_at(now)
        if reply.closing:
            return terms.last_at
        # Who has had its share may take only what nobody else can want.
        return terms.between_at if reply.edits - 1 < max(terms.share, self.rhythm.once) else terms.beyond_at

    def _opens_at(self, reply: Reply, terms: _Terms) -> float:
        wait = terms.opening if reply.begun else max(terms.opening, WORD)
        return (reply.unseen_since or 0.0) + wait

    def _due_at(self, reply: Reply, now: float, share: float) -> float:
        age = reply.sent_at - (reply.sent_at if reply.began_at is None else reply.began_at)
        gap = self.rhythm.gap(reply.edits - 1, age=age, share=share)
        early = reply.sent_at + BOUNDARY * gap
        return early if reply.at_boundary or now < early else reply.sent_at + gap

    # ---- what holds for all of them

    def _terms(self, now: float) -> _Terms:
        share = self._share(now)
        crowded = self.rhythm.opening * (self.rhythm.gap(0, age=0.0, share=share) - self.rhythm.first)
        return _Terms(
            share=share,
            last_at=self.updates.free_at(now, urgent=True),
            between_at=self.updates.free_at(now, slots=1 + self._kept(now)),
            beyond_at=self.updates.free_at(now, slots=1 + self._kept(now, more=self._running)),
            opening=min(crowded, LONGEST_OPENING),
        )

    @property
    def _running(self) -> int:
        return len(self.replies) + self.elsewhere.running

    def _kept(self, now: float, *, more: int = 0) -> int:
        """One slot for each running reply's last edit, the spare ones, and `more`; but never all there are: with as many
        replies as slots, each would wait for the others."""
        most = self.updates.limit(now) - 1
        return min(min(self._running + int(self.rhythm.spare), most) + more, most)

    def _forget_begun(self, now: float) -> None:
        while self._begun and self._begun[0] <= now - self.rhythm.horizon:
            self._begun.popleft()

    def _had(self) -> int:
        return sum(reply.edits - 1 for reply in self.replies if reply.edits > 1)

    def _share(self, now: float) -> float:
        """How many edits in between each reply may have, when all have as many."""
        self._forget_begun(now)
        begun = len(self._begun) + self.elsewhere.begun
        count = self._running + self.rhythm.newcomers * begun
        if not count:
            return 0.0
        had = self._had() + self.elsewhere.had
        return max(0.0, (self.updates.left(now) - count - self.rhythm.spare + had) / count)

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
