"""What the model reads of what a server answers."""

from __future__ import annotations

from typing import Any

import pytest
from mcp import types
from pydantic import AnyUrl

from bot.model.tools.tool_results import MOST_IMAGE, NOTHING, cut_text, read_result

PNG = types.ImageContent(type="image", data="aGk=", mimeType="image/png")


def text(words: str) -> types.TextContent:
    return types.TextContent(type="text", text=words)


def read(*content: Any, most: int = 100, **more: Any) -> Any:
    return read_result(types.CallToolResult(content=list(content), **more), most=most)


@pytest.mark.parametrize(
    ("block", "words"),
    [
        (text("It is 7."), "It is 7."),
        (
            types.AudioContent(type="audio", data="aGk=", mimeType="audio/wav"),
            "[A recording, which is not passed on]",
        ),
        (
            types.ResourceLink(type="resource_link", name="plan", uri=AnyUrl("file:///plan.md")),
            "[plan: file:///plan.md]",
        ),
        (
            types.EmbeddedResource(
                type="resource", resource=types.TextResourceContents(uri=AnyUrl("file:///a"), text="Inside.")
            ),
            "Inside.",
        ),
        (
            types.EmbeddedResource(
                type="resource", resource=types.BlobResourceContents(uri=AnyUrl("file:///a"), blob="aGk=")
            ),
            "[Something that is no text]",
        ),
        (
            PNG.model_copy(update={"mimeType": "image/svg+xml"}),
            "[An image of a kind or size that is not passed on]",
        ),
        (
            PNG.model_copy(update={"data": "a" * (MOST_IMAGE + 1)}),
            "[An image of a kind or size that is not passed on]",
        ),
    ],
    ids=["text", "audio", "link", "resource", "blob", "svg", "large"],
)
def test_each_kind_of_content_is_words(block: object, words: str) -> None:
    assert read(block).text == words


def test_an_image_stays_one_beside_its_words() -> None:
    answer = read(text("Look:"), PNG)
    assert answer.text == "Look:"
    assert answer.images == ({"type": "image", "base64": "aGk=", "mime_type": "image/png"},)
    assert read(PNG).text == ""


def test_structured_content_counts_where_there_is_no_other() -> None:
    assert read(structuredContent={"a": "ü"}).text == '{"a": "ü"}'
    assert read(text("words"), structuredContent={"a": 1}).text == "words"
    assert read().text == NOTHING


def test_an_error_is_told_without_its_images() -> None:
    answer = read(text("no such zone"), PNG, isError=True)
    assert (answer.failed, answer.text, answer.images) == (True, "no such zone", ())


def test_too_much_is_cut_and_says_so() -> None:
    assert cut_text("12345", most=5) == "12345"
    assert cut_text("123456", most=5) == "12345\n\n[Cut here: 1 characters more]"
