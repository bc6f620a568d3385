"""Blocks, as far as they are more than words."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.html.layout_blocks import DEEPEST, block_html, blocks_html
from tests.html import Html


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def drawn(kind: str, **fields: Any) -> str:
    return block_html({"type": kind, **fields}, {})


BUTTON = {"type": "button", "text": plain("Go"), "action_id": "go"}


def test_a_section_has_its_element_beside_it() -> None:
    html = Html(drawn("section", text=plain("Words"), accessory=BUTTON, block_id="b"))
    assert ("div", "class", "beside") in html.attributes
    assert ("button", "data-block", "b") in html.attributes
    assert html.text == "WordsGo"


def test_feedback_stands_in_a_group_of_its_own() -> None:
    html = Html(drawn("context_actions", elements=[BUTTON]))
    assert ("div", "aria-label", "Feedback") in html.attributes
    assert drawn("context_actions", elements=[]) == ""


def test_a_question_says_whether_it_needs_an_answer() -> None:
    field = {"type": "plain_text_input", "action_id": "a"}
    needed = Html(drawn("input", label=plain("Name"), element=field, hint=plain("In full")))
    assert needed.text == "Name In full"
    assert {("div", "data-needed", ""), ("div", "data-quiet", ""), ("input", "aria-label", "Name")} <= set(
        needed.attributes
    )
    free = Html(drawn("input", label=plain("Name"), element=field, optional=True, dispatch_action=True))
    assert "(optional)" in free.text
    assert {"data-needed", "data-quiet"}.isdisjoint(name for _, name, _ in free.attributes)


def test_a_video_is_a_link_to_it() -> None:
    html = Html(
        drawn("video", title=plain("Bubbles"), video_url="https://x.test/v", description=plain("Short"))
    )
    assert html.text == "BubblesShort"
    assert ("a", "href", "https://x.test/v") in html.attributes


def test_a_remote_file_is_named() -> None:
    assert Html(drawn("file", external_id="plan.pdf")).text == "plan.pdf"


def test_a_carousel_is_a_row_of_cards() -> None:
    html = Html(drawn("carousel", elements=[{"type": "card", "title": plain("A")}, {"title": plain("B")}]))
    assert (html.tags.count("li"), html.text) == (2, "AB")
    assert drawn("carousel") == ""


def test_a_container_may_be_closed() -> None:
    inner = [{"type": "section", "text": plain("inside")}]
    still = Html(drawn("container", title=plain("Box"), subtitle=plain("small"), child_blocks=inner))
    assert (still.tags[0], still.text) == ("section", "Boxsmallinside")
    opened = Html(drawn("container", title=plain("Box"), child_blocks=inner, is_collapsible=True))
    assert ("details", "open", "") in opened.attributes
    closed = Html(drawn("container", child_blocks=inner, is_collapsible=True, default_collapsed=True))
    assert "open" not in [name for _, name, _ in closed.attributes]


def test_containers_in_containers_come_to_an_end() -> None:
    block: dict[str, Any] = {"type": "divider"}
    for _ in range(DEEPEST + 1):
        block = {"type": "container", "child_blocks": [block]}
    html = Html(blocks_html([block], {}))
    assert html.tags.count("section") == DEEPEST
    assert "hr" not in html.tags


@pytest.mark.parametrize(
    ("is_connected", "words"), [(True, "Gitada@x.testDisconnect"), (False, "GitYour codeConnect")]
)
def test_an_account_elsewhere_can_be_connected(is_connected: bool, words: str) -> None:
    html = drawn(
        "auth_provider",
        name=plain("Git"),
        is_connected=is_connected,
        description=plain("Your code"),
        connected_identity=plain("ada@x.test"),
        auth_url="https://x.test/in",
        disconnect_url="https://x.test/out",
    )
    assert Html(html).text == words
    assert Html(drawn("auth_provider", name=plain("Git"))).text == "Git"
