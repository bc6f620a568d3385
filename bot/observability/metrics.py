"""Counts what facts tell, for Prometheus: one hook, one registry a process.

No label says who or where: no person, channel or thread, and nothing that anybody wrote. Labels are Slack's methods, our own
error classes, and a few words for how something ended. docs/operating.md lists all of them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge, Histogram

from bot.observability import facts
from bot.observability.current_turn import TURN

if TYPE_CHECKING:
    from collections.abc import Callable

    from prometheus_client import CollectorRegistry

    from bot.core.conversation.answer_key import AnswerKey

SHORT = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 30.0)  # seconds
LONG = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 900.0)


class Metrics:
    """Hears facts, in whichever thread they happen, and keeps the figures that a scrape asks for.

    `clock` tells seconds; of the time of day nothing depends.
    """

    def __init__(self, registry: CollectorRegistry, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._running: set[AnswerKey] = set()
        self._begun: dict[AnswerKey, float] = {}  # when it began, until its first words are out
        self._ages: dict[AnswerKey, float] = {}  # of the newest word that the last call of a reply carried

        def counter(name: str, words: str, *labels: str) -> Counter:
            return Counter(f"teleprinter_{name}", words, labels, registry=registry)

        def histogram(name: str, words: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"teleprinter_{name}", words, buckets=buckets, registry=registry)

        self._turns_started = counter("turns_started", "Turns begun here, adopted ones included")
        self._turns_running = Gauge("teleprinter_turns_running", "Turns at work here", registry=registry)
        self._turns_ended = counter("turns_ended", "Turns that are over, by how they ended", "outcome")
        self._turns_adopted = counter("turns_adopted", "Turns of dead replicas that went on here")
        self._turns_given_up = counter("turns_given_up", "Turns that killed too many processes")
        self._turn_seconds = histogram("turn_seconds", "From the beginning of a turn to its end", LONG)
        self._first_text = histogram(
            "first_text_seconds", "From the beginning of a turn to its first words", LONG
        )
        self._word_age = histogram(
            "edit_age_seconds", "From the newest word of a call to Slack's having it", SHORT
        )
        self._chars_shown = counter("chars_shown", "Characters of answers, when Slack has first taken them")
        self._chars_delay = counter(
            "chars_delay_seconds", "How long each of them has waited since the model sent it, added up"
        )
        self._last_word = histogram("last_word_seconds", "The same of the last call of an answer", SHORT)
        self._slack_calls = counter(
            "slack_calls", "Calls that show an answer, by what became of them", "method", "outcome"
        )
        self._coalesced = counter(
            "deltas_coalesced", "Pieces of answers that went along with another in one call"
        )
        self._slack_limited = counter("slack_limited", "Answers 429, by method", "method")
        self._model_failures = counter(
            "model_failures", "Failures that people were told of, by our error's class", "kind"
        )
        self._first_chunk = histogram(
            "model_first_chunk_seconds", "From a call of a model to the first that it sends", LONG
        )
        self._cost = counter("cost", "What answers have cost, in the currency of the prices", "model")
        self._requests = counter(
            "slack_requests", "Calls to Slack of every kind, by what became of them", "method", "outcome"
        )
        self._tokens = counter("tokens", "Tokens as providers count them", "direction")
        self._tools = counter("tool_calls", "Calls of tools, by what became of them", "server", "outcome")
        self._approvals = counter(
            "approvals", "Actions that people were asked for, by what was decided", "outcome"
        )
        self._turned_away = counter("http_turned_away", "Requests refused at the HTTP door", "kind")
        self._events_again = counter("events_again", "Questions that Slack delivered again")
        self._database_up = Gauge(
            "teleprinter_database_up", "Whether the database takes what is to be kept", registry=registry
        )
        self._database_up.set(1)

    def __call__(self, fact: facts.Fact) -> None:
        """Hears what has happened. Most facts are for the log alone."""
        match fact:
            case facts.TurnFact():
                self._hear_turn(fact)
            case facts.EditSent():
                self._sent(fact)
            case facts.EditWithdrawn() | facts.EditFailed():
                how = "withdrawn" if isinstance(fact, facts.EditWithdrawn) else "failed"
                self._slack_calls.labels(fact.method, how).inc()
            case facts.DatabaseLost() | facts.DatabaseBack():
                self._database_up.set(isinstance(fact, facts.DatabaseBack))
            case _:
                self._count(fact)

    def _hear_turn(self, fact: facts.TurnFact) -> None:
        match fact:
            case facts.TurnStarted():
                self._turns_started.inc()
                self._running.add(fact.turn)
                self._turns_running.set(len(self._running))
                self._begun[fact.turn] = self._clock()
            case facts.TurnEnded():
                self._ended(fact)
            case facts.TurnTaken():
                self._forget(fact.turn)
            case facts.TurnGivenUp():
                self._turns_given_up.inc()
            case _:
                pass

    def _ended(self, fact: facts.TurnEnded) -> None:
        self._turns_ended.labels(fact.outcome).inc()
        self._forget(fact.turn)
        if fact.seconds is not None:
            self._turn_seconds.observe(fact.seconds)

    def _forget(self, turn: AnswerKey) -> None:
        """It is not at work here any more, if it ever was."""
        self._running.discard(turn)
        self._turns_running.set(len(self._running))
        self._begun.pop(turn, None)
        self._ages.pop(turn, None)

    def _sent(self, fact: facts.EditSent) -> None:
        self._slack_calls.labels(fact.method, "taken").inc()
        self._coalesced.inc(max(0, fact.deltas - 1))
        self._chars_shown.inc(fact.fresh)
        self._chars_delay.inc(max(0.0, fact.delay))
        turn = TURN.get()  # not by its thread, where the next one may wait already
        if fact.age is not None:
            self._word_age.observe(fact.age)
            if turn in self._running:
                self._ages[turn] = fact.age
        if turn is not None and (begun := self._begun.pop(turn, None)) is not None:
            self._first_text.observe(self._clock() - begun)

    def _count(self, fact: facts.Fact) -> None:
        match fact:
            case facts.TurnsAdopted():
                self._turns_adopted.inc(fact.turns)
            case facts.AnswerFailed():
                self._model_failures.labels(fact.kind).inc()
            case facts.HttpTurnedAway():
                self._turned_away.labels(fact.kind).inc(fact.times)
            case facts.PromptAgain():
                self._events_again.inc()
            case facts.ReplyShown():
                self._shown()
            case _:
                self._count_use(fact)

    def _shown(self) -> None:
        turn = TURN.get()
        if turn is not None and (age := self._ages.pop(turn, None)) is not None:
            self._last_word.observe(age)

    def _count_use(self, fact: facts.Fact) -> None:
        match fact:
            case facts.SlackCalled():
                self._requests.labels(fact.method, fact.outcome).inc()
            case facts.SlackLimited():
                self._slack_limited.labels(fact.method).inc()
            case facts.ModelCalled() if fact.first_chunk is not None:
                self._first_chunk.observe(fact.first_chunk)
            case facts.AnswerCharged():
                self._cost.labels(fact.model).inc(fact.micros / 1e6)
            case facts.TokensUsed():
                self._tokens.labels("input").inc(fact.input_tokens)
                self._tokens.labels("output").inc(fact.output_tokens)
            case facts.ToolUsed():
                self._tools.labels(fact.server, fact.outcome).inc()
            case facts.ApprovalDecided():
                self._approvals.labels(fact.outcome).inc()
            case _:
                pass
