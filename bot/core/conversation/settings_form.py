"""Builds the form in which people set how they want to be answered, and reads what they submit.

Nothing of it is believed but who has submitted it, which Slack itself vouches for: what is chosen has to be among the choices, and what
is written as short as the form lets it be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import MOST_INSTRUCTIONS, NOTHING_SET, PersonalSettings
from bot.core.conversation.form_blocks import (
    FormOption,
    choosing_field,
    chosen,
    form_values,
    plain,
    writing_field,
    written,
)
from bot.core.conversation.json_payload import as_payload, as_text
from bot.language.catalogue import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable

PERSONAL_FORM = "teleprinter.personal_settings"
"""Names the form, as its callback id."""
UNSET = "-"
"""Stands for what is not set: an option needs a value."""
LANGUAGE, INSTRUCTIONS, MODEL = "language", "instructions", "model"
"""Name the fields."""
OWN_NAMES = {"en": "English", "de": "Deutsch", "es": "Español", "fr": "Français", "ja": "日本語"}
"""Names our languages as those read them who speak them."""


@dataclass(frozen=True, slots=True)
class SettingsGiven:
    """Somebody has submitted what they want. `problem` says why it is not to be kept, None where it is."""

    team: str
    user: str
    settings: PersonalSettings = NOTHING_SET
    problem: Translatable | None = None


def personal_form(now: PersonalSettings, language: Language, models: Sequence[str]) -> Payload:
    """Returns the form in a language, with what is set `now`; `models` are those that are offered, the usual one first."""
    say = language.say
    languages = [FormOption(say(notices.AS_IN_SLACK), UNSET)]
    languages += [FormOption(OWN_NAMES[one.code], one.code) for one in LANGUAGES]
    wishes = writing_field(
        INSTRUCTIONS,
        say(notices.WISHES_LABEL),
        hint=say(notices.WISHES_HINT),
        example=say(notices.WISHES_EXAMPLE),
        value=now.instructions,
        most=MOST_INSTRUCTIONS,
    )
    fields = [
        choosing_field(LANGUAGE, say(notices.LANGUAGE_LABEL), languages, value=now.language),
        wishes,
        *model_field(now.model, language, models),
    ]
    return form(PERSONAL_FORM, say(notices.HOME_SETTINGS), fields, language)


def form(name: str, title: str, fields: Sequence[Payload], language: Language, *, about: str = "") -> Payload:
    """Returns a form of these fields; `about` is what it brings back besides."""
    return {
        "type": "modal",
        "callback_id": name,
        "private_metadata": about,
        "title": plain(title),
        "submit": plain(language.say(notices.SAVE)),
        "close": plain(language.say(notices.NOTE_CLOSE)),
        "blocks": list(fields),
    }


def model_field(now: str, language: Language, models: Sequence[str]) -> list[Payload]:
    """Returns the field in which a model is chosen; none where there is nothing to choose."""
    if len(models) < 2:
        return []
    usual = language.say(notices.USUAL_MODEL.fill(model=models[0]))
    options = [FormOption(usual, UNSET), *(FormOption(one, one) for one in models)]
    return [choosing_field(MODEL, language.say(notices.MODEL_LABEL), options, value=now)]


def parse_personal(payload: Payload, *, team: str, models: Sequence[str]) -> SettingsGiven:
    """Returns what a `view_submission` payload says that somebody of the workspace `team` wants."""
    user, values = as_text(as_payload(payload.get("user")).get("id")), form_values(payload)
    language = chosen(values, LANGUAGE)
    if not user or language not in (UNSET, *OWN_NAMES) or not is_offered(values, models):
        return SettingsGiven(team, user, problem=notices.SETTINGS_UNKNOWN)
    instructions = written(values, INSTRUCTIONS)
    if len(instructions) > MOST_INSTRUCTIONS:
        return SettingsGiven(team, user, problem=too_long())
    wanted = PersonalSettings(_if_set(language), instructions, chosen_model(values))
    return SettingsGiven(team, user, wanted)


def is_offered(values: Payload, models: Sequence[str]) -> bool:
    """Tells whether the model that is chosen there is one of those; where there is one only nothing is asked."""
    return chosen(values, MODEL) in ((UNSET, *models) if len(models) > 1 else ("",))


def chosen_model(values: Payload) -> str:
    """Returns the model that is chosen there; "" for the usual one."""
    return _if_set(chosen(values, MODEL))


def too_long() -> Translatable:
    """Returns what somebody is told who has written too much."""
    return notices.WISHES_TOO_LONG.fill(most=MOST_INSTRUCTIONS)


def _if_set(value: str) -> str:
    return "" if value == UNSET else value
