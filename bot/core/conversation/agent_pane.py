"""Decides what the agent pane shows: what somebody who opens it could ask, and what a conversation in it is called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.incoming import installed_team
from bot.core.conversation.json_payload import as_payload, as_text

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language

LONGEST_TITLE = 60
"""Characters of a conversation's title: Slack takes 200 (agents.sessions.rename), and a list of them shows about these."""


@dataclass(frozen=True, slots=True)
class PaneOpened:
    """Somebody has opened their direct messages with us, which are the `channel`."""

    team: str
    channel: str
    user: str


@dataclass(frozen=True, slots=True)
class SuggestedPrompt:
    """A question that can be asked with one press: what stands on the button, and what is asked."""

    title: str
    message: str


def parse_pane_opened(payload: Payload) -> PaneOpened | None:
    """Returns who has opened their direct messages with us, as an `app_home_opened` event says; None for another tab or event."""
    event = as_payload(payload.get("event"))
    channel, user = as_text(event.get("channel")), as_text(event.get("user"))
    if event.get("type") != "app_home_opened" or event.get("tab") != "messages" or not (channel and user):
        return None
    return PaneOpened(installed_team(payload), channel, user)


def suggested_prompts(language: Language) -> tuple[SuggestedPrompt, ...]:
    """Returns what is offered in the pane in a language, four at most, as Slack takes them. The manifest offers the same."""
    return tuple(
        SuggestedPrompt(language.say(title), language.say(message)) for title, message in notices.SUGGESTED
    )


def session_title(question: str) -> str:
    """Returns what a conversation is called that begins with `question`: its first line, cut between words where it is long."""
    line = next((one.strip() for one in question.splitlines() if one.strip()), "")
    if len(line) <= LONGEST_TITLE:
        return line
    head = line[:LONGEST_TITLE]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:") + "…"
