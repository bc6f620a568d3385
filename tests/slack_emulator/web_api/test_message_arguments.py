"""A message's content, read and checked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slack_emulator.disputed_rules import STRICT
from slack_emulator.errors import Refused
from slack_emulator.seeding.loader import made
from slack_emulator.seeding.seed import Registration
from slack_emulator.state.models import Author
from slack_emulator.web_api.arguments import Arguments
from slack_emulator.web_api.message_arguments import author_of, content_of, draft

APP = made(Registration("Teleprinter"))
METADATA = {"event_type": "answer", "event_payload": {"id": 7}}


def test_all_parts_are_read() -> None:
    given = {"text": "hi", "attachments": [{"text": "a"}], "metadata": METADATA}
    parts = content_of(Arguments(given), STRICT)
    assert (parts.text, parts.blocks, parts.attachments, parts.metadata) == (
        "hi",
        None,
        ({"text": "a"},),
        METADATA,
    )
    assert not parts.empty


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"attachments": [{}] * 101}, "too_many_attachments"),
        ({"metadata": {"event_type": "x"}}, "invalid_metadata_schema"),
        ({"metadata": {"event_type": 1, "event_payload": {}}}, "invalid_metadata_schema"),
        ({"blocks": [{"type": "markdown", "text": "x" * 12_001}]}, "msg_too_long"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any], error: str) -> None:
    with pytest.raises(Refused, match=error):
        content_of(Arguments(given), STRICT)


def test_metadata_can_be_taken_away() -> None:
    assert content_of(Arguments({"metadata": {}}), STRICT).metadata == {}


def test_another_name_wants_a_scope() -> None:
    args = Arguments({"text": "hi", "username": "Robin", "icon_emoji": ":robot_face:"})
    with pytest.raises(Refused) as refused:
        author_of(args, APP)
    assert refused.value.more["needed"] == "chat:write.customize"
    custom = replace(APP, scopes=("chat:write", "chat:write.customize"))
    message = draft(args, content_of(args, STRICT), custom, channel="C1")
    assert message.author == Author("Robin", ":robot_face:")
