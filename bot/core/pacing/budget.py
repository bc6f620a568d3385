"""Says what a workspace still lets us send, by method.

Slack counts per method, workspace and app, all messages together: `chat.update` 50 a minute for everyone. A budget is
therefore one for a (workspace, method), shared by all running replies, also by those of other replicas: see `ledger`. Posts are
counted by channel besides.

Slack publishes floors ("50+ per minute") and no bursts, so a budget keeps to the floor and learns from what it hears. A
429 below the floor lowers it, and is forgotten little by little. It teaches once: what is refused after it, before anything
was taken again or within the same window, only says that the wait is not over, so that a bad minute is not paid for by the
ten that follow. After a 429 one call goes ahead alone; while such calls are refused in a row, the next waits longer.
More than the floor is tried only where the operator allows it (`most`), only by a call that would otherwise come late, one
step at a time; a 429 ends that for a while.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.backoff import Backoff
from bot.core.delivery.slack_calls import AppendStream, Post, StartStream, StopStream, Update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

UPDATE_LIMIT, UPDATE_WINDOW = 50, 60.0
"""`chat.update` is tier 3: "50+ per minute" (docs.slack.dev, Web API rate limits; chat.update)."""

POST_LIMIT = 3
"""Posting is "1 per second per channel", and "short bursts" above it are allowed (docs.slack.dev, Web API rate limits).
How long a short burst is, nobody says: so many messages in as many seconds are our reading, and a 429 makes it shorter.
`python -m benchmarks` has the price: five who ask at once in one channel wait 0.9 s for a word instead of 0.65 s with five."""

START_LIMIT, APPEND_LIMIT, STOP_LIMIT = 20, 100, 20
"""In `UPDATE_WINDOW` seconds: `chat.startStream` and `chat.stopStream` are tier 2, "20+ per minute", `chat.appendStream` is tier 4,
"100+ per minute" (docs.slack.dev, the methods' own pages; Slack's Java SDK, MethodsRateLimits, has the same)."""

LEAST = 2
"""Calls in a window that are always tried: with fewer an answer would be posted and never finished."""

REFUSED = Backoff(1.0, longest=16.0)
"""Between two calls that are refused in a row, at least. Slack's own wait counts where it is longer."""

LONGEST_BURST = 10
"""Posts in a channel, the longest burst that Slack might mean: we keep to each from ours up to that."""

PROBE = 0.5
"""Seconds after which we look again how the call has fared that goes ahead after a 429."""

NEWS = 0.5
"""Seconds by which another replica's deadline has to be later than ours to be another one: clocks are compared over a network."""

FORGET = 600.0
"""Seconds after which what a 429 taught is forgotten: a workspace that was busy once is not busy for ever."""


@dataclass(slots=True)
class Lesson:
    """Holds what Slack's 429s have taught of a method in a workspace. One for all budgets of the method, also where those are
    counted by channel: a 429 is for the method in the workspace.
    """

    closed_until: float = float("-inf")
    lowered: tuple[float, float] | None = None  # to how many calls in a window, and when
    refusals: int = 0  # in a row
    taken_at: float = float("-inf")  # when Slack last took a call
    in_flight: int = 0

    def refused(self, now: float, retry_after: float) -> None:
        """A 429. Those of calls that left together count as one."""
        self.refusals += now >= self.closed_until
        wait = max(retry_after, REFUSED.pause(self.refusals))
        # Never backwards: a call that was in flight when the limit hit must not lift it.
        self.closed_until = max(self.closed_until, now + wait)

    def teaches(self, now: float, window: float) -> bool:
        """Tells whether a 429 at `now` says more than that the wait is not over yet."""
        if self.lowered is None:
            return True
        since = self.lowered[1]
        return self.taken_at > since and now >= since + window


