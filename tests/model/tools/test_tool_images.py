"""Where images go that tools return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from bot.model.tools.tool_images import ABOVE, BELOW, moved_images

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

IMAGE: dict[str, Any] = {"type": "image", "base64": "aGk=", "mime_type": "image/png"}
WORDS: dict[str, Any] = {"type": "text", "text": "Look:"}


def test_an_image_goes_behind_the_results_that_it_stood_among() -> None:
    said: list[BaseMessage] = [
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
    said: list[BaseMessage] = [ToolMessage([WORDS], tool_call_id="a")]
    assert moved_images(said) == said
