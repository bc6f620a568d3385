"""Draws what an agent does, while it does it: `task_card` blocks, alone or in a `plan`. Source: docs.slack.dev, "Task card
block"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_emulator.page.html.composition_objects import text_html_of
from slack_emulator.page.html.html_helpers import link_html, text_html
from slack_emulator.page.html.rich_text_html import rich_text_html
from slack_emulator.page.html.tags import boxed, tag
from slack_emulator.page.html.unchecked_json import map_of, maps_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_emulator.page.html.html_helpers import Names

SAID = {"pending": "to do", "in_progress": "in progress", "complete": "done", "error": "failed"}


def plan_html(block: Mapping[str, Any], names: Names) -> str:
    """A title, and the tasks under it."""
    tasks = "".join(tag("li", task_card_html(task, names)) for task in maps_of(block.get("tasks")))
    title = boxed("plan-title", text_html_of(block.get("title"), names), name="p")
    return boxed("plan", title + boxed("tasks", tasks, name="ul"))


def task_card_html(card: Mapping[str, Any], names: Names) -> str:
    """One task: its state as a sign and in words, and what there is to tell of it behind a press."""
    status = text_of(card.get("status"))
    status = status if status in SAID else "pending"
    # The title of a task is a bare string, as few are in Block Kit.
    title = text_html_of(card.get("title"), names) or "Task"
    head = tag("span", class_="task-sign", aria_hidden="true") + tag("span", title, class_="task-title")
    head += tag("span", SAID[status], class_="task-state")
    more = _more(card, names)
    css = f"task-card {status.replace('_', '-')}"
    if not more:
        return tag("div", tag("div", head, class_="task-head"), class_=css)
    return tag("details", tag("summary", head, class_="task-head") + boxed("task-more", more), class_=css)


def _more(card: Mapping[str, Any], names: Names) -> str:
    texts = (boxed("rich-text", _told(card.get(name), names)) for name in ("details", "output"))
    sources = "".join(tag("li", _source(source)) for source in maps_of(card.get("sources")))
    return "".join(texts) + boxed("sources", sources, name="ul")


def _told(value: Any, names: Names) -> str:
    """A rich_text block; a stream's chunks have bare strings in its place."""
    return text_html(text_of(value)) or rich_text_html(map_of(value), names)


def _source(source: Mapping[str, Any]) -> str:
    url = text_of(source.get("url"))
    return link_html(url, text_html(text_of(source.get("text")) or url))
