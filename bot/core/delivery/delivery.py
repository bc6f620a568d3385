"""Defines what pacing may know of an answer on its way to its reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.conversation.incoming import ThreadKey

MOST_MESSAGES = 20
"""Messages that one answer may fill: a thread is there for others as well."""


@dataclass(slots=True)
class Timeline:
    """Holds when what happened to an answer: seconds, on whatever clock `now` is."""

    began_at: float | None = None  # when the first text came
    ended_at: float | None = None  # when the model was done
    unseen_since: float | None = None  # when the oldest text came that no call has carried yet
    sent_at: float = float("-inf")  # when the last call left
    not_before: float = float("-inf")  # after a failure: when to try again
    landed: int = 0  # calls that Slack has taken, the first included

    def came(self, now: float) -> None:
        """Text came that no reader has seen."""
        if self.began_at is None:
            self.began_at = now
            # A resumed answer was shown last by somebody else: when, nobody knows.
            self.sent_at = max(self.sent_at, now) if self.landed else self.sent_at
        if self.unseen_since is None:
            self.unseen_since = now

    def leave(self, now: float) -> float | None:
        """A call leaves with all there is. Returns since when its oldest text had waited."""
        since, self.unseen_since, self.sent_at = self.unseen_since, None, now
        return since

    def withdraw(self, since: float | None) -> None:
        """The call that left last has shown nothing: what it carried, since then, is unseen again."""
        self.unseen_since = self.sent_at if since is None else since


class Delivery(Protocol):
    """One answer, as far as pacing has to know it: which call it would make next, and since when its reader has waited.

    `bot.core.delivery.reply.Reply` shows an answer by snapshots: a refused one is not repeated, and half a mark may be closed for
    now, since the next snapshot replaces it. `bot.core.delivery.stream.StreamedReply` shows it by Slack's native stream, which only
    ever adds, and so answers differently:

    ============== ===============================================================================================
    `method`       `chat.startStream`, then `chat.appendStream`; `chat.stopStream` where it is `closing`. Slack's pages
                   allow 20, 100 and 20 a minute, so each has a budget of its own.
    `wants`        True where text has come that no call has carried. Where none of it is certain yet, its call is None.
    `closing`      True at the model's end, and before Slack ends the stream by itself: after some five minutes, or some
                   12,000 characters (seen, and not in Slack's pages). What follows is a stream of its own.
    `spill`        Goes on by posting where no stream can be begun; where none can be ended in time, adds the last words before.
    ============== ===============================================================================================
    """

    @property
    def thread(self) -> ThreadKey:
        """Returns where it goes."""
        ...

    @property
    def method(self) -> str:
        """The method of the call that it would make next: what that is paid from."""
        ...

    @property
    def wants(self) -> bool:
        """Tells whether it has something to send that nothing in flight already carries."""
        ...

    @property
    def writing(self) -> bool:
        """Tells whether its model may still add words."""
        ...

    @property
    def closing(self) -> bool:
        """Tells whether what it sends next completes a message: it must leave at once, and must not be dropped."""
        ...

    @property
    def at_boundary(self) -> bool:
        """Tells whether its text ends where readers may pause: first words behind a whole word, later ones behind a sentence."""
        ...

    @property
    def timeline(self) -> Timeline:
        """Tells when what happened to it."""
        ...

    def watch(self, changed: Callable[[], object]) -> None:
        """Calls `changed` from now on whenever any of this may have changed; where text only made the next call longer, it has not."""
        ...

    def spill(self) -> None:
        """Go on by a method that has a budget of its own, if the answer is such that it can: the next call cannot be had in time."""
        ...
