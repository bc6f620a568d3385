"""From a Slack payload to a prompt, or to None where it is nobody's question to us.

Parsed once, here: no dict of Slack's travels further in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from bot.core.conversation.addressees import NOBODY, read_addressees
from bot.core.conversation.app_context import read_app_context
from bot.core.conversation.authors import A_PERSON, AuthorKind, MessageAuthor, read_author
from bot.core.conversation.content_parts import text_of
from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.conversation.message_reader import read_message
from bot.core.conversation.slack_text import mention_pattern

if TYPE_CHECKING:
    from bot.core.conversation.addressees import Addressees
    from bot.core.conversation.app_context import OpenEntity
    from bot.core.conversation.content_parts import Parts
    from bot.core.conversation.json_payload import Payload

Claim: TypeAlias = tuple[str, str, str]
"""Team, channel and ts of a message: what makes it one, however often and as whatever event Slack delivers it."""


class Kind(Enum):
    """Says why a message may be for us."""

    MENTION = "mention"
    EDITED = "edited mention"  # ours unless it was answered before: an edit may have added the mention, or anything else
    DIRECT = "direct"
    FOLLOW_UP = "follow-up"  # in a thread, without a mention: ours only where we took part before


_ADDRESSED = (Kind.MENTION, Kind.EDITED, Kind.DIRECT)


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """Slack's conversation: where a reply goes, and what the model reads."""

    team: str
    channel: str
    thread_ts: str


@dataclass(frozen=True, slots=True)
class TurnKey:
    """A turn without its words: all that is ever on record of a question. `ts` is the question's."""

    thread: ThreadKey
    ts: str
    user: str
    kind: Kind

    @property
    def claim(self) -> Claim:
        """One mention arrives as `app_mention` and as `message`, under two event ids but one ts."""
        return (self.thread.team, self.thread.channel, self.ts)


@dataclass(frozen=True, slots=True)
class Prompt:
    """A message that may be to us: a person's, or an app's that may be answered. `user` is the app's own id then. `opened` is what
    its author has open beside it, as far as Slack tells; `shared` tells whether its channel is, with another company."""

    thread: ThreadKey
    ts: str
    user: str
    parts: Parts  # without our own mention; none where there is nothing else
    kind: Kind
    author: MessageAuthor = A_PERSON
    to: Addressees = NOBODY
    opened: tuple[OpenEntity, ...] = ()
    shared: bool | None = None

    @property
    def text(self) -> str:
        """Its words alone."""
        return text_of(self.parts)

    @property
    def turn(self) -> TurnKey:
        """The turn that answers it."""
        return TurnKey(self.thread, self.ts, self.user, self.kind)

    @property
    def claim(self) -> Claim:
        """See `TurnKey.claim`."""
        return self.turn.claim

    @property
    def starts_thread(self) -> bool:
        """True where the prompt is the first message of its thread, so that there is nothing to read before it."""
        return self.ts == self.thread.thread_ts


@dataclass(frozen=True, slots=True)
class Vanished:
    """A message that somebody deleted; `ours` where we had written it."""

    team: str
    channel: str
    thread_ts: str
    ts: str
    ours: bool


SPOKEN = (None, "file_share", "me_message", "thread_broadcast")
"""The subtypes of what a person says: none, with files, with `/me`, and sent to the channel too."""
_OF_AN_APP = "bot_message"  # of a workflow, or of an app that goes by another name
_SLACK_ITSELF = "USLACK"  # writes platform notices in a direct message


def parse_prompt(payload: Payload, *, bot_user: str, apps: frozenset[str] = frozenset()) -> Prompt | None:
    """The prompt in an `event_callback` payload, or None: it is someone else's event, or an app's that is not among `apps`.

    `bot_user` is our own user id, `apps` are names in small letters. Edits, joins, deletions and our own messages are None.
    """
    event = as_payload(payload.get("event"))
    if not _is_said(event, bot_user):
        return None
    to, author = read_addressees(event, bot_user=bot_user), _author(payload, apps)
    kind = _kind(event, bot_user, to)
    if kind is None or (author.kind is AuthorKind.APP and not (kind in _ADDRESSED and author.names & apps)):
        return None
    thread = ThreadKey(
        installed_team(payload), str(event["channel"]), str(event.get("thread_ts") or event["ts"])
    )
    user = as_text(event.get("user"))
    if author.kind is AuthorKind.APP:
        user = as_text(event.get("bot_id")) or user
    parts, opened = (
        read_message(event, bot_user=bot_user),
        read_app_context(as_payload(event.get("app_context"))),
    )
    if not user:
        return None
    shared = payload.get("is_ext_shared_channel")
    shared = shared if isinstance(shared, bool) else None
    return Prompt(thread, str(event["ts"]), user, parts, kind, author, to, opened, shared)


