"""Makes spans for OpenTelemetry of what facts tell: event -> turn -> calls of models, tools and Slack.

    question                       from its delivery to the beginning of its turn here; none where another process heard it
    └── invoke_agent Teleprinter   the turn
        ├── chat gpt-4.1-mini      a call of the model
        ├── execute_tool search
        └── chat.postMessage       a call to Slack, also of what is read there

All spans of a turn are of one trace, whichever replica has made them: its id is made of the turn's name. They have the semantic names of
OpenTelemetry for generative AI (open-telemetry/semantic-conventions-genai, all "Development" as of 2026-11), which stand here as they
are not in a package that is kept. No span holds what anybody wrote, an argument or a result of a tool, nor the id of a person or channel.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

from bot.observability import facts
from bot.observability.current_turn import TURN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from opentelemetry.trace import Span, Tracer

    from bot.core.conversation.answer_key import AnswerKey

    Attributes: TypeAlias = Mapping[str, str | int | float | tuple[str, ...]]

AGENT = "Teleprinter"
MOST_HEARD = 1_000  # questions that another process may have taken: of those nothing more is heard here
PROVIDERS = {
    "azure": "azure.ai.openai",
    "azure_openai": "azure.ai.openai",
    "amazon_bedrock": "aws.bedrock",
    "bedrock": "aws.bedrock",
    "bedrock_converse": "aws.bedrock",
    "google_genai": "gcp.gemini",
    "google_vertexai": "gcp.vertex_ai",
    "mistralai": "mistral_ai",
    "ibm": "ibm.watsonx.ai",
    "xai": "x_ai",
}
"""The semantic conventions' names of providers, by LangChain's, where they differ."""
_FAILED = frozenset({"lost", "given up", "other"})
_GOOD = frozenset({"taken", "done"})


class TurnIds(RandomIdGenerator):
    """Makes a trace's id of the turn that is being worked on, so that all replicas make the same; elsewhere one by chance."""

    def generate_trace_id(self) -> int:
        turn = TURN.get()
        if turn is None:
            return super().generate_trace_id()
        name = "\0".join(turn.claim).encode(errors="replace")
        return int.from_bytes(hashlib.sha256(name).digest()[:16], "big") or 1


class SpanRecorder:
    """Hears facts, in whichever thread they happen, and gives `tracer` the spans. `clock` tells nanoseconds of the time of day."""

    def __init__(self, tracer: Tracer, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._tracer = tracer
        self._clock = clock
        self._heard: OrderedDict[AnswerKey, Span] = OrderedDict()  # events whose turn has not begun here
        self._turns: dict[AnswerKey, Span] = {}

    def __call__(self, fact: facts.Fact) -> None:
        """Hears what has happened. Most facts are for the log alone."""
        match fact:
            case facts.TurnFact():
                self._hear_turn(fact)
            case facts.ModelCalled():
                self._model_called(fact)
            case facts.ToolUsed():
                said: Attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": fact.tool}
                self._record(f"execute_tool {fact.tool}", fact.seconds, said, fact.outcome)
            case facts.SlackCalled():
                said = {"rpc.system": "slack", "rpc.method": fact.method}
                self._record(fact.method, fact.seconds, said, fact.outcome, SpanKind.CLIENT)
            case _:
                pass

    def close(self) -> None:
        """Ends the spans of turns that are left to others."""
        for turn in tuple(self._turns):
            self._end(turn, "left")

    # ---- turns

    def _hear_turn(self, fact: facts.TurnFact) -> None:
        match fact:
            case facts.PromptHeard():
                self._hear(fact.turn)
            case facts.TurnStarted():
                self._begin(fact.turn, fact.attempt)
            case facts.TurnEnded():
                self._end(fact.turn, fact.outcome)
            case facts.TurnTaken():
                self._end(fact.turn, "taken")
            case facts.TurnCrashed() if (span := self._turns.get(fact.turn)) is not None:
                span.set_status(Status(StatusCode.ERROR, "crashed"))
            case _:
                pass

    def _hear(self, turn: AnswerKey) -> None:
        if turn in self._heard or turn in self._turns:  # delivered again
            return
        said: Attributes = {"messaging.system": "slack", "messaging.operation.type": "process"}
        self._heard[turn] = self._start(turn, "question", {**said, **_of_turn(turn)}, SpanKind.CONSUMER)
        if len(self._heard) > MOST_HEARD:
            self._heard.popitem(last=False)

    def _begin(self, turn: AnswerKey, attempt: int) -> None:
        said: Attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": AGENT,
            "gen_ai.conversation.id": turn.thread.thread_ts,
            "teleprinter.attempt": attempt,
        }
        span = self._start(turn, f"invoke_agent {AGENT}", {**said, **_of_turn(turn)}, SpanKind.INTERNAL)
        self._turns[turn] = span
        if (heard := self._heard.pop(turn, None)) is not None:
            heard.end(self._clock())

    def _start(self, turn: AnswerKey, name: str, said: Attributes, kind: SpanKind) -> Span:
        above = self._heard.get(turn)
        context = set_span_in_context(above) if above is not None else None
        token = TURN.set(turn)  # an event is heard before its turn is worked on
        try:
            return self._tracer.start_span(
                name, context, kind=kind, attributes=said, start_time=self._clock()
            )
        finally:
            TURN.reset(token)

    def _end(self, turn: AnswerKey, outcome: str) -> None:
        for span in (self._turns.pop(turn, None), self._heard.pop(turn, None)):
            if span is None:
                continue
            span.set_attribute("teleprinter.outcome", outcome)
            if outcome in _FAILED:
                span.set_status(Status(StatusCode.ERROR, outcome))
            span.end(self._clock())

    # ---- calls

    def _model_called(self, fact: facts.ModelCalled) -> None:
        prefix, colon, model = fact.model.partition(":")  # the name itself may have colons: ollama:llama3:8b
        if not colon:
            prefix, model = "", fact.model
        provider = fact.provider or prefix
        said: dict[str, str | int | float | tuple[str, ...]] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDERS.get(provider, provider) or "_OTHER",
            "gen_ai.request.model": model,
            "gen_ai.request.stream": True,
            "gen_ai.usage.input_tokens": fact.input_tokens,
            "gen_ai.usage.output_tokens": fact.output_tokens,
        }
        if fact.finish:
            said["gen_ai.response.finish_reasons"] = (fact.finish,)
        if fact.first_chunk is not None:
            said["gen_ai.response.time_to_first_chunk"] = fact.first_chunk
        self._record(f"chat {model}", fact.seconds, said, fact.error or "done", SpanKind.CLIENT)

    def _record(
        self,
        name: str,
        seconds: float,
        said: Attributes,
        outcome: str,
        kind: SpanKind = SpanKind.INTERNAL,
    ) -> None:
        """Makes the span of something that is over, and took so long. `outcome` is good, or the kind of what went wrong."""
        now, turn = self._clock(), TURN.get()
        above = self._turns.get(turn) or self._heard.get(turn) if turn is not None else None
        span = self._tracer.start_span(
            name,
            set_span_in_context(above) if above is not None else None,
            kind=kind,
            attributes=said,
            start_time=now - round(seconds * 1e9),
        )
        if outcome not in _GOOD:
            span.set_attribute("error.type", outcome)
            span.set_status(Status(StatusCode.ERROR))
        span.end(now)


def _of_turn(turn: AnswerKey) -> Attributes:
    """Returns by what its lines in the log are found."""
    return {"teleprinter.turn": turn.name, "teleprinter.kind": turn.kind.value}
