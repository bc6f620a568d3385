"""Changes messages: edited, deleted, reacted to. Slack's own rules, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.state.models import COMPLETED, Message

if TYPE_CHECKING:
    from slack_emulator.state.models import MessageEdit

TOMBSTONE = "This message was deleted."


def changed(old: Message, change: MessageEdit) -> Message:
    """Returns what chat.update makes of a message (Slack's own rules).

    Text alone takes the blocks away, nothing at all keeps them, an empty list takes them away; attachments and metadata
    stay where they are not named. A stream that broke off is mended by it.
    """
    keeps_blocks = change.blocks is None and change.text is None
    return replace(
        old,
        text=old.text if change.text is None else change.text,
        blocks=old.blocks if keeps_blocks else change.blocks or None,
        attachments=old.attachments if change.attachments is None else change.attachments,
        metadata=old.metadata if change.metadata is None else change.metadata or None,
        streaming_state=old.streaming_state and COMPLETED,
    )


def tombstone(old: Message) -> Message:
    """Returns what is left of a deleted parent whose thread goes on."""
    return Message(old.channel, old.ts, old.user, TOMBSTONE, subtype="tombstone")


def users_of(message: Message, name: str) -> tuple[str, ...]:
    """Returns who reacted with that emoji."""
    return next((reaction.users for reaction in message.reactions if reaction.name == name), ())
