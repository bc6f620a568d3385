"""Builds the messages of an answer that one person alone sees, and of the same answer where they share it.

Slack takes five answers to a command, within half an hour. None of them replaces another: its `response_url` names no message
(Bolt's maintainers say so). So a private answer does not grow; it comes when it is whole, in
as few messages as hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.core.conversation import notices
from bot.core.conversation.form_blocks import context, form_button, plain
from bot.core.conversation.private_question import SHARE
from bot.core.delivery.message_format import Dialect
from bot.core.markdown.render.message_text import plain as plain_text
from bot.core.markdown.split.pagination import split

if TYPE_CHECKING:
    from bot.core.conversation.deltas import HistoryRead
    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

MOST_USES = 5
"""Messages that Slack takes by one address (docs.slack.dev, "Handling user interaction"), within half an hour."""
MOST_MESSAGES = 4
"""Messages that an answer may fill: the fifth use is for a word that it could not be had."""
LONGEST_QUESTION = 300  # characters of a question that stand above an answer that is shared
FALLBACK = 1_000  # characters of a message's text beside its block, for notifications


@dataclass(eq=False, slots=True)
class ReplyAddress:
    """Holds the address for what somebody is told in private, and how often it was used."""

    url: str
    used: int = 0

    @property
    def most_messages(self) -> int:
        """Returns how many messages an answer may fill now."""
        return max(1, min(MOST_MESSAGES, MOST_USES - self.used))


class ReadingNews:
    """Decides what is told in private of how far a long thread has been read: the first step, and the first one of its second half. More
    would take the address's uses from the answer."""

    def __init__(self) -> None:
        self._told = 0

    def is_due(self, read: HistoryRead) -> bool:
        """Tells whether this step is told, which then counts as told."""
        due = self._told == 0 or (self._told == 1 and 2 * read.first > read.total)
        self._told += due
        return due


def private_word(words: str) -> Payload:
    """Returns a short message to one person alone."""
    return {"response_type": "ephemeral", "replace_original": False, "text": words}


def private_answer(
    text: str,
    footer: Translatable | None,
    language: Language,
    *,
    caution: Translatable | None,
    name: str,
    most: int = MOST_MESSAGES,
) -> list[Payload]:
    """Returns the messages that show the Markdown `text` to one person who reads the language, with a button to share it below the last.

    `footer` is a line below all of it, `caution` what people should know of the model, and `name` the answer's; without one it cannot be
    shared. They are `most` at most.
    """
    bodies = _bodies(text, footer, caution, language, most=most)
    if name:
        button = {**form_button(SHARE, language.say(notices.SHARE)), "value": name}
        bodies[-1]["blocks"].append({"type": "actions", "elements": [button]})
    return [{"response_type": "ephemeral", "replace_original": False, **body} for body in bodies]


def shared_answer(
    text: str,
    footer: Translatable | None,
    language: Language,
    *,
    caution: Translatable | None,
    user: str,
    question: str,
) -> list[Payload]:
    """Returns the messages that show the same to everybody in the channel, with who has asked what above the first."""
    bodies = _bodies(text, footer, caution, language)
    asked = question if len(question) <= LONGEST_QUESTION else f"{question[:LONGEST_QUESTION]}…"
    who = {"type": "mrkdwn", "text": language.say(notices.SHARED_BY.fill(user=user))}
    head: Payload = {"type": "context", "elements": [who, *([plain(asked)] if asked else [])]}
    bodies[0]["blocks"].insert(0, head)
    return [{"response_type": "in_channel", "replace_original": False, **body} for body in bodies]


def _bodies(
    text: str,
    footer: Translatable | None,
    caution: Translatable | None,
    language: Language,
    *,
    most: int = MOST_MESSAGES,
) -> list[dict[str, Any]]:
    shape = Dialect.BLOCK.shape()
    note = f"\n\n{notices.aside(language.say(notices.PRIVATE_LEFT_OUT))}"
    parts = split(text, shape, most=most, note=note) or [""]
    bodies = [_body(part, _line(caution, language)) for part in parts]
    bodies[-1]["blocks"] += _line(footer, language)
    return bodies


def _body(part: str, below: list[Payload]) -> dict[str, Any]:
    return {"text": plain_text(part[:FALLBACK]), "blocks": [{"type": "markdown", "text": part}, *below]}


def _line(words: Translatable | None, language: Language) -> list[Payload]:
    """Returns a small line of these words; none where there are none."""
    return [context(language.say(words))] if words else []
