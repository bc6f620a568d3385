"""Where images go that tools return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain.agents import create_agent
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool

from bot.model.tools.image_mover import ABOVE, BELOW, ImageMover, moved_images
from tests.models import ScriptedModel, finish, tool_part

if TYPE_CHECKING:
    from langchain_core.messages import AnyMessage

IMAGE: dict[str, Any] = {"type": "image", "base64": "aGk=", "mime_type": "image/png"}
WORDS: dict[str, Any] = {"type": "text", "text": "Look:"}


def test_an_image_goes_behind_the_results_that_it_stood_among() -> None:
    said: list[AnyMessage] = [
        HumanMessage("Show me."),
        AIMessage("Yes."),
        ToolMessage([WORDS, IMAGE], tool_call_id="a"),
        ToolMessage("7", tool_call_id="b"),
        HumanMessage("And?"),
    ]
    moved = moved_images(said)
    assert [type(one) for one in moved] == [
        HumanMessage,
        AIMessage,
        ToolMessage,
        ToolMessage,
        HumanMessage,
        HumanMessage,
    ]
    assert moved[2].content == f"Look:\n\n{BELOW}"
    assert moved[4].content == [{"type": "text", "text": ABOVE}, IMAGE]


def test_what_holds_no_image_is_left_as_it_is() -> None:
    said: list[AnyMessage] = [ToolMessage([WORDS], tool_call_id="a")]
    assert moved_images(said) == said


async def test_the_model_is_given_the_image_in_the_message_behind() -> None:
    @tool
    def draw() -> list[dict[str, Any]]:
        """Draws."""
        return [IMAGE]

    model = ScriptedModel(
        answers=[[tool_part("{}", name="draw", call_id="a"), *finish("tool_calls")], ["Nice.", *finish()]]
    )
    await create_agent(model, [draw], middleware=[ImageMover()]).ainvoke(
        {"messages": [HumanMessage("Draw.")]}
    )
    assert model.prompts[-1][-1].content == [{"type": "text", "text": ABOVE}, IMAGE]
