"""What becomes of a message."""

from __future__ import annotations

import pytest

from slack_emulator.state.message_edits import changed, tombstone, users_of
from slack_emulator.state.models import Message, MessageEdit, Reaction

BLOCKS = ({"type": "divider"},)
OLD = Message(
    "C1", "1.0", "U1", "old", blocks=BLOCKS, attachments=({"text": "a"},), metadata={"event_type": "x"}
)


@pytest.mark.parametrize(
    ("change", "text", "blocks"),
    [
        pytest.param(MessageEdit(text="new"), "new", None, id="text alone takes the blocks away"),
        pytest.param(MessageEdit(attachments=()), "old", BLOCKS, id="neither keeps both"),
        pytest.param(MessageEdit(blocks=()), "old", None, id="an empty list takes them away"),
        pytest.param(MessageEdit(text="new", blocks=BLOCKS), "new", BLOCKS, id="both are replaced"),
    ],
)
def test_an_edit_follows_slacks_rules(change: MessageEdit, text: str, blocks: object) -> None:
    new = changed(OLD, change)
    assert (new.text, new.blocks) == (text, blocks)


def test_what_an_edit_does_not_name_stays_and_what_is_empty_goes() -> None:
    assert changed(OLD, MessageEdit(text="new")).attachments == OLD.attachments
    assert changed(OLD, MessageEdit(text="new")).metadata == OLD.metadata
    assert changed(OLD, MessageEdit(attachments=())).attachments == ()
    assert changed(OLD, MessageEdit(metadata={})).metadata is None


def test_a_stream_that_broke_off_is_mended_by_an_edit() -> None:
    broken = Message("C1", "1.0", "U1", "half", streaming_state="in_progress")
    assert changed(broken, MessageEdit(text="whole")).streaming_state == "completed"


def test_what_is_left_of_a_parent_says_only_that_it_is_gone() -> None:
    left = tombstone(OLD)
    assert (left.text, left.blocks, left.subtype) == ("This message was deleted.", None, "tombstone")


def test_who_reacted_is_told_by_emoji() -> None:
    message = Message("C1", "1.0", "U1", "x", reactions=(Reaction("eyes", ("U1", "U2")),))
    assert (users_of(message, "eyes"), users_of(message, "wave")) == (("U1", "U2"), ())
