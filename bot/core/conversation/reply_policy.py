"""Decides whether a message is answered. The first line that fits holds; what none fits is answered.

    | who and what                                              | in the thread before it                    | ruling       |
    |-----------------------------------------------------------|--------------------------------------------|--------------|
    | an app that is not allowed by name, or does not ask us    |                                            | AUTOMATIC    |
    | an account through an app, of which Slack has not said yet whether it is a person's               |    | WHO_IS_IT    |
    | an allowed app, or a person through an app                | so many answers of ours since a person     | EXCHANGE     |
    |                                                           | typed something                            |              |
    | an edited mention                                         | has an answer of ours                      | ANSWERED     |
    | a mention of us, a direct message                         |                                            | ANSWER       |
    | a follow-up, where nothing but mentions is answered       |                                            | NOT_FOLLOWED |
    | a follow-up that mentions others                          |                                            | TO_OTHERS    |
    | a follow-up that is nothing but thanks                    |                                            | THANKS       |
    | a follow-up                                               | we took no part                            | NOT_FOLLOWED |
    | a follow-up                                               | we were asked to leave, by the last word   | LEFT         |
    |                                                           | to us                                      |              |
    | a follow-up                                               | somebody has just spoken to its author, or | TO_OTHERS    |
    |                                                           | its author just before to others           |              |
    | a lone emoji                                              | we have not just asked                     | THANKS       |
    | a follow-up, where askers are followed                    | its author has not asked us, unless it     | NEWCOMER     |
    |                                                           | is the only person and we spoke last       |              |

Two bots that answer each other never end, whoever they are: so an app has to mention us, and a brake holds even where every
message looks like a new question. A person's own account may be driven by a program as well, so its brake is only longer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from bot.core.conversation.answer_key import turn_marker
from bot.core.conversation.authors import AuthorKind
from bot.core.conversation.content_parts import EditedPart, TextPart
from bot.core.conversation.incoming import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.history import ThreadMessage
    from bot.core.conversation.incoming import Prompt

EXCHANGE = 3
"""Answers to an app in a row, with no person between them; in a channel outside one thread: within `EXCHANGE_SECONDS`."""
EXCHANGE_SECONDS = 600.0
LONG_EXCHANGE = 12
"""The same for a person's account through an app: most of them are people."""

_QUESTION = ("?", "\N{FULLWIDTH QUESTION MARK}")
_LEAVE = {"leave", "please leave", "leave please", "leave this thread", "leave the thread"}
_SETTINGS = {
    "settings",
    "channel settings",
    "settings please",
    "please settings",
    "einstellungen",
    "ajustes",
    "réglages",
    "設定",
}
_EMOJI = re.compile(r":[\w+'-]+:(?::skin-tone-\d:)?")
_NO_WORDS = re.compile(r"[\W_]+")
_THANKS = re.compile(
    r"(?:many )?(?:thanks|thx|ty)(?: (?:a lot|so much|very much|again))?|thank you(?: (?:so much|very much|again))?"
    r"|(?:vielen |herzlichen )?dank(?: dir| ihnen| euch)?|danke(?: schön| sehr| dir| euch| ihnen)?|dankeschön"
    r"|merci(?: beaucoup| bien)?|(?:muchas |mil )?gracias|(?:どうも)?ありがとう(?:ございます|ございました)?"
)


class Follow(Enum):
    """Says whose messages are answered without a mention, in a thread that we took part in."""

    ASKER = "asker"
    EVERYONE = "everyone"
    MENTIONS = "mentions"  # nobody's


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """Holds what the operator wants. `apps` are the names, in small letters, of the apps that are answered."""

    follow: Follow = Follow.ASKER
    apps: frozenset[str] = frozenset()


class Ruling(Enum):
    """Says what becomes of a message, and why."""

    ANSWER = "answer"
    WHO_IS_IT = "who is it"
    AUTOMATIC = "automatic"
    EXCHANGE = "an exchange without a person"
    ANSWERED = "answered before"
    NOT_FOLLOWED = "not followed"
    TO_OTHERS = "to others"
    THANKS = "thanks"
    LEFT = "asked to leave"
    NEWCOMER = "has not asked here"
    UNREAD = "thread unread"


@dataclass(frozen=True, slots=True)
class Participation:
    """Holds what is on record of us in a thread, as it was when a message was written: whether we took part, whether the message's
    author had `asked` us there, and whether we had `left` since. `exchange` counts what apps have asked in its channel in
    the last EXCHANGE_SECONDS, and since a person did. `is_free`: no other turn of the thread is at work or waits, by now."""

    took_part: bool = False
    asked: bool = False
    left: bool = False
    exchange: int = 0
    is_free: bool = True


NONE_ON_RECORD = Participation()


def judge_alone(asked: ThreadMessage, kind: Kind, rules: ReplyRules) -> Ruling | None:
    """Decides on the message `asked` without its thread; None where the thread has to be looked at."""
    author = asked.author
    if author.kind is AuthorKind.APP and (kind is Kind.FOLLOW_UP or not author.names & rules.apps):
        return Ruling.AUTOMATIC
    if kind is not Kind.FOLLOW_UP:
        typed = author.kind is AuthorKind.PERSON
        return Ruling.ANSWER if typed and kind is not Kind.EDITED else None
    if rules.follow is Follow.MENTIONS:
        return Ruling.NOT_FOLLOWED
    if asked.to.only_others:
        return Ruling.TO_OTHERS
    return Ruling.THANKS if _is_thanks(asked) else None


