"""Takes Stop away from messages that are complete and had no edit for that, once there is one to spare.

Where edits run out, the rest of an answer is posted as a message of its own (`bot.core.pacing.pacing`), and the message before it
stays as it is, with Stop below it. Nobody's words wait for such an edit, so it leaves only where half of all that a minute allows is
free. A turn is over in its thread before that, and on the engine's record only after it: where the process ends meanwhile, whoever takes
the turn on finds the message as it stands. Where turns outlive no process it stays, and who presses it is told that its answer is over.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from bot.core.conversation.incoming import Kind
from bot.core.delivery.controls import AnswerEnd, Controls
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.slack_calls import Body, Update
from bot.delivery.pending_edits import PendingEdits
from bot.errors import RateLimited, SlackError, SlackUnreachable
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.pacing.budget import Budget
    from bot.delivery.paid_calls import PaidCalls
    from bot.delivery.session import MessageSurface
    from bot.language.catalogue import Language

TO_SPARE = 0.5  # of a minute's edits
AGAIN = 5.0  # seconds after which it is looked at again whether there is one to spare, or what failed is tried again
MOST = 100  # messages, the newest: what is older has been seen by whoever wanted to see it


class Leftover(NamedTuple):
    """The edit that would take Stop away from a message of the answer."""

    answer: AnswerKey
    update: Update


class LeftoverControls:
    """Knows the messages of a workspace below which Stop was left. Its calls are the sender's to make."""

    def __init__(
        self,
        surface: MessageSurface,
        calls: PaidCalls,
        budget: Budget,
        *,
        clock: Callable[[], float],
    ) -> None:
        self._surface = surface
        self._budget = budget
        self._clock = clock
        self._calls = calls
        self._left: deque[Leftover] = deque()
        self._in_flight = False
        self._not_before = float("-inf")
        self._pending = PendingEdits()

    def add(self, answer: AnswerKey, updates: Iterable[Update]) -> None:
        """These would take Stop away from messages of the answer."""
        for update in updates:
            while len(self._left) >= MOST:  # one that came back from Slack may be beyond it
                self._pending.settle(self._left.popleft().answer)
            self._left.append(Leftover(answer, update))
            self._pending.add(answer)

    async def look_for(
        self, answer: AnswerKey, posted: Mapping[int, str], language: Language, *, end: AnswerEnd
    ) -> None:
        """Takes Stop away below messages of an answer that is over, and was another process's, where that is still to be done.

        `posted` are its messages by their part's number, and `end` is how it ended. What can be pressed then is in the `language`.
        """
        for part, ts in posted.items():
            try:
                shown = await self._surface.read(answer.thread, ts)
            except SlackError as error:
                tell(facts.SurplusRefused(kind=type(error).__name__, error=str(error)))
                return
            if shown is not None and shown.live:
                is_last = ts == max(posted.values(), key=float)
                over = Controls(answer.tag, end, direct=answer.kind is Kind.DIRECT) if is_last else None
                body = Body(shown.text, shown.text, Dialect.BLOCK, over, language)
                self.add(answer, [Update(answer.thread, part, ts, body, last=True)])

    def owes(self, answer: AnswerKey) -> bool:
        """Tells whether Stop stands below one of the answer's messages, and will not stay there."""
        return answer in self._pending

    async def removed(self, answer: AnswerKey) -> None:
        """Returns once Stop stands below none of the answer's messages, or has to stay there."""
        await self._pending.settled(answer)

    def due(self, now: float) -> Leftover | None:
        """Returns one that may leave now, which is then the caller's to `send`; None where there is none, or none to spare."""
        if not self._left or self._in_flight or now < self._not_before or not self._budget.free(now):
            return None
        if min(self._budget.left(now)) < TO_SPARE * self._budget.limit(now):
            return None
        self._budget.leave()
        self._in_flight = True
        return self._left.popleft()

    def wake_at(self, now: float) -> float:
        """Returns when to look again, `inf` where nothing is left."""
        return now + AGAIN if self._left and not self._in_flight else float("inf")

    async def send(self, left: Leftover) -> None:
        """Makes the call. It is made again later where Slack or the other replicas have nothing to spare for it, or Slack says nothing."""
        try:
            slots = 1 + int(TO_SPARE * self._budget.limit(self._clock()))
            if await self._calls.fits(left.update, self._budget, slots=slots):
                await self._call(left)
            else:
                self._keep(left)
        finally:
            self._in_flight = False

    async def _call(self, left: Leftover) -> None:
        try:
            await self._calls.carry_out(left.update, self._budget)
        except (RateLimited, SlackUnreachable):
            self._keep(left)
        except SlackError as error:
            tell(facts.SurplusRefused(kind=type(error).__name__, error=str(error)))
            self._pending.settle(left.answer)
        else:
            self._pending.settle(left.answer)

    def _keep(self, left: Leftover) -> None:
        self._left.append(left)
        self._not_before = self._clock() + AGAIN
