"""What facts tell becomes spans of one trace a turn, with OpenTelemetry's names and without anybody's words."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from bot.observability import facts, span_recorder
from bot.observability.current_turn import TURN
from bot.observability.span_recorder import SpanRecorder, TurnIds
from tests.fakes import an_answer

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

    from bot.core.conversation.answer_key import AnswerKey

SECOND = 1_000_000_000
ONE = an_answer("1766458026.000100", channel="DSECRET", thread_ts="1766458000.000100")
HEARD, STARTED = facts.PromptHeard(turn=ONE), facts.TurnStarted(turn=ONE, attempt=1)
ENDED = facts.TurnEnded(turn=ONE, how="done", seconds=9.0)
MODEL = facts.ModelCalled(
    model="openai:gpt-4.1-mini",
    provider="openai",
    seconds=2.5,
    first_chunk=0.5,
    input_tokens=12,
    output_tokens=34,
    finish="stop",
    error="",
)
TOOL = facts.ToolUsed(server="files", tool="read", outcome="done", seconds=0.25)
SLACK = facts.SlackCalled(method="chat.update", outcome="taken", seconds=0.125)


class Recorded:
    """Spans of some facts, told a second apart, all but the first in the turn's context."""

    def __init__(self, *told: facts.Fact, turn: AnswerKey | None = ONE) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(id_generator=TurnIds(), shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        seconds = count(100)
        self._recorder = SpanRecorder(provider.get_tracer("test"), clock=lambda: next(seconds) * SECOND)
        token = TURN.set(turn)
        for fact in told:
            self._recorder(fact)
        TURN.reset(token)

    def __getitem__(self, name: str) -> ReadableSpan:
        [found] = [one for one in self.spans if one.name == name]
        return found

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    def close(self) -> None:
        self._recorder.close()


def above(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def identity(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.span_id)


def trace(span: ReadableSpan) -> int:
    assert span.context is not None
    return int(span.context.trace_id)


@pytest.fixture
def whole() -> Recorded:
    """A turn from its question to its end."""
    return Recorded(HEARD, STARTED, MODEL, TOOL, SLACK, ENDED)


def test_a_turn_stands_below_its_question_and_its_calls_below_the_turn(whole: Recorded) -> None:
    question, turn = whole["question"], whole["invoke_agent Teleprinter"]
    assert above(question) is None
    assert above(turn) == identity(question)
    calls = [whole[name] for name in ("chat gpt-4.1-mini", "execute_tool read", "chat.update")]
    assert [above(one) for one in calls] == [identity(turn)] * 3
    assert {trace(one) for one in whole.spans} == {trace(question)}


def test_a_call_begins_as_long_ago_as_it_took(whole: Recorded) -> None:
    span = whole["chat gpt-4.1-mini"]
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.end_time - span.start_time == 2.5 * SECOND


def test_a_model_whose_own_name_has_a_colon_keeps_all_of_it() -> None:
    told = Recorded(HEARD, STARTED, replace(MODEL, model="ollama:llama3:8b", provider=""), ENDED)[
        "chat llama3:8b"
    ]
    assert (told.attributes or {})["gen_ai.request.model"] == "llama3:8b"
    assert (told.attributes or {})["gen_ai.provider.name"] == "ollama"


def test_a_call_of_a_model_has_the_names_of_the_conventions(whole: Recorded) -> None:
    assert dict(whole["chat gpt-4.1-mini"].attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1-mini",
        "gen_ai.request.stream": True,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.response.time_to_first_chunk": 0.5,
        "gen_ai.usage.input_tokens": 12,
        "gen_ai.usage.output_tokens": 34,
    }


@pytest.mark.parametrize(
    ("model", "provider", "said"),
    [
        ("azure_openai:x", "azure", "azure.ai.openai"),
        ("anthropic:claude", "", "anthropic"),
        ("google_genai:gemini", "google_genai", "gcp.gemini"),
        ("my agent", "", "_OTHER"),
    ],
)
def test_a_provider_is_called_as_the_conventions_call_it(model: str, provider: str, said: str) -> None:
    [span] = Recorded(replace(MODEL, model=model, provider=provider), turn=None).spans
    assert (span.attributes or {})["gen_ai.provider.name"] == said


def test_a_turn_that_another_replica_goes_on_with_stays_in_its_trace(whole: Recorded) -> None:
    [turn, _] = (adopted := Recorded(replace(STARTED, attempt=2), SLACK, ENDED)).spans[::-1]
    assert above(turn) is None
    assert trace(turn) == trace(whole["question"])
    assert trace(adopted["chat.update"]) == trace(turn)


def test_two_turns_are_two_traces(whole: Recorded) -> None:
    other = an_answer("1766458027.000100", channel="DSECRET", thread_ts="1766458000.000100")
    [span] = Recorded(
        facts.PromptHeard(turn=other), facts.TurnEnded(turn=other, how="not ours: follow")
    ).spans
    assert trace(span) != trace(whole["question"])


def test_a_question_that_is_nothing_to_us_is_a_span_that_says_so() -> None:
    [call, question] = Recorded(HEARD, SLACK, replace(ENDED, how="not ours: others", seconds=None)).spans
    assert (question.attributes or {})["teleprinter.outcome"] == "not ours"
    assert above(call) == identity(question)


def test_a_question_that_is_delivered_again_is_one_span() -> None:
    assert len(Recorded(HEARD, HEARD, STARTED, HEARD, ENDED).spans) == 2


def test_questions_that_another_process_has_taken_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(span_recorder, "MOST_HEARD", 2)
    asked = [facts.PromptHeard(turn=an_answer(f"{number}.0")) for number in range(4)]
    ends = [replace(ENDED, turn=one.turn) for one in asked]
    assert len(Recorded(*asked, *ends).spans) == 2


@pytest.mark.parametrize(
    ("fact", "error"),
    [
        (replace(MODEL, error="RateLimitError", first_chunk=None, finish=""), "RateLimitError"),
        (replace(SLACK, outcome="RateLimited"), "RateLimited"),
        (replace(TOOL, outcome="too long"), "too long"),
    ],
)
def test_what_failed_says_of_what_kind(fact: facts.Fact, error: str) -> None:
    [span] = Recorded(fact, turn=None).spans
    assert (span.attributes or {})["error.type"] == error
    assert span.status.status_code is StatusCode.ERROR


@pytest.mark.parametrize(
    ("end", "outcome", "fails"),
    [
        (ENDED, "done", False),
        (replace(ENDED, how="stopped"), "stopped", False),
        (replace(ENDED, how="given up"), "given up", True),
        (facts.TurnTaken(turn=ONE), "taken", False),
    ],
)
def test_how_a_turn_ended_stands_in_its_span(end: facts.Fact, outcome: str, fails: bool) -> None:
    [span] = Recorded(STARTED, end).spans
    assert (span.attributes or {})["teleprinter.outcome"] == outcome
    assert (span.status.status_code is StatusCode.ERROR) is fails


def test_a_bug_in_a_turn_stands_in_its_span() -> None:
    [span] = Recorded(STARTED, facts.TurnCrashed(turn=ONE, way=""), ENDED).spans
    assert span.status.status_code is StatusCode.ERROR


def test_turns_that_are_left_to_others_end_their_spans() -> None:
    recorded = Recorded(STARTED, SLACK)
    recorded.close()
    assert (recorded["invoke_agent Teleprinter"].attributes or {})["teleprinter.outcome"] == "left"


def test_no_span_tells_who_or_where(whole: Recorded) -> None:
    said = " ".join(one.to_json() for one in whole.spans)
    assert "DSECRET" not in said
    assert f'"{ONE.user}"' not in said
    assert ONE.thread.thread_ts in said
