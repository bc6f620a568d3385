"""What hangs below a message: a row a kind, with the fields that Slack's own examples and reported payloads have."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation.attachment_reader import is_forwarded, read_attachment
from bot.core.conversation.block_reader import BlockReader
from bot.core.conversation.content_parts import FilePart, ImagePart, Part, TextPart


def rich(text: str) -> dict[str, Any]:
    leaf = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


ALERT = {
    "id": 1,
    "color": "a30200",
    "fallback": "[FIRING:1] DiskFull host-01",
    "pretext": "Alertmanager",
    "author_name": "Prometheus",
    "title": "[FIRING:1] DiskFull host-01",
    "title_link": "https://alerts.example/1?a=1&amp;b=2",
    "text": "*/var* is 98 percent full &gt; 95",
    "fields": [
        {"title": "Severity", "value": "critical", "short": True},
        {"title": "Was", "value": "critical", "short": True},
        {"value": "since 12:40"},
    ],
    "actions": [
        {"type": "button", "text": "Runbook", "url": "https://wiki.example/disk"},
        {"type": "button", "name": "ack", "text": "Acknowledge"},
    ],
    "footer": "alerts v2",
    "ts": 1392734382,
    "mrkdwn_in": ["text"],
}
PREVIEW = {
    "from_url": "https://news.example/a",
    "original_url": "https://news.example/a",
    "service_name": "The News",
    "author_name": "The News",
    "title": "Seltzer is up",
    "title_link": "https://news.example/a",
    "text": "Bubbles sell.",
    "fallback": "The News: Seltzer is up",
    "image_url": "https://news.example/a.png",
}
FORWARD = {
    "ts": "1392734382.097029",
    "author_id": "U2",
    "author_name": "Grace Hopper",
    "channel_id": "C2",
    "channel_team": "T1",
    "is_msg_unfurl": True,
    "is_share": True,
    "from_url": "https://w.slack.example/archives/C2/p1",
    "message_blocks": [
        {
            "team": "T1",
            "channel": "C2",
            "ts": "1392734382.097029",
            "message": {"blocks": [rich("It is down.\nAgain.")]},
        }
    ],
    "text": "It is down.\nAgain.",
    "fallback": "[February 18th, 2014 2:39 PM] grace: It is down.",
    "footer": "Posted in #ops",
    "mrkdwn_in": ["text"],
    "files": [{"id": "F1", "name": "trace.txt"}],
}
DATE = "Tue, 18 Feb 2014 14:39:42 GMT"
QUOTED = [
    "> Grace Hopper:",
    "> It is down.\n> Again.",
    FilePart("trace.txt", id="F1"),
    f"> Posted in #ops | {DATE}",
]

KINDS = [
    pytest.param(
        ALERT,
        [
            "Alertmanager",
            "Prometheus",
            "[FIRING:1] DiskFull host-01 (https://alerts.example/1?a=1&b=2)",
            "*/var* is 98 percent full > 95",
            "Severity: critical",
            "Was: critical",
            "since 12:40",
            "Runbook (https://wiki.example/disk)",
            f"alerts v2 | {DATE}",
        ],
        id="an alert",
    ),
    pytest.param(
        {
            "fallback": "[no preview available]",
            "pretext": "Look",
            "blocks": [section("*DiskFull* on host-01")],
        },
        ["Look", "*DiskFull* on host-01"],
        id="blocks before their fall-back",
    ),
    pytest.param({"fallback": "[no preview available]", "blocks": []}, [], id="no preview"),
    pytest.param(
        {"fallback": "Build 7 failed", "color": "danger"}, ["Build 7 failed"], id="a fall-back alone"
    ),
    pytest.param(
        PREVIEW,
        ["The News", "Seltzer is up (https://news.example/a)", "Bubbles sell.", ImagePart("")],
        id="a link's preview",
    ),
    pytest.param(
        {"image_url": "https://x.example/cat.gif", "fallback": "a dancing cat"},
        [ImagePart("a dancing cat")],
        id="a picture",
    ),
    pytest.param({"title": "Same", "text": "Same"}, ["Same"], id="a title that repeats itself"),
    pytest.param({"files": [{"id": "F1", "name": "a.txt"}]}, [FilePart("a.txt", id="F1")], id="a file"),
    pytest.param(FORWARD, QUOTED, id="a forwarded message"),
    pytest.param(
        {"is_share": True, "author_id": "U2", "text": "Hi <@U3>", "fallback": "grace: Hi"},
        ["> @U2:", "> Hi @U3"],
        id="a forwarded text",
    ),
    pytest.param(
        {"is_share": True, "text": "Hi"}, ["> Somebody:", "> Hi"], id="forwarded from nobody knows whom"
    ),
    pytest.param(
        {"is_msg_unfurl": True, "author_name": "Grace", "fallback": "grace: a call"},
        ["grace: a call"],
        id="a fall-back of one",
    ),
    pytest.param(
        {
            "is_share": True,
            "author_name": "Ada",
            "message_blocks": [
                {
                    "message": {
                        "blocks": [],
                        "attachments": [{"title": "DiskFull", "text": "host-01"}, FORWARD],
                    }
                }
            ],
        },
        [
            "> Ada:",
            "> DiskFull",
            "> host-01",
            "> > Grace Hopper:",
            "> > It is down.\n> > Again.",
            FilePart("trace.txt", id="F1"),
            f"> > Posted in #ops | {DATE}",
        ],
        id="an alert and a forwarded message, forwarded",
    ),
    pytest.param({}, [], id="nothing"),
]


@pytest.mark.parametrize(("attachment", "said"), KINDS)
def test_an_attachment_says_what_people_read_in_it(
    attachment: dict[str, Any], said: list[str | Part]
) -> None:
    parts = list(read_attachment(attachment, BlockReader("U0BOT")))
    assert parts == [TextPart(one) if isinstance(one, str) else one for one in said]


def test_forwarded_messages_within_each_other_are_read_to_a_depth() -> None:
    deep: dict[str, Any] = {"is_share": True, "text": "bottom"}
    for number in range(200):
        deep = {
            "is_share": True,
            "text": f"floor {number}",
            "message_blocks": [{"message": {"attachments": [deep]}}],
        }
    said = list(read_attachment(deep, BlockReader()))
    assert TextPart("> floor 199") in said
    assert len(said) < 12


def test_a_date_alone_makes_no_forwarded_message() -> None:
    assert not is_forwarded(ALERT)
    assert is_forwarded(FORWARD)
