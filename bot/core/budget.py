"""What a workspace still lets us send by one method.

Slack counts per method, workspace and app, all messages together: `chat.update` 50 a minute for everyone. A budget is
therefore one for a (workspace, method), shared by all running replies.
"""

from __future__ import annotations

from collections import deque

UPDATE_LIMIT, UPDATE_WINDOW = 50, 60.0
"""`chat.update` is tier 3: "50+ per minute" (docs.slack.dev, Web API rate limits; chat.update)."""

POST_LIMIT, POST_WINDOW = 5, 5.0
"""Posting is "1 per second per channel, short bursts allowed" (docs.slack.dev, Web API rate limits)."""


class Budget:
    """A sliding window, and the deadline of Slack's last 429.

    At most `limit` calls in any `window` seconds, which every way of counting allows: a bucket that refills evenly,
    fixed windows and a sliding one. A call counts from the moment it leaves until a window after its answer, since
    nobody knows when in between Slack has seen it.
    """

    def __init__(self, limit: int, window: float) -> None:
        self.limit = limit
        self.window = window
        self._in_flight = 0
        self._answered: deque[float] = deque()
        self._closed_until = float("-inf")

    def free(self, now: float) -> int:
        """How many calls may leave at `now`. 0 under a 429."""
        if now < self._closed_until:
            return 0
        return max(0, self._left(now))

    def free_at(self, now: float, *, slots: int = 1) -> float:
        """The earliest time from `now` on at which `slots` calls may leave, as far as is known now.

        `inf` where that depends on calls in flight: their answers will tell.
        """
        missing = slots - self._left(now)
        if missing <= 0:
            return max(now, self._closed_until)
        if missing > len(self._answered):
            return float("inf")
        return max(self._answered[missing - 1] + self.window, self._closed_until)

    def leave(self) -> None:
        """A call leaves. Its answer, or the end of our waiting for one, must follow with `answered`."""
        self._in_flight += 1

    def answered(self, now: float) -> None:
        """A call has come back, with whatever answer: Slack counts the refused ones too."""
        self._in_flight -= 1
        self._answered.append(now)

    def limited(self, now: float, retry_after: float) -> None:
        """Slack answered 429: nothing before `retry_after` seconds have passed."""
        # Never backwards: a call that was in flight when the limit hit must not lift it.
        self._closed_until = max(self._closed_until, now + retry_after)

    def _left(self, now: float) -> int:
        while self._answered and self._answered[0] + self.window <= now:
            self._answered.popleft()
        return self.limit - self._in_flight - len(self._answered)