def judge(
    asked: ThreadMessage,
    kind: Kind,
    before: Sequence[ThreadMessage] | None,
    record: Participation,
    rules: ReplyRules,
) -> Ruling:
    """Decides on the message `asked`, of which `judge_alone` could not. `before` is what was said in its thread before it, oldest
    first, our answers to it included; None where that cannot be read, and then the record alone tells.
    """
    ruling = _judge_words(asked, kind, before, record, rules)
    if ruling is Ruling.ANSWER and asked.author.kind is AuthorKind.ACCOUNT:
        return Ruling.WHO_IS_IT
    if ruling is Ruling.ANSWER and _is_exchange(asked.author.kind, before, record):
        return Ruling.EXCHANGE
    return ruling


def is_leave(asked: Prompt | ThreadMessage) -> bool:
    """Tells whether somebody asks us to leave the thread: nothing else stands beside our mention."""
    return asked.to.us and asked.author.kind is AuthorKind.PERSON and _bare(asked.text) in _LEAVE


def is_settings(asked: Prompt | ThreadMessage) -> bool:
    """Tells whether somebody asks how we are set in the channel: nothing else stands beside our mention."""
    return asked.to.us and asked.author.kind is AuthorKind.PERSON and _bare(asked.text) in _SETTINGS


def _judge_words(
    asked: ThreadMessage,
    kind: Kind,
    before: Sequence[ThreadMessage] | None,
    record: Participation,
    rules: ReplyRules,
) -> Ruling:
    if kind is Kind.FOLLOW_UP:
        if before is None:
            return _judge_unread(record, rules)
        return _judge_follow_up(asked, before, record, rules)
    # Where the thread cannot be read: two answers are better than none.
    answered = kind is Kind.EDITED and before is not None and _is_answered(asked, before)
    return Ruling.ANSWERED if answered else Ruling.ANSWER


def _judge_unread(record: Participation, rules: ReplyRules) -> Ruling:
    if record.left:
        return Ruling.LEFT
    known = record.asked or (rules.follow is Follow.EVERYONE and record.took_part)
    return Ruling.ANSWER if known else Ruling.UNREAD


def _judge_follow_up(
    asked: ThreadMessage, before: Sequence[ThreadMessage], record: Participation, rules: ReplyRules
) -> Ruling:
    people = [one for one in before if one.ours or one.author.kind is AuthorKind.PERSON]
    to_us = [one for one in people if one.to.us and not one.ours]
    if not (record.took_part or to_us or any(one.ours for one in people)):
        return Ruling.NOT_FOLLOWED
    if record.left or (to_us and is_leave(to_us[-1])):
        return Ruling.LEFT
    if _speaks_on_to_others(asked, people):
        return Ruling.TO_OTHERS
    if _is_emoji(asked) and not (people and people[-1].ours and people[-1].text.rstrip().endswith(_QUESTION)):
        return Ruling.THANKS
    if rules.follow is Follow.EVERYONE or record.asked or _has_asked(asked, before):
        return Ruling.ANSWER
    others = any(not one.ours and one.user != asked.user for one in people)
    replies = bool(before) and before[-1].ours
    return Ruling.ANSWER if replies and not others else Ruling.NEWCOMER


def _has_asked(asked: ThreadMessage, before: Sequence[ThreadMessage]) -> bool:
    """Tells whether the author has mentioned us there, or had an answer of ours."""
    answered = {turn_marker(one.marker).rpartition(":")[2] for one in before if one.ours and one.marker}
    return any(one.user == asked.user and (one.to.us or one.ts in answered) for one in before if not one.ours)


def _speaks_on_to_others(asked: ThreadMessage, people: Sequence[ThreadMessage]) -> bool:
    """Tells whether the last word was to the author from somebody else, or the author's own to others."""
    for one in reversed(people):
        if one.ours or one.user != asked.user:
            return not one.ours and asked.user in one.to.others
        if one.to.us or one.to.others:
            return one.to.only_others
    return False


def _is_answered(asked: ThreadMessage, before: Sequence[ThreadMessage]) -> bool:
    return any(one.ours and turn_marker(one.marker).rpartition(":")[2] == asked.ts for one in before)


def _is_exchange(kind: AuthorKind, before: Sequence[ThreadMessage] | None, record: Participation) -> bool:
    if kind is AuthorKind.APP:  # of a thread that cannot be read, nobody knows how long it goes on
        return before is None or max(_answers_in_a_row(before), record.exchange) >= EXCHANGE
    through_app = kind is AuthorKind.PERSON_THROUGH_APP
    return through_app and before is not None and _answers_in_a_row(before) >= LONG_EXCHANGE


def _answers_in_a_row(before: Sequence[ThreadMessage]) -> int:
    """Counts our answers since a person typed something; one of several messages once."""
    answers: set[str] = set()
    for one in reversed(before):
        if one.ours:
            answers.add(turn_marker(one.marker) or one.ts)
        elif one.author.kind is AuthorKind.PERSON:
            break
    return len(answers)


def _bare(text: str) -> str:
    """The words of a text, without emoji, signs and capitals."""
    return _NO_WORDS.sub(" ", _EMOJI.sub("", text)).strip().casefold()


def _is_thanks(asked: ThreadMessage) -> bool:
    return _is_no_question(asked) and bool(_THANKS.fullmatch(_bare(asked.text)))


def _is_emoji(asked: ThreadMessage) -> bool:
    return _is_no_question(asked) and bool(asked.text) and not _bare(asked.text)


def _is_no_question(asked: ThreadMessage) -> bool:
    """Tells whether there are words only, and no question mark among them."""
    words_only = all(isinstance(part, TextPart | EditedPart) for part in asked.parts)
    return words_only and not any(sign in asked.text for sign in _QUESTION)
