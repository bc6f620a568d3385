"""Reads what a call wants a message to hold, and checks it as Slack does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from slack_emulator.blocks.message_limits import (
    POST_TEXT,
    check_attachments,
    check_blocks,
    check_markdown_text,
)
from slack_emulator.blocks.typed_text import escape
from slack_emulator.errors import Refused
from slack_emulator.state.models import Author, Message

if TYPE_CHECKING:
    from slack_emulator.disputed_rules import Compat
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import App
    from slack_emulator.web_api.arguments import Arguments


@dataclass(frozen=True, slots=True)
class Content:
    """Holds what a call wants a message to hold, checked; None for what the call leaves out."""

    text: str | None
    blocks: tuple[Json, ...] | None
    attachments: tuple[Json, ...] | None
    metadata: Json | None

    @property
    def empty(self) -> bool:
        return not (self.text or self.blocks or self.attachments)


def content_of(args: Arguments, readings: Compat) -> Content:
    """Read and check a message's content. `markdown_text` excludes text and blocks, and is kept as a markdown block."""
    text, blocks = args.text("text"), args.objects("blocks", "invalid_blocks_format")
    if markdown := args.text("markdown_text"):
        if text or blocks:
            raise Refused("markdown_text_conflict")
        check_markdown_text(markdown)
        text, blocks = escape(markdown), ({"type": "markdown", "text": markdown},)
    else:
        check_blocks(blocks or (), readings)
    attachments = args.objects("attachments", "invalid_attachments")
    check_attachments(attachments or ())
    return Content(text, blocks, attachments, metadata_of(args))


def metadata_of(args: Arguments) -> Json | None:
    """A message's metadata: an event type and its payload, or {} to take it away."""
    metadata = args.object("metadata", "invalid_metadata_format")
    if metadata and not (
        isinstance(metadata.get("event_type"), str) and isinstance(metadata.get("event_payload"), dict)
    ):
        raise Refused(
            "invalid_metadata_schema",
            "[ERROR] event_type and event_payload are needed [json-pointer:/metadata]",
        )
    return metadata


def draft(args: Arguments, parts: Content, app: App, *, channel: str) -> Message:
    """The message of an app that a call asks for; cut where it is too long."""
    return Message(
        channel=channel,
        ts="",
        user=app.bot_user_id,
        text=(parts.text or "")[:POST_TEXT],
        thread_ts=args.text("thread_ts"),
        broadcast=args.flag("reply_broadcast"),
        blocks=parts.blocks or None,
        attachments=parts.attachments or (),
        metadata=parts.metadata,
        app_id=app.id,
        author=author_of(args, app),
    )


def author_of(args: Arguments, app: App) -> Author | None:
    """Another name or picture than the app's own, which wants a scope."""
    author = Author(args.text("username") or "", args.text("icon_emoji") or "", args.text("icon_url") or "")
    if author == Author():
        return None
    if "chat:write.customize" not in app.scopes:
        raise Refused.scope("chat:write.customize", app.scopes)
    return author
