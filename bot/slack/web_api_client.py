"""Slack's Web API as replies see it: it carries out calls, and reads threads. What comes back is read in `api_answers`.

The client must not retry by itself: its handler for broken connections would post a second time what Slack already
took, and its handler for 429 sleeps inside the call and then sends the old text.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from bot.core.conversation.addressees import read_addressees
from bot.core.conversation.authors import app_name, read_author
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import SPOKEN
from bot.core.conversation.json_payload import Payload, as_payload, as_payloads, as_text
from bot.core.conversation.message_reader import read_message, read_own_message, written_blocks
from bot.core.conversation.shared_files import SharedFile
from bot.core.delivery.controls import ACTION, ControlKind, block_kit
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
    ShownMessage,
    StartStream,
    StopStream,
    SuggestPrompts,
    Update,
    UpdateApproval,
    Whisper,
)
from bot.observability import facts
from bot.observability.hooks import tell
from bot.slack.api_answers import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.slack_calls import ApprovalCall, Body, Edit, PaneCall, SlackCall
    from bot.core.delivery.tool_cards import StreamPiece
    from bot.language.translatable import Translatable

PAGE = 200  # messages in one call of conversations.replies; Slack allows 999, and recommends no more than 200
# Slack pages a thread oldest first, so its newest messages cost a call for each page before them. A minute allows some 50
# such calls: half of it at most for one thread, which is 5,000 messages.
MOST_PAGES = 25
LONGEST_THREAD = 1000  # messages that are kept, the newest: what is older does not fit any budget for history
FALLBACK_BYTES = 3000
"""Of the text beside the block: chat.update refuses more than 4,000, and nobody reads it whole."""
METADATA = "teleprinter_reply"
APPROVAL = "teleprinter_approval"
"""Names in Slack a message that asks whether a tool may act: nothing that was said to anybody's question."""
KNOWN_FOR = 600.0  # seconds that it is remembered whether somebody is an admin
MOST_KNOWN = 1_000  # people of whom it is


