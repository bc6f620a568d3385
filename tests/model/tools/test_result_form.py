"""In which form a provider gets what tools return."""

from __future__ import annotations

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, ToolMessage

from bot.model.tools.result_form import form_for, words_in_blocks
from bot.model.tools.tool_images import moved_images

ASKED = HumanMessage("Show me.")


class OfOpenAI:
    __module__ = "langchain_openai.chat_models"


class OfGoogle:
    __module__ = "langchain_google_genai.chat_models"


class OfAnthropic:
    __module__ = "langchain_anthropic.chat_models"


class Ours(OfOpenAI):
    __module__ = "bot.model.openai_chat"


@pytest.mark.parametrize(
    ("model", "form"),
    [
        (OfOpenAI(), moved_images),
        (Ours(), moved_images),
        (OfGoogle(), words_in_blocks),
        (OfAnthropic(), list),
    ],
)
def test_each_provider_has_its_form(model: object, form: object) -> None:
    assert form_for(model) is form


@pytest.mark.parametrize("words", ["7", "NaN", '{"mean": NaN}', ""])
def test_words_that_look_like_json_are_words(words: str) -> None:
    said: list[BaseMessage] = [ASKED, ToolMessage(words, tool_call_id="a", status="error")]
    asked, result = words_in_blocks(said)
    assert asked is ASKED
    assert result == ToolMessage([{"type": "text", "text": words}], tool_call_id="a", status="error")


def test_what_stands_in_blocks_is_left_as_it_is() -> None:
    said: list[BaseMessage] = [ToolMessage([{"type": "text", "text": "7"}], tool_call_id="a")]
    assert words_in_blocks(said) == said