def is_automatic_prompt(payload: Payload, *, bot_user: str) -> bool:
    """Tells whether an `event_callback` payload asks us something, and an app posted it."""
    event = as_payload(payload.get("event"))
    if not _is_said(event, bot_user) or _author(payload).kind is not AuthorKind.APP:
        return False
    return _kind(event, bot_user, read_addressees(event, bot_user=bot_user)) in _ADDRESSED


def parse_vanished(payload: Payload, *, bot_user: str) -> Vanished | None:
    """The message whose end an `event_callback` payload tells, or None where it tells something else.

    A thread's first message that has replies leaves a tombstone: Slack tells of a change then, not of a deletion.
    """
    event = as_payload(payload.get("event"))
    gone, left = as_payload(event.get("previous_message")), as_payload(event.get("message"))
    if event.get("subtype") == "message_changed":
        if left.get("subtype") != "tombstone":
            return None
    elif event.get("subtype") != "message_deleted":
        return None
    ts = str(event.get("deleted_ts") or gone.get("ts") or left.get("ts") or "")
    thread_ts = str(gone.get("thread_ts") or ts)
    if not ts or not event.get("channel"):
        return None
    return Vanished(
        installed_team(payload), str(event["channel"]), thread_ts, ts, gone.get("user") == bot_user
    )


def _is_said(event: Payload, bot_user: str) -> bool:
    """Tells whether somebody else than we and Slack itself says something new."""
    if event.get("type") not in ("app_mention", "message") or event.get("hidden"):
        return False
    if event.get("subtype") not in (*SPOKEN, _OF_AN_APP) or not event.get("channel") or not event.get("ts"):
        return False
    return event.get("user") not in (bot_user, _SLACK_ITSELF)


def _author(payload: Payload, apps: frozenset[str] = frozenset()) -> MessageAuthor:
    """Returns who posted the event. An app that is allowed by name need not be asked after."""
    author = read_author(as_payload(payload.get("event")), app_id=as_text(payload.get("api_app_id")))
    allowed = author.kind is AuthorKind.ACCOUNT and author.names & apps
    return MessageAuthor(AuthorKind.APP, author.names) if allowed else author


def _kind(event: Payload, bot_user: str, to: Addressees) -> Kind | None:
    if event.get("channel_type") == "im" or is_direct(str(event["channel"])):
        return Kind.DIRECT
    named = re.search(mention_pattern(bot_user), as_text(event.get("text"))) is not None
    # Slack tells of a mention inside a quote or code as well, and it speaks to nobody.
    if to.us or (event["type"] == "app_mention" and not named):
        return Kind.EDITED if event.get("edited") else Kind.MENTION
    return Kind.FOLLOW_UP if event.get("thread_ts") not in (None, event["ts"]) else None


def is_direct(channel: str) -> bool:
    """Tells whether a channel's id is that of a direct message of two."""
    return channel.startswith("D")


def is_own_echo(payload: Payload) -> bool:
    """Tells whether an event says only what we have done ourselves: that we posted a message, or edited one.

    Slack tells us of each of our edits, which are most of what it tells. What has become of a deleted message is no echo.
    """
    event = as_payload(payload.get("event"))
    subtype = event.get("subtype")
    if event.get("type") != "message" or subtype not in (None, "message_changed"):
        return False
    message = as_payload(event.get("message")) if subtype else event
    ours = {one.get("user_id") for one in as_payloads(payload.get("authorizations")) if one.get("is_bot")}
    return message.get("subtype") != "tombstone" and bool(message.get("user")) and message.get("user") in ours


def installed_team(payload: Payload) -> str:
    """The workspace that installed us, or "" where the payload names none. With Slack Connect `team_id` may name another."""
    authorizations = as_payloads(payload.get("authorizations"))
    installed = authorizations[0] if authorizations else payload
    return str(installed.get("team_id") or installed.get("enterprise_id") or payload.get("team_id") or "")
