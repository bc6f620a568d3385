"""From Slack's payload of a press to what was pressed, or to None where it is none of ours.

Nothing in it is believed but what Slack itself vouches for: who pressed, and below which message. The value of a button says
which answer is meant; whether the message belongs to that, and to whom it belongs, is asked of the record or of Slack.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation.answer_key import AnswerTag, parse_tag
from bot.core.conversation.form_blocks import form_values, written
from bot.core.conversation.incoming import ThreadKey, installed_team
from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.delivery.controls import ACTION, BAD, GOOD, NOTE_INPUT, NOTE_VIEW, ControlKind

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

MOST_NOTE = 3_000
"""Characters of a note that are kept: as many as Slack's own input takes."""

IN_PRIVATE = (ControlKind.NOTE, ControlKind.EDITED)
"""Controls that stand in words to one person alone: their values say the thread as well."""
DECIDING = (ControlKind.APPROVE, ControlKind.DECLINE)
"""Controls of an action: their values name it before the answer."""
_CONTROLS = {f"{ACTION}{one.value}": one for one in ControlKind}


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody has pressed something below a message.

    `control` and `tag` are None where the one is none of ours, or the other was made up. `ts` is the message's, `verdict` is what
    was said of the answer, or which action of it is meant, "" for nothing. `trigger` lets a modal be opened, for three seconds.
    """

    thread: ThreadKey
    ts: str
    user: str
    control: ControlKind | None
    tag: AnswerTag | None
    verdict: str = ""
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class NoteGiven:
    """Somebody has put a note to their feedback into the modal. `tag` is None where what the modal says of it was made
    up, or where it was another view."""

    thread: ThreadKey
    user: str
    tag: AnswerTag | None
    text: str


@dataclass(frozen=True, slots=True)
class QuestionEdited:
    """Somebody has changed what they had written; whether it was a question to us is for the record to say."""

    thread: ThreadKey
    ts: str
    user: str


def parse_edited(payload: Payload, *, bot_user: str) -> QuestionEdited | None:
    """Returns the message whose words somebody has changed, as an `event_callback` payload says; None where it says something else.

    Slack tells of a change as well where it has added a preview, or where we have changed a message of ours.
    """
    event = as_payload(payload.get("event"))
    now, before = as_payload(event.get("message")), as_payload(event.get("previous_message"))
    ts, user, channel = as_text(now.get("ts")), as_text(now.get("user")), as_text(event.get("channel"))
    if event.get("subtype") != "message_changed" or now.get("subtype") or not (ts and user and channel):
        return None
    if user == bot_user or now.get("bot_id") or now.get("text") == before.get("text"):
        return None
    thread_ts = as_text(now.get("thread_ts")) or ts
    return QuestionEdited(ThreadKey(installed_team(payload), channel, thread_ts), ts, user)


def parse_session_stop(payload: Payload) -> ThreadKey | None:
    """Returns the thread in which somebody has pressed Slack's own stop button, as an `agent_session_stopped` event says; else None."""
    event = as_payload(payload.get("event"))
    channel, thread_ts = as_text(event.get("channel")), as_text(event.get("thread_ts"))
    if event.get("type") != "agent_session_stopped" or not (channel and thread_ts):
        return None
    return ThreadKey(installed_team(payload), channel, thread_ts)


def parse_press(payload: Payload) -> Press | None:
    """Returns what a `block_actions` payload says was pressed; None where it was not below a message.

    The thread's first message is that of the pressed one where Slack names no thread.
    """
    if payload.get("type") != "block_actions":
        return None
    message, container = as_payload(payload.get("message")), as_payload(payload.get("container"))
    ts = as_text(container.get("message_ts")) or as_text(message.get("ts"))
    channel = as_text(container.get("channel_id")) or as_text(as_payload(payload.get("channel")).get("id"))
    user = as_text(as_payload(payload.get("user")).get("id"))
    actions = as_payloads(payload.get("actions"))
    if not (ts and channel and user and actions):
        return None
    thread_ts = as_text(container.get("thread_ts")) or as_text(message.get("thread_ts")) or ts
    control, word, tag = _meaning(actions[0])
    if control in IN_PRIVATE:
        thread_ts, word = word, ""
    return Press(
        ThreadKey(pressing_team(payload), channel, thread_ts),
        ts,
        user,
        control,
        tag,
        word,
        as_text(payload.get("trigger_id")),
    )


def parse_note(payload: Payload) -> NoteGiven:
    """Returns the note that a `view_submission` payload brings."""
    view = as_payload(payload.get("view"))
    channel, _, rest = as_text(view.get("private_metadata")).partition(" ")
    thread_ts, _, tag = rest.partition(" ")
    user = as_text(as_payload(payload.get("user")).get("id"))
    text = written(form_values(payload), NOTE_INPUT)[:MOST_NOTE]
    found = parse_tag(tag) if view.get("callback_id") == NOTE_VIEW else None
    return NoteGiven(ThreadKey(pressing_team(payload), channel, thread_ts), user, found, text)


def pressing_team(payload: Payload) -> str:
    """The workspace, or the organisation, that an interaction comes from; "" where the payload names none.

    Of a view it says which workspace has installed us: with Slack Connect the person may be of another.
    """
    installed = as_text(as_payload(payload.get("view")).get("app_installed_team_id"))
    team, enterprise = as_payload(payload.get("team")), as_payload(payload.get("enterprise"))
    return installed or as_text(team.get("id")) or as_text(enterprise.get("id"))


def _meaning(action: Payload) -> tuple[ControlKind | None, str, AnswerTag | None]:
    """Returns what was pressed, the word that stands before the tag in its value, and the tag."""
    control = _CONTROLS.get(as_text(action.get("action_id")))
    chosen = as_payload(action.get("selected_option")) if control is ControlKind.MENU else action
    value = as_text(chosen.get("value"))
    if control not in (*IN_PRIVATE, *DECIDING, ControlKind.MENU, ControlKind.FEEDBACK):
        return (None if control in _IN_MENU.values() else control), "", parse_tag(value)
    word, _, rest = value.partition(" ")
    if control is ControlKind.MENU:
        return _IN_MENU.get(word), "", parse_tag(rest)
    if control is ControlKind.FEEDBACK and word not in (GOOD, BAD):
        return None, "", None
    return control, word, parse_tag(rest)


_IN_MENU = {one.value: one for one in (ControlKind.DELETE, ControlKind.FORMER, ControlKind.LEAVE)}
