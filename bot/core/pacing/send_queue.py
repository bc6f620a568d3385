"""Finds which of all running replies comes next, in heaps, so that nobody has to look at all of them.

*What always holds.* A reply stands in a queue once at most. Who moves leaves its item behind; that it is old tells its number, and it is
thrown away where it comes to the top. So a move costs one push now and one pop later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from bot.core.delivery.slack_calls import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.core.delivery.delivery import Delivery

NEVER = float("inf")


@dataclass(eq=False, slots=True)
class QueuedReply:
    """Keeps what is known of a running reply."""

    reply: Delivery
    number: int  # of the reply, in the order in which they began
    lean: float  # how near to one more edit a part of one has to be
    row: list[float] = field(default_factory=list[float])  # what it wants, as it counts among what all want
    # Whether it was written, and since when, as `row` was guessed.
    phase: tuple[bool, bool, float | None] | None = None
    begun: bool = False  # whether a message of its stands in Slack
    left: float = 0.0  # for how many seconds it was likely to go on as its last call left ...
    sent_at: float | None = None  # ... which was then


class PriorityQueue:
    """Orders entries by their keys, least first; where keys are alike, by who began first."""

    def __init__(self) -> None:
        self._stamps = count()
        self._stands: dict[QueuedReply, int] = {}
        self._heap: list[tuple[float, int, int, QueuedReply]] = []

    def push(self, key: float, entry: QueuedReply) -> None:
        """Places `entry`, or moves it."""
        stamp = self._stands[entry] = next(self._stamps)
        heappush(self._heap, (key, entry.number, stamp, entry))

    def discard(self, entry: QueuedReply) -> None:
        """Takes it out, if it is here."""
        self._stands.pop(entry, None)

    def peek(self) -> tuple[float, QueuedReply | None]:
        """Returns the least key and its entry; `inf` and None where there is none."""
        while self._heap:
            key, _, stamp, entry = self._heap[0]
            if self._stands.get(entry) == stamp:
                return key, entry
            heappop(self._heap)
        return NEVER, None

    @property
    def entries(self) -> list[QueuedReply]:
        """Returns all that stand here."""
        return list(self._stands)

    def until(self, now: float) -> Iterator[QueuedReply]:
        """Takes out those whose key is `now` or before."""
        while (found := self.peek())[0] <= now and found[1] is not None:
            heappop(self._heap)
            del self._stands[found[1]]
            yield found[1]


@dataclass(frozen=True, slots=True)
class Lane:
    """Names the calls of one class that are paid from one budget. `posts` are those that make a message in `channel`."""

    closing: bool
    posts: bool
    channel: str = ""

    @property
    def rank(self) -> tuple[bool, bool]:
        """Returns less for what goes first."""
        return (not self.closing, not self.posts)


BETWEEN = Lane(closing=False, posts=False)
LAST = Lane(closing=True, posts=False)


class SendQueue:
    """Knows where each reply stands: in no queue, in that of a timer, or in a lane, by how long its reader has waited."""

    def __init__(self) -> None:
        self.timers = PriorityQueue()  # last edits and first words, by when they are looked at
        self.gaps = PriorityQueue()  # edits in between, likewise
        self.lanes: dict[Lane, PriorityQueue] = {}
        self._stands: dict[QueuedReply, PriorityQueue] = {}
        self._last: dict[
            QueuedReply, bool
        ] = {}  # last edits, and whether they were asked to go on by posting
        self._posts: dict[str, set[QueuedReply]] = {}

    def is_shared(self, channel: str, entry: QueuedReply) -> bool:
        """Tells whether another post than that of `entry` waits in `channel`."""
        posts = self._posts.get(channel, set())
        return len(posts) > (entry in posts)

    def place(self, entry: QueuedReply, *, timer: float | None) -> QueuedReply | None:
        """Moves `entry` to where it belongs. Its call may leave, as far as it is concerned, where it waits for no `timer`. Returns the
        one who had waited alone for a post in that channel and does so no longer, if any."""
        lane = lane_of(entry.reply)
        posts = self._posts.get(lane.channel, set()) if lane.posts else set[QueuedReply]()
        alone = next(iter(posts)) if len(posts) == 1 and entry not in posts else None
        self.discard(entry)
        if lane == LAST:
            self._last[entry] = False
        if lane.posts:
            self._posts.setdefault(lane.channel, set()).add(entry)
        if timer is None:
            queue, key = self.lanes.setdefault(lane, PriorityQueue()), waited_since(entry.reply)
        else:
            queue, key = self.gaps if lane == BETWEEN else self.timers, timer
        queue.push(key, entry)
        self._stands[entry] = queue
        return alone

    def discard(self, entry: QueuedReply) -> None:
        """Takes `entry` from where it stands."""
        self._last.pop(entry, None)
        channel = entry.reply.thread.channel
        if posts := self._posts.get(channel):
            posts.discard(entry)
            if not posts:
                del self._posts[channel]
        if (queue := self._stands.pop(entry, None)) is not None:
            queue.discard(entry)

    def heads(self) -> Iterator[tuple[Lane, float, QueuedReply]]:
        """Yields each lane with its first, and since when that one's reader waits."""
        for lane in list(self.lanes):
            since, entry = self.lanes[lane].peek()
            if entry is None:
                del self.lanes[lane]
            else:
                yield lane, since, entry

    def first(self, lane: Lane) -> QueuedReply | None:
        """Returns the first of `lane`; None where nobody stands there."""
        return self.lanes[lane].peek()[1] if lane in self.lanes else None

    @property
    def last_edits(self) -> int:
        """Returns how many replies wait for their last edit."""
        return len(self._last)

    def spill(self, *, but: int) -> None:
        """Lets last edits go on by posting, all but the first so many. Each is asked once: what forbids it may change only where the
        reply does."""
        if len(self._last) <= but:
            return
        line = sorted(self._last, key=lambda entry: (waited_since(entry.reply), entry.number))
        for entry in line[max(0, but) :]:
            if not self._last[entry]:
                self._last[entry] = True
                entry.reply.spill()

    def turn_away(self) -> None:
        """Lets those go on by another method who wait to make a message: none can be had now."""
        for lane in [lane for lane in self.lanes if lane.posts]:
            for entry in self.lanes[lane].entries:
                entry.reply.spill()


def lane_of(reply: Delivery) -> Lane:
    """Returns where the next call of `reply` stands in line."""
    if reply.method in BEGINNING:
        return Lane(reply.closing, posts=True, channel=reply.thread.channel)
    return LAST if reply.closing else BETWEEN


def waited_since(reply: Delivery) -> float:
    """Returns since when its reader has waited."""
    times = reply.timeline
    return times.sent_at if times.unseen_since is None else times.unseen_since
