"""What facts tell stands in the figures that Prometheus reads, and nothing of who or where."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from bot.observability import facts
from bot.observability.current_turn import TURN as CURRENT
from bot.observability.level_gauges import LevelGauges
from bot.observability.metrics import Metrics
from tests.fakes import an_answer

if TYPE_CHECKING:
    from bot.observability.facts import Fact

TURN = an_answer("1766458026.000100", channel="CSECRET", thread_ts="1766458026.000100")
STARTED = facts.TurnStarted(turn=TURN, attempt=1)
SENT = facts.EditSent(
    thread=TURN.thread, chars=9, method="chat.update", age=0.2, deltas=4, fresh=10, delay=3.5
)

CALLED = facts.ModelCalled(
    model="openai:x",
    provider="openai",
    seconds=2.0,
    first_chunk=0.5,
    input_tokens=1,
    output_tokens=1,
    finish="stop",
    error="",
)


class Figures:
    """A registry that has heard some facts, a second apart."""

    def __init__(self, *told: Fact) -> None:
        self.registry = CollectorRegistry()
        self.now = 100.0
        hook = Metrics(self.registry, clock=lambda: self.now)
        for fact in told:
            token = CURRENT.set(getattr(fact, "turn", TURN))
            hook(fact)
            CURRENT.reset(token)
            self.now += 1.0

    def __getitem__(self, name: str) -> float | None:
        return self.registry.get_sample_value(f"teleprinter_{name}")

    def of(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"teleprinter_{name}", labels)


def test_a_turn_counts_while_it_runs_and_by_how_it_ended() -> None:
    running = Figures(STARTED)
    assert (running["turns_started_total"], running["turns_running"]) == (1, 1)
    over = Figures(STARTED, facts.TurnEnded(turn=TURN, how="done", seconds=4.0))
    assert (over["turns_running"], over["turn_seconds_sum"]) == (0, 4.0)
    assert over.of("turns_ended_total", outcome="done") == 1


def test_a_turn_that_never_began_here_leaves_the_running_ones_alone() -> None:
    assert Figures(facts.TurnEnded(turn=TURN, how="over"))["turns_running"] == 0


def test_a_turn_that_another_replica_has_taken_runs_here_no_more() -> None:
    assert Figures(STARTED, facts.TurnTaken(turn=TURN))["turns_running"] == 0


def test_a_turn_that_was_ended_before_it_began_here_leaves_them_alone_too() -> None:
    assert Figures(facts.TurnEnded(turn=TURN, how="stopped", seconds=0.0))["turns_running"] == 0


@pytest.mark.parametrize(
    ("how", "outcome"), [("refused: too_many", "refused"), ("stopped", "stopped"), ("C024BE91L", "other")]
)
def test_how_a_turn_ended_is_one_of_a_few_words(how: str, outcome: str) -> None:
    assert Figures(facts.TurnEnded(turn=TURN, how=how)).of("turns_ended_total", outcome=outcome) == 1


def test_first_words_are_timed_once_a_turn() -> None:
    figures = Figures(STARTED, SENT, SENT)
    assert (figures["first_text_seconds_count"], figures["first_text_seconds_sum"]) == (1, 1.0)


def test_a_turn_that_waits_in_the_same_thread_is_timed_by_itself() -> None:
    waits = facts.TurnStarted(turn=an_answer("1766458027.000100", thread_ts=TURN.thread.thread_ts), attempt=1)
    assert Figures(STARTED, waits, SENT)["first_text_seconds_sum"] == 2.0


def test_how_long_words_wait_is_a_mean_over_all_characters() -> None:
    figures = Figures(SENT, replace(SENT, fresh=30, delay=4.5), replace(SENT, fresh=0, delay=0.0))
    assert (figures["chars_shown_total"], figures["chars_delay_seconds_total"]) == (40, 8.0)


def test_calls_count_by_method_and_by_what_became_of_them() -> None:
    thread = TURN.thread
    figures = Figures(
        SENT,
        replace(SENT, method="chat.postMessage", age=None, deltas=0),
        facts.EditWithdrawn(thread=thread, method="chat.update"),
        facts.EditFailed(kind="X", error="x", method="chat.update", gone=False),
        facts.SlackLimited(retry_after=3.0, method="chat.update"),
    )
    assert figures.of("slack_calls_total", method="chat.update", outcome="taken") == 1
    assert figures.of("slack_calls_total", method="chat.postMessage", outcome="taken") == 1
    assert figures.of("slack_calls_total", method="chat.update", outcome="withdrawn") == 1
    assert figures.of("slack_calls_total", method="chat.update", outcome="failed") == 1
    assert figures.of("slack_limited_total", method="chat.update") == 1
    assert figures["deltas_coalesced_total"] == 3
    assert figures["edit_age_seconds_count"] == 1


def test_the_age_of_the_last_word_is_that_of_the_last_call_that_carried_one() -> None:
    shown = facts.ReplyShown(thread=TURN.thread, state="done", edits=3)
    figures = Figures(STARTED, SENT, replace(SENT, age=0.1), replace(SENT, age=None, deltas=0), shown, shown)
    assert (figures["last_word_seconds_count"], figures["last_word_seconds_sum"]) == (1, 0.1)


def test_what_else_is_counted() -> None:
    figures = Figures(
        facts.TurnsAdopted(replica="r", turns=3),
        facts.TurnGivenUp(turn=TURN, attempts=3, alone=3),
        facts.AnswerFailed(kind="ModelBusy", error="busy"),
        facts.TokensUsed(thread=TURN.thread, input_tokens=5, output_tokens=7),
        facts.HttpTurnedAway(kind="signature", times=4),
        facts.AnswerCharged(model="openai:x", micros=1_500_000),
        facts.SlackCalled(method="users.info", outcome="RateLimited", seconds=0.1),
        CALLED,
        replace(CALLED, first_chunk=None, error="cancelled"),
        facts.PromptAgain(channel="C", ts="1.0"),
        facts.TurnCrashed(turn=TURN, way=""),
    )
    assert (figures["turns_adopted_total"], figures["turns_given_up_total"]) == (3, 1)
    assert figures.of("model_failures_total", kind="ModelBusy") == 1
    assert figures.of("tokens_total", direction="output") == 7
    assert figures.of("http_turned_away_total", kind="signature") == 4
    assert figures["events_again_total"] == 1
    assert figures.of("cost_total", model="openai:x") == 1.5
    assert figures.of("slack_requests_total", method="users.info", outcome="RateLimited") == 1
    assert (figures["model_first_chunk_seconds_count"], figures["model_first_chunk_seconds_sum"]) == (1, 0.5)


def test_a_lost_database_shows_until_it_is_back() -> None:
    lost = facts.DatabaseLost(kind="X", why="gone")
    assert Figures()["database_up"] == 1
    assert Figures(lost)["database_up"] == 0
    assert Figures(lost, facts.DatabaseBack(seconds=2.0))["database_up"] == 1


def test_no_figure_tells_who_or_where() -> None:
    figures = Figures(STARTED, SENT, facts.TurnEnded(turn=TURN, how="done", seconds=1.0))
    text = generate_latest(figures.registry).decode()
    assert "CSECRET" not in text
    assert TURN.user not in text.replace("outcome", "")
    assert TURN.turn.ts not in text


def test_the_operators_page_lists_every_figure_and_no_other() -> None:
    page = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    listed = set(re.findall(r"`(teleprinter_\w+?)(?:_total)?(?:\{[\w,]+\})?`", page))
    registry = CollectorRegistry()
    Metrics(registry)
    registry.register(LevelGauges())
    of_the_loop = {"teleprinter_event_loop_lag_seconds", "teleprinter_event_loop_tasks"}
    assert listed - of_the_loop == {family.name for family in registry.collect()}
