"""A real answer as OpenTelemetry sees it, from Slack's event to its last edit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from bot.model.chat_stream import Chat
from bot.observability.tracing import build_provider, recorded
from tests.models import ScriptedModel, finish
from tests.stories.test_answering import replies, until

if TYPE_CHECKING:
    import pytest

    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start, Storyteller


async def test_a_question_its_turn_and_all_its_calls_are_one_trace(
    slack: Workspace, start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    said = ["Bubbles rise ", "and fall.", *finish(usage=(21, 9))]
    model = Chat(ScriptedModel(answers=[said]), label="openai:gpt-4.1-mini", first_token=60, idle=60)
    exporter = InMemorySpanExporter()
    caplog.set_level("DEBUG", logger="bot")
    async with recorded(build_provider(exporter, {})), start(cast("Storyteller", model)):
        ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
        await until(slack, ts, "Bubbles rise and fall.")
    spans = {one.name: one for one in exporter.get_finished_spans()}
    turn = spans["invoke_agent Teleprinter"]
    of_it = [
        one
        for one in spans.values()
        if one.context and turn.context and one.context.trace_id == turn.context.trace_id
    ]
    names = {one.name for one in of_it}
    assert {"question", "chat gpt-4.1-mini", "chat.postMessage"} <= names
    model_call = spans["chat gpt-4.1-mini"]
    assert model_call.parent is not None
    assert turn.context is not None
    assert model_call.parent.span_id == turn.context.span_id
    assert (model_call.attributes or {})["gen_ai.usage.output_tokens"] == 9
    assert (turn.attributes or {})["teleprinter.turn"] == ts
    everything = " ".join(one.to_json() for one in exporter.get_finished_spans())
    assert not re.search(r"Bubbles|song|xox|\b[UWD]0[A-Z0-9]+", everything)
    assert replies(slack, ts) == ["Bubbles rise and fall."]
    of_turn = [one for one in caplog.records if getattr(one, "ts", None) == ts]
    assert {"turn.started", "model.called", "slack.called", "reply.shown", "turn.over"} <= {
        one.msg for one in of_turn
    }
