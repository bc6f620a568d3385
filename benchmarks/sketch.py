"""A load under a rule of pacing without the replier around it: no tasks, no Markdown, a hundredth of the time.

The pacing, its budgets and Slack's limits are the real ones, and an answer is a count of words. So many loads can be played that a rule
is judged by what it gives on average; that the whole bot gives the same is shown by a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from benchmarks.measure import Answer, Figures
from benchmarks.scenarios import LATENCY
from bot.core.conversation.incoming import ThreadKey
from bot.core.delivery.delivery import Timeline
from bot.core.delivery.slack_calls import Post, Update
from bot.core.pacing.budget import workspace_budgets
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.scenarios import Question, Scenario
    from bot.core.pacing.budget import Budgets
    from bot.core.pacing.pacing import Pacing

WHOLE = 1e-9  # of a word: one that is due at this very moment is written


@dataclass(eq=False)
class Sketch:
    """An answer as a count of words: what pacing may know of it, as of a `Reply`."""

    question: Question
    thread: ThreadKey
    answer: Answer
    timeline: Timeline = field(default_factory=Timeline)
    writing: bool = True
    in_flight: bool = False
    spilling: bool = False
    carried: int = 0  # words that have left
    messages: int = 0
    changed: Callable[[], object] = lambda: None

    @property
    def method(self) -> str:
        return Update.method if self.messages and not self.spilling else Post.method

    @property
    def closing(self) -> bool:
        return not self.writing

    @property
    def wants(self) -> bool:
        return not self.in_flight and self.carried < len(self.answer.generated)

    @property
    def at_boundary(self) -> bool:
        return self.method == Post.method  # whole words, but no sentences

    @property
    def over(self) -> bool:
        """Whether its reader has all of it."""
        return self.closing and len(self.answer.visible) == self.question.words

    def watch(self, changed: Callable[[], object]) -> None:
        self.changed = changed

    def spill(self) -> None:
        if self.wants and self.closing and self.messages:
            self.spilling = True
            self.changed()

    def due(self, word: int) -> float:
        """When the model has written so many words."""
        return self.question.start + word / self.question.rate

    def write(self, now: float) -> None:
        """The model has written what is due by `now`."""
        generated = self.answer.generated
        while len(generated) < self.question.words and self.due(len(generated) + 1) <= now + WHOLE:
            self.answer.wrote(self.due(len(generated) + 1))
        if len(generated) > self.carried:
            self.timeline.came(now)
        if self.writing and len(generated) == self.question.words:
            self.writing, self.timeline.ended_at = False, now
        self.changed()

    def take(self, now: float) -> int:
        """A call leaves; returns how many words it shows."""
        self.write(now)
        self.timeline.leave(now)
        self.in_flight, self.carried = True, len(self.answer.generated)
        self.changed()
        return self.carried

    def land(self, words: int, now: float) -> None:
        """Slack shows so many words."""
        self.messages += self.method == Post.method
        self.answer.messages[str(self.messages)] = ""
        self.answer.visible.extend([now] * (words - len(self.answer.visible)))
        self.in_flight = self.spilling = False
        self.timeline.landed += 1
        self.changed()

    def refuse(self, words: int, now: float) -> None:
        """Slack has not taken it."""
        self.in_flight, self.carried = False, len(self.answer.visible)
        self.timeline.withdraw(None)
        self.timeline.not_before = now
        self.changed()


class Stage:
    """Plays a scenario. What happens stands in a heap by its time."""

    def __init__(
        self, scenario: Scenario, make: Callable[[Budgets], Pacing], *, limits: Limits | None = None
    ) -> None:
        self.answers = [Answer() for _ in scenario.questions]
        self.calls = self.limited = 0
        self._pacing = make(workspace_budgets())
        self._limits = limits or Limits.strict()
        self._order = count()
        self._coming: list[tuple[float, int, Callable[[float], None]]] = []
        for number, question in enumerate(scenario.questions):
            channel = f"C{number % (scenario.channels or len(self.answers))}"
            sketch = Sketch(question, ThreadKey("T", channel, f"{number}.0"), self.answers[number])
            self._at(question.start, partial(self._ask, sketch))

    def play(self) -> None:
        """All of it, to the last word."""
        self._pacing.survey(0.0)
        while self._coming:
            now = self._coming[0][0]
            while self._coming and self._coming[0][0] <= now:
                heappop(self._coming)[2](now)
            self._send_due(now)

    def _at(self, when: float, what: Callable[[float], None]) -> None:
        heappush(self._coming, (when, next(self._order), what))

    def _ask(self, sketch: Sketch, now: float) -> None:
        self._pacing.add(sketch, now)
        self._await_word(sketch)
        self._at(sketch.question.end, sketch.write)

    def _await_word(self, sketch: Sketch) -> None:
        if sketch.carried < sketch.question.words:
            self._at(sketch.due(sketch.carried + 1), sketch.write)

    def _send_due(self, now: float) -> None:
        while True:
            due, wake_at = self._pacing.survey(now)
            if due is None:
                break
            assert isinstance(due, Sketch)
            self._send(due, now)
        if self._pacing.replies and wake_at < (self._coming[0][0] if self._coming else float("inf")):
            self._at(wake_at, lambda _now: None)

    def _send(self, sketch: Sketch, now: float) -> None:
        budget, method = self._pacing.budget(sketch), sketch.method
        words = sketch.take(now)
        self._await_word(sketch)
        budget.leave()
        self.calls += 1

        def answer(then: float) -> None:
            wait = self._limits.take(method, team="T", app="A", channel=sketch.thread.channel, now=then)
            if wait:
                self.limited += 1
                budget.limited(then, wait)
                sketch.refuse(words, then)
            else:
                budget.taken(then)
                sketch.land(words, then)
            budget.answered(then)
            if sketch.over:
                self._pacing.remove(sketch)

        self._at(now + LATENCY, answer)


def sketch(scenario: Scenario, make: Callable[[Budgets], Pacing]) -> Figures:
    """The figures of a scenario under the pacing that is made so."""
    stage = Stage(scenario, make)
    stage.play()
    return Figures.of(stage.answers, calls=stage.calls, limited=stage.limited)