class Budget:
    """A sliding window, and the deadline of Slack's last 429.

    At most `limit` calls in any `window` seconds, which every way of counting allows: a bucket that refills evenly,
    fixed windows and a sliding one. A call counts from the moment it leaves until a window after its answer, since
    nobody knows when in between Slack has seen it. Urgent calls may feel their way above `limit`, up to `most` of them in a
    window: a ceiling, not something that is added to the limit.
    Where it is a `burst`, so many calls in as many seconds or the like, a lower limit is a shorter burst, not a slower pace.
    """

    def __init__(
        self,
        limit: int,
        window: float,
        *,
        most: int | None = None,
        burst: bool = False,
        lesson: Lesson | None = None,
    ) -> None:
        self._window = window
        self.window = max(window, LONGEST_BURST * window / limit) if burst else window
        """Seconds after which a call counts no more."""
        self._floor = limit
        self._most = max(limit, most or limit)
        self._least = 1 if burst else min(limit, LEAST)
        self._burst = burst
        self._proven = limit  # the most calls in a window that Slack has taken without a word
        self._in_flight = 0
        self._answered: deque[float] = deque()
        self._lesson = lesson or Lesson()
        self._others: list[float] = []  # since when the calls of other replicas count, oldest first
        self._alone: tuple[int, float] | None = None  # how many replicas share, unheard, and since when

    def limit(self, now: float, *, urgent: bool = False) -> int:
        """Returns how many calls a window takes, as far as is known at `now`. An `urgent` one may try one more than was proven."""
        lowered = self._lesson.lowered
        if lowered is None or now >= lowered[1] + FORGET:
            return min(self._most, self._proven + 1) if urgent else self._floor
        to, since = lowered
        return int(to + (self._floor - to) * (now - since) / FORGET)

    def free(self, now: float) -> int:
        """Returns how many calls may leave at `now`. 0 under a 429."""
        if now < self._lesson.closed_until or self._probing():
            return 0
        left = self._left_in_all(now)
        return max(0, min(left, 1) if self._lesson.refusals else left)

    def closed_for(self, now: float) -> float:
        """For how many seconds Slack wants to hear nothing of the method; 0.0 where there is no such wait."""
        return max(0.0, self._lesson.closed_until - now)

    def left(self, now: float, *, urgent: bool = False, within: Sequence[float] = (0.0,)) -> list[int]:
        """Returns how many the window has left, a 429's deadline apart, with those that come back in so many seconds: one number for
        each of `within`. Below 0 where the limit was lowered meanwhile."""
        if self._burst or self._alone is not None:
            return [self._left_in_all(now, urgent=urgent, within=seconds) for seconds in within]
        left, window = self._left_in_all(now, urgent=urgent), self._window
        back = sorted(at + window for at in (*self._answered, *self._others))
        return [left + bisect_right(back, now + seconds) for seconds in within]

    def _left_in_all(self, now: float, *, urgent: bool = False, within: float = 0.0) -> int:
        return min(self._left(now, *span, within) for span in self._spans(now, urgent=urgent))

    def _left(self, now: float, limit: int, window: float, within: float = 0.0) -> int:
        left = limit - self._used(now, window, within)
        if self._alone is None:
            return left
        # What is left now is divided, and so is the limit for all that leaves from now on: together that is careful enough.
        sharers, since = self._alone
        share = max(LEAST, self.limit(now) // sharers)
        return min(left // sharers, share - self._in_flight - sum(at >= since for at in self._answered))

    def free_at(self, now: float, *, slots: int = 1, urgent: bool = False) -> float:
        """The earliest time from `now` on at which `slots` calls may leave, as far as is known now.

        `inf` where that depends on calls in flight: their answers will tell.
        """
        open_at = max(self._lesson.closed_until, now + PROBE if self._probing() else now)
        if slots <= self._left_at_least(now, urgent=urgent):
            return open_at  # of most channels, and asked for each in which somebody waits
        spans = self._spans(now, urgent=urgent)
        return max(open_at, *(self._free_at(now, slots, limit, window) for limit, window in spans))

    def _left_at_least(self, now: float, *, urgent: bool) -> int:
        """Returns how many calls may leave even if all that are known of count in every window; 0 where that has to be found out."""
        if self._alone is not None:
            return 0
        return self.limit(now, urgent=urgent) - self._in_flight - len(self._answered) - len(self._others)

    def _free_at(self, now: float, slots: int, limit: int, window: float) -> float:
        missing = slots - self._left(now, limit, window)
        if missing <= 0:
            return now
        counted = [at for at in sorted((*self._answered, *self._others)) if at + window > now]
        if self._alone is not None and counted:
            missing = min(missing * self._alone[0], len(counted))
        return counted[missing - 1] + window if missing <= len(counted) else float("inf")

    def leave(self) -> None:
        """A call leaves. Its answer, or the end of our waiting for one, must follow with `answered`."""
        self._in_flight += 1
        self._lesson.in_flight += 1

    def answered(self, now: float) -> None:
        """A call has come back, with whatever answer: Slack counts the refused ones too."""
        self.withdraw()
        self._answered.append(now)
        self._proven = min(self._most, max(self._proven, self._used(now, self._window)))

    def withdraw(self) -> None:
        """A call that was about to leave has not: another replica was quicker."""
        self._in_flight -= 1
        self._lesson.in_flight -= 1

    def allows(self, now: float, *, slots: int = 1, urgent: bool = False) -> bool:
        """Tells whether a call that is about to leave, and `slots` less one besides, are still within the limit."""
        lesson = self._lesson
        if now < lesson.closed_until or (lesson.refusals and lesson.in_flight > 1):
            return False
        return self._left_in_all(now, urgent=urgent) >= slots - 1

    @property
    def verdict(self) -> tuple[float, tuple[float, float] | None]:
        """Returns what Slack has taught by its 429s: until when to wait, and to how many calls the limit was lowered when."""
        return self._lesson.closed_until, self._lesson.lowered

    def hear(
        self, others: Iterable[float], *, closed_until: float, lowered: tuple[float, float] | None
    ) -> None:
        """Hears what the other replicas have spent, as times since which their calls count, and what Slack has taught them."""
        self._others = sorted(others)
        self._alone = None
        lesson = self._lesson
        if lowered is not None and closed_until > lesson.closed_until + NEWS:
            lesson.refusals = max(
                1, lesson.refusals
            )  # theirs is as good as ours: one call goes ahead here, too
        lesson.closed_until = max(lesson.closed_until, closed_until)
        if lowered is not None and (lesson.lowered is None or lowered[1] > lesson.lowered[1]):
            lesson.lowered = lowered

    def divide(self, sharers: int, now: float) -> None:
        """Nothing is heard of the others any more: until it is, take no more than an equal share."""
        if self._alone is None:
            self._alone = (sharers, now)

    def taken(self, now: float) -> None:
        """Slack has taken a call."""
        self._lesson.refusals = 0
        self._lesson.taken_at = now

    def limited(self, now: float, retry_after: float) -> None:
        """Slack answered 429 to a call that is still in flight: nothing before `retry_after` seconds have passed."""
        self._proven = self._floor
        lesson = self._lesson
        if lesson.teaches(now, self._window):
            ((_, window), *_) = self._spans(now)
            # The refused call does not count: so many were taken, and one more was too many. But whoever else spends from
            # the same tier may be the reason, so one refusal never takes away more than half.
            taken = max(self._least, self._used(now, window) - 1, self.limit(now) // 2)
            lesson.lowered = (min(self._floor, taken), now)
        lesson.refused(now, retry_after)

    def _probing(self) -> bool:
        """Tells whether a call has gone ahead alone after a 429."""
        return self._lesson.refusals > 0 and self._lesson.in_flight > 0

    def _spans(self, now: float, *, urgent: bool = False) -> list[tuple[int, float]]:
        """Returns how many calls fit which windows, all at once.

        Where it is a burst: n in n seconds for each n from the limit up, so that whoever allows just one of these longer
        bursts is content as well. With three in three seconds alone there would be six in just over three.
        """
        limit = self.limit(now, urgent=urgent)
        if not self._burst:
            return [(limit, self._window)]
        pace = self._window / self._floor
        return [(calls, calls * pace) for calls in range(limit, max(limit, LONGEST_BURST) + 1)]

    def _used(self, now: float, window: float, within: float = 0.0) -> int:
        """Returns how many calls count in that window, less those that come back `within` seconds."""
        while self._answered and self._answered[0] + self.window <= now:
            self._answered.popleft()
        while self._others and self._others[0] + self.window <= now:
            del self._others[0]
        # Added, not taken away: as in `_free_at`, so that rounding cannot hide what has just come back.
        back = (
            bisect_right(calls, now + within, key=lambda at: at + window)
            for calls in (self._answered, self._others)
        )
        return self._in_flight + len(self._answered) + len(self._others) - sum(back)


BY_CHANNEL = frozenset({Post.method})
"""The methods that Slack counts by channel."""


class Budgets:
    """The budgets of one workspace: one a method, or one a channel where Slack counts by channel.

    `makers` make them, by method, as they are first asked for.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Budget]]) -> None:
        self._makers = makers
        self._made: dict[str, Budget] = {}
        self._of_method: dict[str, Budget] = {}  # any one of each method: a 429 closes all of them

    def of(self, method: str, channel: str) -> Budget:
        """Returns what a call of `method` in `channel` is paid from. Raises KeyError for a method that has none."""
        name = budget_name(method, channel)
        if name not in self._made:
            self._made[name] = self._makers[method]()
            self._of_method.setdefault(method, self._made[name])
        return self._made[name]

    def is_closed(self, now: float) -> bool:
        """Tells whether Slack wants to hear nothing for now of any method that was asked for."""
        return any(budget.closed_for(now) > 0 for budget in self._of_method.values())

    def least_free(self, now: float) -> dict[str, int]:
        """Returns how many calls of each method may leave at `now`; where they are counted by channel, in the one that has least."""
        least = {method: make().limit(now) for method, make in self._makers.items()}
        for name, budget in self._made.items():
            method = name.partition(" ")[0]
            least[method] = min(least[method], budget.free(now))
        return least


def budget_name(method: str, channel: str) -> str:
    """Names the budget among all of a workspace; replicas that share it have its row under that name."""
    return f"{method} {channel}" if method in BY_CHANNEL else method


def workspace_budgets(
    *, updates: int = UPDATE_LIMIT, most: int | None = None, posts: int = POST_LIMIT
) -> Budgets:
    """The budgets of calls that show replies: so many updates a minute (`most` as in `Budget`), and so many posts in a row."""
    lesson = Lesson()
    return Budgets(
        {
            Update.method: lambda: Budget(updates, UPDATE_WINDOW, most=most),
            # As many in a row as seconds they are counted over: one a second in the long run.
            Post.method: lambda: Budget(posts, float(posts), burst=True, lesson=lesson),
            StartStream.method: lambda: Budget(START_LIMIT, UPDATE_WINDOW),
            AppendStream.method: lambda: Budget(APPEND_LIMIT, UPDATE_WINDOW),
            StopStream.method: lambda: Budget(STOP_LIMIT, UPDATE_WINDOW),
        }
    )
