"""Reads what is asked elsewhere than in a message to us: a slash command, and what is chosen in the menu of a message.

Whoever asks so is answered in private, but for ANSWER_HERE. Nothing of it is a turn: the answer has no place in Slack from which
another process could go on, since Slack keeps no private message.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import ThreadKey, installed_team
from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.conversation.message_reader import read_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.content_parts import Parts
    from bot.core.conversation.json_payload import Payload

COMMAND = "/ask"
SHARE = "teleprinter.share"
"""The action id of the button that shares a private answer."""
SUMMARISE_PROMPT = "Summarise this thread for me: what it is about, what was decided, and what is still open. Use a few short points."
EXPLAIN_PROMPT = (
    "Explain this message to me, in a few sentences and plain words: what it says, and what its terms mean."
)
_HELP = ("", "help", "?")


class ShortcutKind(Enum):
    """Names what can be chosen in a message's menu, by the callback ids of the manifest."""

    SUMMARISE = "summarise_thread"
    EXPLAIN = "explain_message"
    ANSWER_HERE = "answer_here"


@dataclass(frozen=True, slots=True)
class CommandGiven:
    """Somebody has typed a slash command; `reply_url` takes five private answers within half an hour."""

    name: str
    question: str
    team: str
    channel: str
    user: str
    reply_url: str

    @property
    def wants_help(self) -> bool:
        """Tells whether nothing is asked."""
        return self.question.lower() in _HELP


@dataclass(frozen=True, slots=True)
class ShortcutChosen:
    """Somebody has chosen something in the menu of a message, which says `parts`; `kind` is None where it is none of ours, and the
    message is `ours` where we wrote it."""

    kind: ShortcutKind | None
    thread: ThreadKey
    ts: str
    author: str
    parts: Parts
    user: str
    reply_url: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class SharePressed:
    """Somebody wants to share the private answer `name` with the channel."""

    name: str
    team: str
    channel: str
    user: str
    reply_url: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """Somebody, the `inviter`, "" where Slack does not say, has invited us into a channel."""

    team: str
    channel: str
    inviter: str = ""


def parse_command(payload: Payload) -> CommandGiven:
    """Returns what somebody has typed, as a slash command's form says."""
    return CommandGiven(
        as_text(payload.get("command")),
        as_text(payload.get("text")).strip(),
        installed_team(payload),
        as_text(payload.get("channel_id")),
        as_text(payload.get("user_id")),
        as_text(payload.get("response_url")),
    )


def parse_shortcut(payload: Payload, *, team: str, bot_user: str) -> ShortcutChosen | None:
    """Returns what was chosen in a message's menu, as a `message_action` payload says; None where it names no message."""
    message, channel = as_payload(payload.get("message")), as_payload(payload.get("channel"))
    ts, place = as_text(message.get("ts")), as_text(channel.get("id"))
    user = as_text(as_payload(payload.get("user")).get("id"))
    if payload.get("type") != "message_action" or not (ts and place and user):
        return None
    author = as_text(message.get("user")) or as_text(message.get("bot_id"))
    return ShortcutChosen(
        _KINDS.get(as_text(payload.get("callback_id"))),
        ThreadKey(team, place, as_text(message.get("thread_ts")) or ts),
        ts,
        author,
        read_message(message, bot_user=bot_user),
        user,
        as_text(payload.get("response_url")),
        ours=author == bot_user,
    )


def parse_share(payload: Payload, *, team: str) -> SharePressed:
    """Returns which private answer is to be shared, as a `block_actions` payload says."""
    container, actions = as_payload(payload.get("container")), as_payloads(payload.get("actions"))
    return SharePressed(
        as_text(actions[0].get("value")) if actions else "",
        team,
        as_text(container.get("channel_id")) or as_text(as_payload(payload.get("channel")).get("id")),
        as_text(as_payload(payload.get("user")).get("id")),
        as_text(payload.get("response_url")),
    )


def parse_own_arrival(payload: Payload, *, bot_user: str) -> Invitation | None:
    """Returns into which channel we were invited, as a `member_joined_channel` event says; None where somebody else has joined."""
    event = as_payload(payload.get("event"))
    channel = as_text(event.get("channel"))
    if event.get("type") != "member_joined_channel" or event.get("user") != bot_user or not channel:
        return None
    return Invitation(installed_team(payload), channel, as_text(event.get("inviter")))


def conversation(chosen: ShortcutChosen, said: Sequence[ThreadMessage]) -> list[ThreadMessage]:
    """Returns what the model reads for a shortcut: of the thread, which `said` is, or of the message alone; then what is wanted."""
    if chosen.kind is ShortcutKind.SUMMARISE:
        return [*said, ThreadMessage("", chosen.user, text_parts(SUMMARISE_PROMPT))]
    message = ThreadMessage(chosen.ts, chosen.author, chosen.parts)
    return [message, ThreadMessage("", chosen.user, text_parts(EXPLAIN_PROMPT))]


_KINDS = {one.value: one for one in ShortcutKind}