class Surface:
    """One workspace, through its bot token. `bot_user` and `bot_id` are ours there.

    `footnote` stands below every message, apart from its text: what people should know of the model that wrote it. `site` is the
    workspace's address.
    """

    def __init__(
        self,
        client: AsyncWebClient,
        *,
        bot_user: str,
        bot_id: str = "",
        footnote: Translatable | None = None,
        site: str = "",
    ) -> None:
        self._client = client
        self._site = site
        # When each was asked about, and what Slack said.
        self._admins: OrderedDict[str, tuple[float, bool]] = OrderedDict()
        self._bot_user = bot_user
        self._bot_id = bot_id
        self._footnote = footnote

    async def carry_out(self, call: SlackCall) -> str:
        """Makes the call. Returns the ts of the message that it makes, changes or deletes; "" for a status.

        Raises RateLimited with Slack's wait in seconds; MessageGone, MessageFixed, ThreadGone, MessageTooLong and BlocksRefused
        for what Slack says of the message; SlackDenied for any other refusal; SlackUnreachable where no answer came, after which
        nobody knows whether the call was carried out.
        """
        if isinstance(call, PostApproval | UpdateApproval):
            arguments = _asked(call)
        elif isinstance(call, Delete | DeleteFile):
            arguments = _deleted(call)
        else:
            arguments = _shown_beside(call) if isinstance(call, _BESIDE) else self._arguments(call)
        answer = await self._call(call.method, **arguments)
        return str(answer.get("ts", ""))

    async def find(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        """Returns the ts of the message that was posted with `marker`, or that of one which we have begun to stream and nobody has
        ended: a stream gets its name with its end, and a thread has one at a time. None where there is neither. For a call whose
        answer was lost.

        Older messages than the ts `since` are not looked at: in a thread of more messages than are read, it could not be found.
        Raises SlackError as `carry_out` does; RateLimited is of `conversations.replies`.
        """
        growing = None
        for message in await self._replies(thread, oldest=since, include_all_metadata=True):
            if _marker(message) == marker:
                return str(message["ts"])
            if self._is_ours(message) and _is_growing(message):
                growing = str(message["ts"])
        return growing

    async def find_named(self, thread: ThreadKey, marker: str, *, since: str) -> str | None:
        """Returns the ts of the message that was posted with `marker`, as `find` does; no stream is taken for it."""
        messages = await self._replies(thread, oldest=since, include_all_metadata=True)
        return next((str(one["ts"]) for one in messages if _marker(one) == marker), None)

    async def read(self, thread: ThreadKey, ts: str) -> ShownMessage | None:
        """Returns what the message `ts` of ours shows now, or None where it is gone. For an edit whose answer was lost.

        Raises SlackError as `find` does.
        """
        for message in await self._replies(thread, oldest=ts, latest=ts, inclusive=True):
            if message.get("ts") == ts:
                return ShownMessage(_written(message) or str(message.get("text") or ""), _is_live(message))
        return None

    async def read_blocks(self, thread: ThreadKey, ts: str) -> list[Payload] | None:
        """Returns the blocks of the message `ts`, as Slack shows them now, or None where it is gone. Raises SlackError as `find` does."""
        for message in await self._replies(thread, oldest=ts, latest=ts, inclusive=True):
            if message.get("ts") == ts:
                return as_payloads(message.get("blocks"))
        return None

    async def read_thread(self, thread: ThreadKey) -> list[ThreadMessage]:
        """Returns what has been said in the thread, oldest first, joins and other notices left out: its newest 1,000 messages.

        Raises SlackError as `find` does: ThreadGone where the thread is not there any more, SlackDenied where we may not read it.
        """
        messages = await self._replies(thread, include_all_metadata=True)
        return [self._said(message) for message in messages if self._is_speech(message)]

    async def shared_files(self, thread: ThreadKey, *, since: str) -> list[SharedFile]:
        """Returns the files of ours that stand in the thread, in messages of the ts `since` or later. Raises SlackError as `find` does."""
        messages = await self._replies(thread, oldest=since, inclusive=True)
        return [file for message in messages if self._is_ours(message) for file in _files(message)]

    async def read_above(self, thread: ThreadKey, *, count: int) -> list[ThreadMessage]:
        """Returns what was said in the channel before the message that begins the thread, oldest first: the newest `count` messages.

        Raises SlackError as `find` does; RateLimited is of `conversations.history`.
        """
        page = {"channel": thread.channel, "latest": thread.thread_ts, "limit": count}
        answer = await self._call("conversations.history", http_verb="GET", **page, include_all_metadata=True)
        messages = as_payloads(answer.get("messages"))
        return [self._said(one) for one in reversed(messages) if self._is_speech(one) and one.get("ts")]

    async def is_admin(self, user: str) -> bool:
        """Tells whether somebody is an admin of the workspace, or was `KNOWN_FOR` seconds ago. Raises SlackError as `carry_out` does."""
        now = asyncio.get_running_loop().time()
        asked_at, admin = self._admins.get(user, (float("-inf"), False))
        if now - asked_at > KNOWN_FOR:
            found = as_payload((await self._call("users.info", http_verb="GET", user=user)).get("user"))
            admin = found.get("is_admin") is True or found.get("is_owner") is True
            self._admins[user] = now, admin
            if len(self._admins) > MOST_KNOWN:
                self._admins.popitem(last=False)
        return admin

    async def open_view(self, trigger: str, view: Payload) -> None:
        """Opens a modal for the person whose press brought the `trigger`, within three seconds of it. Raises as `carry_out` does."""
        await self._call("views.open", trigger_id=trigger, view=view)

    async def say(self, channel: str, words: str) -> None:
        """Posts words of our own in a channel, outside of any thread. Raises as `carry_out` does."""
        await self._call(
            "chat.postMessage", channel=channel, text=words, unfurl_links=False, unfurl_media=False
        )

    async def publish_view(self, user: str, view: Payload) -> None:
        """Lets somebody see the view in our App Home from now on. Raises as `carry_out` does."""
        await self._call("views.publish", user_id=user, view=view)

    def permalink(self, thread: ThreadKey, ts: str) -> str:
        """Returns the address of a message in the thread, as `chat.getPermalink` makes it; "" where ours is not known."""
        if not self._site:
            return ""
        where = f"{self._site}archives/{thread.channel}/p{ts.replace('.', '')}"
        return f"{where}?thread_ts={thread.thread_ts}&cid={thread.channel}"

    def _arguments(self, call: Edit | Whisper) -> dict[str, Any]:
        thread = call.thread
        match call:
            case Post():
                return {
                    "channel": thread.channel,
                    "thread_ts": thread.thread_ts,
                    # A model's link must not make Slack fetch it: that is a way to carry data out.
                    "unfurl_links": False,
                    "unfurl_media": False,
                    "metadata": _metadata(call.marker),
                    **self._content(call.body),
                }
            case Update():
                name = {"metadata": _metadata(call.marker)} if call.marker else {}
                return {"channel": thread.channel, "ts": call.ts, **name, **self._content(call.body)}
            case StartStream():
                reader = {"recipient_team_id": thread.team, "recipient_user_id": call.reader}
                place = {"channel": thread.channel, "thread_ts": thread.thread_ts}
                return {**place, **reader, **_chunks(call.pieces or (call.body.text,))}
            case AppendStream():
                return {"channel": thread.channel, "ts": call.ts, **_chunks(call.pieces or (call.markdown,))}
            case StopStream():
                below = self._below(call.body) if call.last else []
                end = {"metadata": _metadata(call.marker), **({"blocks": below} if below else {})}
                more = _chunks(call.pieces or (call.markdown,))
                return {"channel": thread.channel, "ts": call.ts, **end, **more}
            case Whisper():
                row = [{"type": "actions", "elements": list(call.buttons)}] if call.buttons else []
                blocks = {"blocks": [_section(call.text), *row]} if row else {}
                place = {"channel": thread.channel, "thread_ts": thread.thread_ts, "user": call.user}
                return {**place, "text": call.text, **blocks}

    def _content(self, body: Body) -> dict[str, Any]:
        """The arguments that carry the text: the same form from the first post to the last edit."""
        # `parse` and `link_names` fall back to their defaults on every update that leaves them out.
        quiet = {"parse": "none", "link_names": False}
        if body.dialect is Dialect.TEXT:
            return {"text": body.text, **quiet}
        blocks = [*_text_blocks(body), *self._below(body)]
        return {"blocks": blocks, "text": _first_bytes(body.fallback, FALLBACK_BYTES), **quiet}

    def _is_speech(self, message: Payload) -> bool:
        return _is_speech(message) and not (_is_approval(message) and self._is_ours(message))

    def _below(self, body: Body) -> list[Payload]:
        """The blocks below the text."""
        footnote = [_context(body.language.say(self._footnote))] if self._footnote else []
        return [*footnote, *block_kit(body.controls, body.language)]

    def _said(self, message: Payload) -> ThreadMessage:
        ts, user = str(message["ts"]), str(message.get("user") or message.get("bot_id") or "")
        if self._is_ours(message):
            return ThreadMessage(
                ts,
                user,
                read_own_message(message),
                ours=True,
                marker=_marker(message),
                growing=_is_growing(message),
                files=_files(message),
            )
        parts = read_message(message, bot_user=self._bot_user)
        to = read_addressees(message, bot_user=self._bot_user)
        return ThreadMessage(
            ts,
            user,
            parts,
            author=read_author(message),
            to=to,
            name=app_name(message),
            last_reply=as_text(message.get("latest_reply")),
        )

    def _is_ours(self, message: Payload) -> bool:
        """Tells whether we said it. What our app posts with a person's token is that person's."""
        user, bot_id = message.get("user"), message.get("bot_id")
        return user == self._bot_user or (not user and bool(self._bot_id) and bot_id == self._bot_id)

    async def _replies(self, thread: ThreadKey, **arguments: Any) -> list[Payload]:
        messages: dict[str, Payload] = {}  # by ts: the thread's first message may come with every page
        page = {"channel": thread.channel, "ts": thread.thread_ts, "limit": PAGE, **arguments}
        for _ in range(MOST_PAGES):
            answer = await self._call("conversations.replies", http_verb="GET", **page)
            messages |= {str(one["ts"]): one for one in as_payloads(answer.get("messages")) if one.get("ts")}
            page["cursor"] = as_payload(answer.get("response_metadata")).get("next_cursor")
            if not page["cursor"]:
                break
        else:
            tell(facts.ThreadTooLong(thread=thread, read=len(messages)))
        return list(messages.values())[-LONGEST_THREAD:]

    async def _call(self, method: str, *, http_verb: str = "POST", **arguments: Any) -> Payload:
        sent: dict[str, Any] = {"params": _query(arguments)} if http_verb == "GET" else {"json": arguments}
        return await ask(self._client, method, http_verb=http_verb, **sent)


_BESIDE = (SetStatus, SetSession, SetTitle, SuggestPrompts)


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
    return (
        {"file": call.file}
        if isinstance(call, DeleteFile)
        else {"channel": call.thread.channel, "ts": call.ts}
    )


def _asked(call: ApprovalCall) -> dict[str, Any]:
    """The arguments of a message that asks whether a tool may act, and of what came of it."""
    thread, said = call.thread, {"text": call.text, "blocks": list(call.blocks)}
    if isinstance(call, UpdateApproval):
        return {"channel": thread.channel, "ts": call.ts, **said}
    place = {"channel": thread.channel, "thread_ts": thread.thread_ts}
    named = {"metadata": {"event_type": APPROVAL, "event_payload": {"id": call.marker}}}
    return {**place, **named, **said, "unfurl_links": False, "unfurl_media": False}


def _query(arguments: Mapping[str, Any]) -> dict[str, str]:
    """A query string knows no booleans: Slack reads `true`."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in arguments.items()
    }


def _metadata(marker: str) -> Payload:
    return {"event_type": METADATA, "event_payload": {"id": marker}}


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


def _section(text: str) -> Payload:
    return {"type": "section", "text": {"type": "plain_text", "text": text}}


def _context(text: str) -> Payload:
    return {"type": "context", "elements": [{"type": "plain_text", "text": text}]}


def _first_bytes(text: str, most: int) -> str:
    raw = text.encode(errors="replace")
    return text if len(raw) <= most else raw[:most].decode(errors="ignore") + " …"


def _written(message: Payload) -> str:
    """Returns what stands in Slack of what we wrote, whole and as it was sent: a message's `text` is only the beginning of it."""
    return "\n\n".join(written_blocks(message))


def _files(message: Payload) -> tuple[SharedFile, ...]:
    ts = str(message.get("ts"))
    files = as_payloads(message.get("files"))
    return tuple(SharedFile(as_text(one.get("id")), as_text(one.get("name")), ts) for one in files)


def _is_live(message: Payload) -> bool:
    """Tells whether Stop stands below the message."""
    rows = [as_payloads(block.get("elements")) for block in as_payloads(message.get("blocks"))]
    return any(one.get("action_id") == f"{ACTION}{ControlKind.STOP.value}" for row in rows for one in row)


def _is_growing(message: Payload) -> bool:
    """Tells whether the message is a stream that has not ended, and so has no name yet."""
    return message.get("streaming_state") == "in_progress" and not _marker(message)


def _marker(message: Payload) -> str:
    """Returns what we named the message, or ""."""
    metadata = as_payload(message.get("metadata"))
    return str(as_payload(metadata.get("event_payload")).get("id") or "")


def _is_approval(message: Payload) -> bool:
    return as_payload(message.get("metadata")).get("event_type") == APPROVAL


def _is_speech(message: Payload) -> bool:
    return message.get("subtype") in (*SPOKEN, "bot_message")
