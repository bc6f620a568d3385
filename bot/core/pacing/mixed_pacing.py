"""Paces the answers of a workspace that are shown by edits, and those that are streamed, beside each other.

    kind     first words              in between               last
    =======  =======================  =======================  =================================================
    edits    posts of its channel     50 a minute              of the same 50: one is kept for each running reply
    streams  20 a minute, where a     100 a minute, all of it  20 a minute: one is kept for each that is begun
             last call is left, too

Slack counts each method by itself, so no stream takes anything from an edit: each kind is planned over its own budgets, by the same
rule. What they share is the answers. One that is streamed no longer goes on by edits, and is paced with those from then on; one that
finds no stream to begin is posted at once, and one whose stream cannot be ended in time says all it has to say before
(`bot.core.delivery.stream`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.pacing.pacing import EDITS, STREAMS, Pacing

if TYPE_CHECKING:
    from bot.core.delivery.delivery import Delivery
    from bot.core.pacing.budget import Budget, Budgets
    from bot.core.pacing.edit_spacing import EditSpacing


class MixedPacing:
    """All running replies of one workspace, and what it lets us send. `edits` and `streams` are its halves."""

    def __init__(self, budgets: Budgets, schedule: EditSpacing | None = None) -> None:
        self.budgets = budgets
        self.edits = Pacing(budgets, schedule, methods=EDITS)
        self.streams = Pacing(budgets, schedule, methods=STREAMS)
        self._halves: dict[Delivery, Pacing] = {}

    def add(self, reply: Delivery, now: float) -> None:
        """`reply` is running from now on."""
        half = self._halves[reply] = self.streams if reply.method in STREAMS else self.edits
        half.add(reply, now)

    def remove(self, reply: Delivery) -> None:
        """`reply` is over."""
        self._halves.pop(reply).remove(reply)

    def survey(self, now: float) -> tuple[Delivery | None, float]:
        """Returns what `Pacing.survey` does, of all replies."""
        streamed, wake = self._survey_streams(now)
        if streamed is not None:
            return streamed, now
        edited, edits_wake = self.edits.survey(now)
        if self._move(self.edits, now):
            return self.survey(now)
        return edited, min(wake, edits_wake)

    def _survey_streams(self, now: float) -> tuple[Delivery | None, float]:
        if not self.streams.replies:  # as in most workspaces at most times
            self.streams.load.look(now)
            return None, float("inf")
        surveyed = self.streams.survey(now)
        self._move(self.streams, now)
        return surveyed

    @property
    def updates(self) -> Budget:
        """Returns what all edits of the workspace are paid from."""
        return self.edits.updates

    def slots(self, reply: Delivery | None, now: float) -> int:
        """Returns how many slots have to be free for the next call of `reply` to leave, or for an edit of no reply where it is None."""
        half = self.edits if reply is None else self._halves[reply]
        return half.slots(reply, now)

    def budget(self, reply: Delivery) -> Budget:
        """Returns what the next call of `reply` is paid from."""
        return self.budgets.of(reply.method, reply.thread.channel)

    def _move(self, half: Pacing, now: float) -> bool:
        """Puts those of a half to the other that go on by its methods. Tells whether there were any."""
        strayed = list(half.strayed)
        for reply in strayed:
            self.remove(reply)
            self.add(reply, now)
        return bool(strayed)
