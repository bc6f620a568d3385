"""Block Kit's blocks, a row a kind. The payloads have the fields of docs.slack.dev's examples."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.block_reader import BlockReader, file_part
from bot.core.conversation.content_parts import FilePart, FilePlace, ImagePart, Part, TextPart


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": False}


def rich(text: str) -> dict[str, Any]:
    leaf = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}


def raw(text: str) -> dict[str, Any]:
    return {"type": "raw_text", "text": text}


BUTTON = {"type": "button", "action_id": "a", "text": plain("Approve"), "value": "1"}
LINK = {"type": "button", "action_id": "b", "text": plain("Runbook"), "url": "https://wiki.example/disk"}
CARD = {
    "type": "card",
    "hero_image": {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a chart"},
    "title": plain("Q3"),
    "subtitle": mrkdwn("_Sales_"),
    "body": mrkdwn("Up 12 %"),
    "actions": [BUTTON, LINK],
}
TASK = {
    "type": "task_card",
    "task_id": "t1",
    "title": "Search the docs",
    "status": "complete",
    "details": rich("twelve pages"),
    "output": rich("one hit"),
    "sources": [{"type": "url", "url": "https://d.example/1", "text": "Page 1"}],
}

KINDS = [
    pytest.param(
        {"type": "actions", "elements": [BUTTON, LINK]}, ["Runbook (https://wiki.example/disk)"], id="actions"
    ),
    pytest.param(
        {
            "type": "actions",
            "elements": [
                {
                    "type": "static_select",
                    "placeholder": plain("Pick"),
                    "initial_option": {"text": plain("High"), "value": "h"},
                },
                {"type": "checkboxes", "initial_options": [{"text": mrkdwn("*Page* me"), "value": "p"}]},
                {"type": "datepicker", "initial_date": "2026-11-27"},
            ],
        },
        ["High", "*Page* me", "2026-11-27"],
        id="choices that are made",
    ),
    pytest.param({"type": "alert", "level": "error", "text": mrkdwn("*Down*")}, ["*Down*"], id="alert"),
    pytest.param(
        {
            "type": "auth_provider",
            "value": "gh",
            "name": plain("GitHub"),
            "is_connected": True,
            "connected_identity": plain("ada"),
        },
        ["GitHub", "ada"],
        id="auth_provider",
    ),
    pytest.param(
        {"type": "auth_provider", "fallback": [{"type": "section", "text": plain("Sign in")}]},
        ["Sign in"],
        id="auth_provider that says nothing itself",
    ),
    pytest.param(
        {
            "type": "call",
            "call_id": "R1",
            "call": {"v1": {"name": "Standup", "join_url": "https://call.example/1"}},
        },
        ["Standup (https://call.example/1)"],
        id="call",
    ),
    pytest.param(
        CARD,
        [ImagePart("a chart"), "Q3", "_Sales_", "Up 12 %", "Runbook (https://wiki.example/disk)"],
        id="card",
    ),
    pytest.param(
        {
            "type": "carousel",
            "elements": [{"type": "card", "title": plain("One")}, {"type": "card", "body": plain("Two")}],
        },
        ["One", "Two"],
        id="carousel",
    ),
    pytest.param(
        {
            "type": "container",
            "title": plain("Report"),
            "subtitle": plain("Q3"),
            "child_blocks": [{"type": "header", "text": plain("Sales")}],
        },
        ["Report", "Q3", "Sales"],
        id="container",
    ),
    pytest.param(
        {"type": "container", "title": plain("no"), "rich_text_title": rich("Report"), "child_blocks": []},
        ["Report"],
        id="container with a rich title",
    ),
    pytest.param(
        {
            "type": "context",
            "elements": [
                {"type": "image", "image_url": "https://x.example/i.png", "alt_text": "an owl"},
                mrkdwn("by <@U1>"),
                plain("today"),
            ],
        },
        [ImagePart("an owl"), "by @U1", "today"],
        id="context",
    ),
    pytest.param(
        {
            "type": "context_actions",
            "elements": [{"type": "feedback_buttons", "positive_button": {"text": plain("Good")}}],
        },
        [],
        id="context_actions",
    ),
    pytest.param(
        {
            "type": "data_table",
            "caption": "Sales",
            "rows": [[raw("City"), raw("€")], [raw("Graz"), {"type": "raw_number", "value": 12}]],
        },
        ["Sales", "| City | € |\n|---|---|\n| Graz | 12 |"],
        id="data_table",
    ),
    pytest.param(
        {
            "type": "data_visualization",
            "title": "Visits",
            "chart": {
                "type": "line",
                "series": [
                    {"name": "2026", "data": [{"label": "Mon", "value": 3}, {"label": "Tue", "value": 4.5}]}
                ],
                "axis_config": {"categories": ["Mon", "Tue"], "x_label": "Day"},
            },
        },
        ["Visits", "Day", "2026: Mon 3, Tue 4.5"],
        id="data_visualization of lines",
    ),
    pytest.param(
        {
            "type": "data_visualization",
            "title": "Share",
            "chart": {"type": "pie", "segments": [{"label": "A", "value": 60}]},
        },
        ["Share", "A 60"],
        id="data_visualization of a pie",
    ),
    pytest.param({"type": "divider"}, [], id="divider"),
    pytest.param(
        {"type": "file", "external_id": "x", "source": "remote", "file": {"id": "F1", "name": "plan.pdf"}},
        [FilePart("plan.pdf", id="F1")],
        id="file",
    ),
    pytest.param({"type": "file", "file_id": "F1"}, [FilePart("a file", id="F1")], id="file that is an id"),
    pytest.param({"type": "file", "external_id": "x"}, [], id="file of which nothing is told"),
    pytest.param({"type": "header", "text": plain("DiskFull &amp; more")}, ["DiskFull & more"], id="header"),
    pytest.param(
        {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a cat", "title": plain("Cat")},
        ["Cat", ImagePart("a cat")],
        id="image",
    ),
    pytest.param(
        {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "Cat", "title": plain("Cat")},
        ["Cat", ImagePart("")],
        id="image whose title is its name",
    ),
    pytest.param({"type": "image"}, [], id="image of nothing"),
    pytest.param(
        {
            "type": "input",
            "label": plain("Your name"),
            "hint": plain("as in your passport"),
            "element": {"type": "plain_text_input"},
        },
        ["Your name", "as in your passport"],
        id="input",
    ),
    pytest.param(
        {"type": "markdown", "text": "**Down** for `List<int>`"}, ["**Down** for `List<int>`"], id="markdown"
    ),
    pytest.param(
        {
            "type": "plan",
            "title": "Research",
            "tasks": [TASK, {"title": "Write", "status": "in_progress"}, {"title": "Rest"}],
        },
        [
            "Research",
            "Search the docs (done)",
            "twelve pages",
            "one hit",
            "Page 1 (https://d.example/1)",
            "Write (in progress)",
            "Rest",
        ],
        id="plan",
    ),
    pytest.param({**TASK, "title": "", "sources": []}, ["twelve pages", "one hit"], id="task_card"),
    pytest.param(rich("hello"), ["hello"], id="rich_text"),
    pytest.param(
        {
            "type": "section",
            "text": mrkdwn("*/var* is 98 % full: <https://g.example|graph>"),
            "fields": [mrkdwn("*Old:* 5"), mrkdwn("*New:* 5"), plain("5"), plain("5")],
            "accessory": LINK,
        },
        [
            "*/var* is 98 % full: graph (https://g.example)",
            "*Old:* 5",
            "*New:* 5",
            "5",
            "5",
            "Runbook (https://wiki.example/disk)",
        ],
        id="section",
    ),
    pytest.param(
        {
            "type": "section",
            "text": plain("See"),
            "accessory": {"type": "image", "image_url": "https://x", "alt_text": "a map"},
        },
        ["See", ImagePart("a map")],
        id="section with a picture",
    ),
    pytest.param(
        {"type": "table", "rows": [[raw("a|b"), rich("two\nlines")], [raw("c")], []]},
        ["| a\\|b | two lines |\n|---|---|\n| c |"],
        id="table",
    ),
    pytest.param({"type": "table", "rows": []}, [], id="table without rows"),
    pytest.param(
        {
            "type": "video",
            "title": plain("Launch"),
            "title_url": "https://v.example/1",
            "video_url": "https://v.example/embed/1",
            "author_name": "Ada",
            "provider_name": "Tube",
            "description": plain("The launch of it"),
            "alt_text": "Launch",
        },
        ["Launch (https://v.example/1)", "Ada", "Tube", "The launch of it"],
        id="video",
    ),
    pytest.param(
        {
            "type": "hologram",
            "title": plain("Boo"),
            "alt_text": "Boo",
            "elements": [{"type": "header", "text": plain("!")}],
        },
        ["Boo", "!"],
        id="a kind that nobody knows yet",
    ),
    pytest.param({"type": "call", "call_id": "R1"}, [], id="call of which nothing is told"),
    pytest.param({}, [], id="nothing"),
]


@pytest.mark.parametrize(("block", "said"), KINDS)
def test_a_block_says_what_people_read_in_it(block: dict[str, Any], said: list[str | Part]) -> None:
    parts = list(BlockReader("U0BOT").read([block]))
    assert parts == [TextPart(one) if isinstance(one, str) else one for one in said]


def test_blocks_within_blocks_are_read_to_a_depth() -> None:
    deep: dict[str, Any] = {"type": "header", "text": plain("bottom")}
    for number in range(500):
        deep = {"type": "container", "title": plain(f"floor {number}"), "child_blocks": [deep]}
    said = list(BlockReader().read([deep]))
    assert said[0] == TextPart("floor 499")
    assert len(said) < 10


@pytest.mark.parametrize(
    ("file", "part"),
    [
        pytest.param(
            {"id": "F1", "name": "q3.pdf", "title": "Q3", "mimetype": "application/pdf", "size": 12},
            FilePart("q3.pdf", "application/pdf", 12, "F1"),
            id="a file",
        ),
        pytest.param({"id": "F1", "title": "Plan &amp; more"}, FilePart("Plan & more", id="F1"), id="a post"),
        pytest.param(
            {"id": "F1", "file_access": "check_file_info"},
            FilePart("a file", id="F1", place=FilePlace.ASK),
            id="another company's",
        ),
        pytest.param(
            {"id": "F1", "mode": "tombstone"}, FilePart("a file", id="F1", place=FilePlace.GONE), id="deleted"
        ),
        pytest.param(
            {"id": "F1", "mode": "hidden_by_limit"},
            FilePart("a file", id="F1", place=FilePlace.GONE),
            id="out of reach",
        ),
        pytest.param(
            {"id": "F1", "name": "Plan", "mode": "external", "url_private": "https://docs.example/1"},
            FilePart("Plan", id="F1", url="https://docs.example/1", place=FilePlace.ELSEWHERE),
            id="elsewhere",
        ),
        pytest.param(
            {"name": "a", "url_private": "https://files.slack.com/a", "url_private_download": "https://b"},
            FilePart("a", url="https://b"),
            id="its address",
        ),
        pytest.param(
            {"name": 'a\n`<!channel>`\u202e"b".pdf'}, FilePart("a @channel b .pdf"), id="marks in its name"
        ),
        pytest.param(
            {"name": "x" * 200 + ".pdf"}, FilePart("x" * 80 + "…" + "x" * 15 + ".pdf"), id="a long name"
        ),
        pytest.param(
            {"name": "half \ud83d", "size": "12"}, FilePart("half \N{REPLACEMENT CHARACTER}"), id="odd"
        ),
    ],
)
def test_a_file_is_known_by_what_slack_tells_of_it(file: dict[str, Any], part: FilePart) -> None:
    assert file_part(file) == part
