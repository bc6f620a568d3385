"""Builds what somebody sees in our App Home: what we can do, who answers, and what is stored of them, with a way to delete that.

Nothing that comes back from there is believed but who has pressed it, which Slack itself vouches for: everybody deletes what is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import NOTHING_SET, PersonalSettings
from bot.core.conversation.form_blocks import context, form_button, header, plain, section
from bot.core.conversation.incoming import installed_team
from bot.core.conversation.json_payload import as_payload, as_payloads, as_text
from bot.core.conversation.settings_form import OWN_NAMES

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

DELETE_DATA = "teleprinter.delete_data"
"""The action id of the button that deletes what is stored of whoever presses it."""
CHANGE_SETTINGS = "teleprinter.change_settings"
"""That of the button that opens the form of whoever presses it."""


@dataclass(frozen=True, slots=True)
class HomeVisit:
    """Somebody is at their App Home, to look, to set something or to delete. `trigger` lets a form be opened, for three seconds."""

    team: str
    user: str
    trigger: str = ""


class UsedToday(NamedTuple):
    """Counts the answers that somebody was given, and the tokens these took."""

    answers: int = 0
    tokens: int = 0


NOTHING_USED = UsedToday()


@dataclass(frozen=True, slots=True)
class StoredData:
    """Counts what is on record of a person: questions as ids and times, verdicts on answers, and how many of these have a note; what
    they have used `today`, and what they have set."""

    questions: int = 0
    verdicts: int = 0
    notes: int = 0
    today: UsedToday = NOTHING_USED
    settings: PersonalSettings = NOTHING_SET

    def __bool__(self) -> bool:
        return bool(self.questions or self.verdicts or self.today.answers or self.settings)


def parse_home_opened(payload: Payload) -> HomeVisit | None:
    """Returns who has opened their App Home, as an `app_home_opened` event says; None for another tab or event."""
    event = as_payload(payload.get("event"))
    user = as_text(event.get("user"))
    if event.get("type") != "app_home_opened" or event.get("tab") != "home" or not user:
        return None
    return HomeVisit(installed_team(payload), user)


def parse_home_press(payload: Payload, button: str, *, team: str) -> HomeVisit | None:
    """Returns who has pressed that button at their home, as a `block_actions` payload says; None where it says something else.

    `team` is the workspace that the press is of. A button of that name below a message is none of ours.
    """
    actions = as_payloads(payload.get("actions"))
    user = as_text(as_payload(payload.get("user")).get("id"))
    at_home = as_payload(payload.get("view")).get("type") == "home"
    if not user or not at_home or not actions or actions[0].get("action_id") != button:
        return None
    return HomeVisit(team, user, as_text(payload.get("trigger_id")))


def home_view(
    stored: StoredData,
    language: Language,
    *,
    model: str,
    most: int | None = None,
    word: Translatable | None = None,
) -> Payload:
    """Returns the view in a language: what is `stored` of whom it is for, which `model` answers them, how many answers a day they may
    have at `most`, and a `word` on what they have just done."""
    say = language.say
    blocks = [
        header(say(notices.HOME_TITLE)),
        *([section(say(word))] if word else []),
        section(say(notices.HOME_ABILITIES)),
        context(say(notices.HOME_MODEL.fill(model=model))),
        context(say(_used(stored.today, most))),
        {"type": "divider"},
        header(say(notices.HOME_SETTINGS)),
        section("\n".join(map(say, _settings(stored.settings)))),
        {"type": "actions", "elements": [form_button(CHANGE_SETTINGS, say(notices.CHANGE))]},
        {"type": "divider"},
        header(say(notices.HOME_STORED)),
        section("\n".join(map(say, _told(stored)))),
        section(say(notices.HOME_NOT_STORED)),
        *([{"type": "actions", "elements": [_delete_button(language)]}] if stored else []),
    ]
    return {"type": "home", "blocks": blocks}


def _used(today: UsedToday, most: int | None) -> Translatable:
    if most is None:
        return notices.HOME_USED.fill(answers=today.answers, tokens=today.tokens)
    return notices.HOME_USED_OF.fill(answers=today.answers, tokens=today.tokens, most=most)


def _settings(settings: PersonalSettings) -> list[Translatable]:
    language = OWN_NAMES.get(settings.language, notices.AS_IN_SLACK)
    wishes = notices.HOME_WISHES.fill(wishes=settings.instructions)
    return [
        notices.HOME_LANGUAGE.fill(language=language),
        wishes if settings.instructions else notices.HOME_NO_WISHES,
    ]


def _told(stored: StoredData) -> list[Translatable]:
    if not stored:
        return [notices.HOME_NOTHING]
    counts = notices.HOME_COUNTS.fill(
        questions=stored.questions, verdicts=stored.verdicts, notes=stored.notes
    )
    return [counts, *([notices.HOME_COUNTS_SETTINGS] if stored.settings else [])]


def _delete_button(language: Language) -> Payload:
    say = language.say
    return {
        **form_button(DELETE_DATA, say(notices.HOME_DELETE)),
        "style": "danger",
        "confirm": {
            "title": plain(say(notices.HOME_DELETE_TITLE)),
            "text": plain(say(notices.HOME_DELETE_TEXT)),
            "confirm": plain(say(notices.HOME_DELETE)),
            "deny": plain(say(notices.HOME_KEEP)),
            "style": "danger",
        },
    }
