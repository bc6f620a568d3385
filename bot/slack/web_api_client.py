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
from bot.core.delivery.controls import ACTION, ControlKind
from bot.core.delivery.slack_calls import ShownMessage
from bot.observability import facts
from bot.observability.hooks import tell
from bot.slack.api_answers import ask
from bot.slack.call_arguments import APPROVAL, CallArguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.slack_calls import SlackCall
    from bot.language.translatable import Translatable

PAGE = 200  # messages in one call of conversations.replies; Slack allows 999, and recommends no more than 200
# Slack pages a thread oldest first, so its newest messages cost a call for each page before them. A minute allows some 50
# such calls: half of it at most for one thread, which is 5,000 messages.
MOST_PAGES = 25
LONGEST_THREAD = 1000  # messages that are kept, the newest: what is older does not fit any budget for history
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
        self._arguments = CallArguments(footnote)

    async def carry_out(self, call: SlackCall) -> str:
        """Makes the call. Returns the ts of the message that it makes, changes or deletes; "" for a status.

        Raises RateLimited with Slack's wait in seconds; MessageGone, MessageFixed, ThreadGone, MessageTooLong and BlocksRefused
        for what Slack says of the message; SlackDenied for any other refusal; SlackUnreachable where no answer came, after which
        nobody knows whether the call was carried out.
        """
        answer = await self._call(call.method, **self._arguments.of(call))
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

    def _is_speech(self, message: Payload) -> bool:
        return _is_speech(message) and not (_is_approval(message) and self._is_ours(message))

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


def _query(arguments: Mapping[str, Any]) -> dict[str, str]:
    """A query string knows no booleans: Slack reads `true`."""
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in arguments.items()
    }


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
