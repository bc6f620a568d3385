"""What a stream is given, and what becomes of it."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.disputed_rules import STRICT
from slack_emulator.errors import Refused
from slack_emulator.seeding.loader import sparkling
from slack_emulator.state.models import Message
from slack_emulator.web_api.arguments import Arguments
from slack_emulator.web_api.call import Call
from slack_emulator.web_api.stream_chunks import added, grown, plain

NOW = 1_766_458_026.0
EMPTY = Message("C1", "1.0", "U1", "")


def chunks(*given: dict[str, Any]) -> list[dict[str, Any]]:
    state = sparkling(NOW)
    return added(Call(Arguments({"chunks": list(given)}), state.apps["A0TELEPRINT"], state, NOW))


def blocks(message: Message, *given: dict[str, Any]) -> list[dict[str, Any]]:
    return list(grown(message, chunks(*given), STRICT).blocks or ())


def task(title: str, **more: Any) -> dict[str, Any]:
    return {"type": "task_update", "id": "t1", "title": title} | more


def test_a_task_told_of_again_has_a_new_title_and_status_and_more_details() -> None:
    (card,) = blocks(
        EMPTY,
        task("Look", status="in_progress", details="here "),
        task("Looked", status="complete", details="and there", output="found"),
    )
    assert (card["title"], card["status"], plain(card["details"])) == ("Looked", "complete", "here and there")
    assert plain(card["output"]) == "found"


def test_a_task_keeps_what_it_is_not_told_anew() -> None:
    source = {"type": "url", "url": "https://still.example", "text": "Still"}
    (card,) = blocks(EMPTY, task("a", status="error", output="x", sources=[source]), task("b"))
    assert (card["status"], plain(card["output"]), card["sources"]) == ("error", "x", [source])


def test_tasks_stand_among_the_text_or_together_in_one_plan() -> None:
    given = (
        task("a"),
        {"type": "markdown_text", "text": "so"},
        {"type": "task_update", "id": "t2", "title": "b"},
    )
    assert [block["type"] for block in blocks(EMPTY, *given)] == ["task_card", "markdown", "task_card"]
    planned = Message("C1", "1.0", "U1", "", plan=True)
    plan, text = blocks(planned, *given)
    assert (plan["title"], [card["title"] for card in plan["tasks"]]) == ("a", ["a", "b"])
    assert text["type"] == "markdown"


def test_a_plan_has_one_title_the_newest() -> None:
    planned = Message("C1", "1.0", "U1", "", plan=True)
    how = {"type": "plan_update", "title": "How"}
    (plan,) = blocks(planned, how, task("a"), how | {"title": "Then"})
    assert (plan["title"], len(plan["tasks"])) == ("Then", 1)


def test_markdown_among_blocks_goes_on_where_text_ended() -> None:
    given = {"type": "blocks", "blocks": [{"type": "markdown", "text": "b"}, {"type": "divider"}]}
    assert blocks(EMPTY, {"type": "markdown_text", "text": "a"}, given) == [
        {"type": "markdown", "text": "ab"},
        {"type": "divider"},
    ]


@pytest.mark.parametrize(
    "chunk",
    [
        task("a", status="dozing"),
        task("x" * 257),
        task("a", details="x" * 257),
        {"type": "task_update", "title": "no id"},
        {"type": "plan_update", "title": "x" * 257},
        {"type": "plan_update"},
        {"type": "blocks", "blocks": ["x"]},
    ],
)
def test_a_chunk_slack_refuses_is_refused_with_its_place(chunk: dict[str, Any]) -> None:
    with pytest.raises(Refused, match=r"invalid_chunks.*json-pointer:/chunks/0"):
        chunks(chunk)
