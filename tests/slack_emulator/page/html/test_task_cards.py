"""Plans and task cards."""

from __future__ import annotations

from typing import Any

import pytest

from slack_emulator.page.html.task_cards import plan_html, task_card_html
from tests.html import Html


def drawn(**card: Any) -> Html:
    return Html(task_card_html(card, {}))


@pytest.mark.parametrize(
    ("status", "css", "words"),
    [
        ("pending", "pending", "to do"),
        ("in_progress", "in-progress", "in progress"),
        ("complete", "complete", "done"),
        ("error", "error", "failed"),
        ("<odd>", "pending", "to do"),
    ],
)
def test_a_tasks_state_is_told_in_words(status: str, css: str, words: str) -> None:
    html = drawn(title="Read the page", status=status)
    assert html.text == f"Read the page{words}"
    assert ("div", "class", f"task-card {css}") in html.attributes


def test_what_there_is_to_tell_is_behind_a_press() -> None:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": "two pages"}]}
    html = drawn(
        title="Read",
        status="complete",
        details={"type": "rich_text", "elements": [section]},
        output="found <it>",
        sources=[{"type": "url", "url": "https://x.test", "text": "X"}, {"url": "https://y.test"}],
    )
    assert html.tags[:2] == ["details", "summary"]
    assert html.text == "Readdonetwo pagesfound <it>Xhttps://y.test"


def test_a_plan_is_a_title_and_its_tasks() -> None:
    html = Html(plan_html({"title": "The plan", "tasks": [{"title": "One"}, {"title": {"text": "Two"}}]}, {}))
    assert html.text == "The planOneto doTwoto do"
    assert html.tags.count("li") == 2
    assert plan_html({}, {}) == ""
