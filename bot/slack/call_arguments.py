"""Says what each call that shows something means in Slack's Web API: the arguments of its method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.core.conversation.form_blocks import context, section
from bot.core.conversation.json_payload import Payload
from bot.core.delivery.controls import block_kit
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.slack_calls import (
    AppendStream,
    Delete,
    DeleteFile,
    Post,
    PostApproval,
    SetSession,
    SetStatus,
    SetTitle,
    StartStream,
    StopStream,
    SuggestPrompts,
    Update,
    UpdateApproval,
    Whisper,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.slack_calls import ApprovalCall, Body, Edit, PaneCall, SlackCall
    from bot.core.delivery.tool_cards import StreamPiece
    from bot.language.translatable import Translatable

FALLBACK_BYTES = 3000
"""Of the text beside the block: chat.update refuses more than 4,000, and nobody reads it whole."""
REPLY = "teleprinter_reply"
"""Names in Slack a message of an answer."""
APPROVAL = "teleprinter_approval"
"""Names in Slack a message that asks whether a tool may act: nothing that was said to anybody's question."""
_UNFETCHED = {"unfurl_links": False, "unfurl_media": False}
"""Makes Slack fetch no link of a message: where a model wrote it, that is a way to carry data out."""
_BESIDE = (SetStatus, SetSession, SetTitle, SuggestPrompts)


class CallArguments:
    """Knows what stands below every message, apart from its text: the `footnote`, and what can be pressed."""

    def __init__(self, footnote: Translatable | None = None) -> None:
        self._footnote = footnote

    def of(self, call: SlackCall) -> dict[str, Any]:
        """Returns the arguments of the call's method."""
        if isinstance(call, PostApproval | UpdateApproval):
            return _asked(call)
        if isinstance(call, Delete | DeleteFile):
            return _deleted(call)
        return _shown_beside(call) if isinstance(call, _BESIDE) else self._shown(call)

    def _shown(self, call: Edit | Whisper) -> dict[str, Any]:
        thread = call.thread
        match call:
            case Post():
                named = {"metadata": _named(REPLY, call.marker)}
                return {**_place(thread), **_UNFETCHED, **named, **self._content(call.body)}
            case Update():
                name = {"metadata": _named(REPLY, call.marker)} if call.marker else {}
                return {"channel": thread.channel, "ts": call.ts, **name, **self._content(call.body)}
            case StartStream():
                reader = {"recipient_team_id": thread.team, "recipient_user_id": call.reader}
                return {**_place(thread), **reader, **_chunks(call.pieces or (call.body.text,))}
            case AppendStream():
                return {"channel": thread.channel, "ts": call.ts, **_chunks(call.pieces or (call.markdown,))}
            case StopStream():
                below = self._below(call.body) if call.last else []
                end = {"metadata": _named(REPLY, call.marker), **({"blocks": below} if below else {})}
                more = _chunks(call.pieces or (call.markdown,))
                return {"channel": thread.channel, "ts": call.ts, **end, **more}
            case Whisper():
                row = [{"type": "actions", "elements": list(call.buttons)}] if call.buttons else []
                blocks = {"blocks": [section(call.text), *row]} if row else {}
                return {**_place(thread), "user": call.user, "text": call.text, **blocks}

    def _content(self, body: Body) -> dict[str, Any]:
        """The arguments that carry the text: the same form from the first post to the last edit."""
        # `parse` and `link_names` fall back to their defaults on every update that leaves them out.
        quiet = {"parse": "none", "link_names": False}
        if body.dialect is Dialect.TEXT:
            return {"text": body.text, **quiet}
        blocks = [*_text_blocks(body), *self._below(body)]
        return {"blocks": blocks, "text": _first_bytes(body.fallback, FALLBACK_BYTES), **quiet}

    def _below(self, body: Body) -> list[Payload]:
        """The blocks below the text."""
        footnote = [context(body.language.say(self._footnote))] if self._footnote else []
        return [*footnote, *block_kit(body.controls, body.language)]


def _shown_beside(call: SetStatus | PaneCall) -> dict[str, Any]:
    """The arguments of what is shown beside messages."""
    thread = call.thread
    place = {"channel_id": thread.channel} | ({"thread_ts": thread.thread_ts} if thread.thread_ts else {})
    match call:
        case SetStatus():
            return {**place, "status": call.text}
        case SetTitle():
            return {**place, "title": call.title}
        case SetSession():
            title = {"title": call.title} if call.title else {}
            return {**place, "status": "processing" if call.working else "active", **title}
        case _:
            prompts = [{"title": one.title, "message": one.message} for one in call.prompts]
            return {**place, "prompts": prompts}


def _deleted(call: Delete | DeleteFile) -> dict[str, Any]:
    """The arguments of what takes something away."""
    if isinstance(call, DeleteFile):
        return {"file": call.file}
    return {"channel": call.thread.channel, "ts": call.ts}


def _asked(call: ApprovalCall) -> dict[str, Any]:
    """The arguments of a message that asks whether a tool may act, and of what came of it."""
    thread, said = call.thread, {"text": call.text, "blocks": list(call.blocks)}
    if isinstance(call, UpdateApproval):
        return {"channel": thread.channel, "ts": call.ts, **said}
    return {**_place(thread), "metadata": _named(APPROVAL, call.marker), **said, **_UNFETCHED}


def _place(thread: ThreadKey) -> dict[str, Any]:
    return {"channel": thread.channel, "thread_ts": thread.thread_ts}


def _named(kind: str, marker: str) -> Payload:
    """Returns what makes a message known again."""
    return {"event_type": kind, "event_payload": {"id": marker}}


def _chunks(pieces: Iterable[StreamPiece]) -> dict[str, Any]:
    """Returns what a stream is given, as Slack's SDK sends it."""
    chunks = [_chunk(piece) for piece in pieces if piece]
    return {"chunks": chunks} if chunks else {}


def _chunk(piece: StreamPiece) -> Payload:
    if isinstance(piece, str):
        return {"type": "markdown_text", "text": piece}
    return {"type": "task_update", "id": piece.id, "title": piece.title, "status": piece.status.value}


def _text_blocks(body: Body) -> list[Payload]:
    """The text, with its tables and charts between what stands before them and behind."""
    if not body.figures:
        return [{"type": "markdown", "text": body.text}]
    blocks, at = list[Payload](), 0
    for figure in body.figures:
        blocks += [*_markdown(body.text[at : figure.start]), figure.block]
        at = figure.end
    return [*blocks, *_markdown(body.text[at:])]


def _markdown(text: str) -> list[Payload]:
    shown = text.strip("\n")
    return [{"type": "markdown", "text": shown}] if shown else []


def _first_bytes(text: str, most: int) -> str:
    raw = text.encode(errors="replace")
    return text if len(raw) <= most else raw[:most].decode(errors="ignore") + " …"
