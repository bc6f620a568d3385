"""The older way to say more than words."""

from __future__ import annotations

from typing import Any

from slack_emulator.page.html.attachments import attachments_html
from tests.html import Html


def drawn(**attachment: Any) -> Html:
    return Html(attachments_html([attachment], {"U1": "Ada"}))


def test_everything_an_attachment_may_have_is_shown_in_order() -> None:
    html = drawn(
        pretext="before",
        author_name="Raj",
        title="Title",
        title_link="https://x.test",
        text="*text* <@U1>",
        fields=[{"title": "Key", "value": "value"}],
        image_url="https://x.test/i.png",
        footer="small",
    )
    assert html.text == "beforeRajTitletext @AdaKeyvalueTitlesmall"


def test_a_colour_of_slacks_own_is_a_colour() -> None:
    assert ("div", "class", "attachment good") in drawn(color="good", text="a").attributes
    assert ("div", "class", "attachment") in drawn(color="#ff0000", text="a").attributes


def test_blocks_take_the_place_of_the_older_parts() -> None:
    html = drawn(text="old", blocks=[{"type": "section", "text": {"type": "plain_text", "text": "new"}}])
    assert html.text == "new"


def test_where_there_is_nothing_else_the_fallback_speaks() -> None:
    assert drawn(fallback="a < b").text == "a < b"
    assert attachments_html([{}], {}) == ""
