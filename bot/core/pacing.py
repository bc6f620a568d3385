"""Whose edit goes next, and when, for all replies of a workspace together.

Three classes, in this order: what completes a message (it was promised from the start: every running reply has a slot
kept for it), first words, and edits in between. Within a class the reply goes first whose unseen text has waited
longest, so nobody starves. Edits in between are early close together and later further apart, and further apart the
more replies are running.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.core.reply import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.budget import Budget

NEVER = float("inf")
WORD = 0.25
"""Seconds that the first post waits for its first word to be whole. A token is often less than one."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How far apart, in seconds, the edits of one reply are: `first`, then `growth` times as far each time, up to `most`.

    With more than `alone` replies running, that many times further apart.
    """

    first: float = 0.5
    growth: float = 1.15
    most: float = 3.0
    alone: float = 1.5

    def gap(self, edits: int, *, running: int) -> float:
        """The least time between the `edits`-th edit and the next."""
        steps = min(max(edits - 1, 0), 50)  # a long answer must not overflow the power
        return min(self.first * self.growth**steps, self.most) * max(1.0, running / self.alone)


@dataclass(slots=True)
class Pacing:
    """The running replies of one workspace, and what it lets us send.

    `posts` gives the posting budget of a channel.
    """

    updates: Budget
    posts: Callable[[str], Budget]
    rhythm: Rhythm = field(default_factory=Rhythm)
    replies: list[Reply] = field(default_factory=list[Reply])

    def choose(self, now: float) -> Reply | None:
        """The reply whose edit should leave now; None where none may."""
        ready = [reply for reply in self.replies if reply.wants and self._ready_at(reply, now) <= now]
        return min(ready, key=_rank, default=None)

    def wake_at(self, now: float) -> float:
        """When to ask again if nothing happens until then; `inf` where only a delta or an answer can change anything."""
        return min((self._ready_at(reply, now) for reply in self.replies if reply.wants), default=NEVER)

    def budget(self, reply: Reply) -> Budget:
        """What the next edit of `reply` is paid from."""
        return self.posts(reply.thread.channel) if reply.unposted else self.updates

    def _ready_at(self, reply: Reply, now: float) -> float:
        free_at = self.budget(reply).free_at(now, slots=self._slots(reply))
        return max(free_at, reply.not_before, self._due_at(reply))

    def _slots(self, reply: Reply) -> int:
        """How many must be free: an edit in between leaves one for each running reply's last."""
        if reply.unposted or reply.closing:
            return 1
        # Never all of them: with as many replies as slots, each would wait for the others.
        return 1 + min(len(self.replies), self.updates.limit - 1)

    def _due_at(self, reply: Reply) -> float:
        if reply.closing or (reply.unposted and reply.begun):
            return float("-inf")
        if reply.unposted:
            return (reply.unseen_since or 0.0) + WORD
        return reply.sent_at + self.rhythm.gap(reply.edits, running=len(self.replies))


def _rank(reply: Reply) -> tuple[bool, bool, float]:
    since = reply.sent_at if reply.unseen_since is None else reply.unseen_since
    return (not reply.closing, not reply.unposted, since)
