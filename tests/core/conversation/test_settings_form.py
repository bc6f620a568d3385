"""The form in which people set how they want to be answered, and what is read of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import MOST_INSTRUCTIONS, NOTHING_SET, PersonalSettings
from bot.core.conversation.settings_form import (
    INSTRUCTIONS,
    LANGUAGE,
    MODEL,
    OWN_NAMES,
    PERSONAL_FORM,
    UNSET,
    SettingsGiven,
    parse_personal,
    personal_form,
    too_long,
)
from bot.language.catalogue import ENGLISH, LANGUAGES, Language
from slack_emulator.blocks.message_limits import check_blocks

if TYPE_CHECKING:
    from bot.core.conversation.json_payload import Payload

MODELS = ("openai:x", "openai:small")


def submitted(language: str, wishes: str | None, model: str | None = None) -> dict[str, Any]:
    """What Slack sends of the form, filled in so by U1."""
    values: dict[str, Any] = {
        LANGUAGE: {LANGUAGE: {"type": "static_select", "selected_option": {"value": language}}},
        INSTRUCTIONS: {INSTRUCTIONS: {"type": "plain_text_input", "value": wishes}},
    }
    if model is not None:
        values[MODEL] = {MODEL: {"type": "static_select", "selected_option": {"value": model}}}
    view = {"type": "modal", "callback_id": PERSONAL_FORM, "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": "U1"}, "view": view}


def fields(view: Payload) -> dict[str, dict[str, Any]]:
    return {block["block_id"]: block["element"] for block in view["blocks"]}


def test_the_form_shows_what_is_set_and_offers_the_rest() -> None:
    view = personal_form(PersonalSettings("fr", "Briefly.", "openai:small"), ENGLISH, MODELS)
    shown = fields(view)
    assert shown[LANGUAGE]["initial_option"]["text"]["text"] == "Français"
    assert [one["value"] for one in shown[LANGUAGE]["options"]] == [UNSET, *(one.code for one in LANGUAGES)]
    assert (shown[INSTRUCTIONS]["initial_value"], shown[INSTRUCTIONS]["max_length"]) == (
        "Briefly.",
        MOST_INSTRUCTIONS,
    )
    assert [one["text"]["text"] for one in shown[MODEL]["options"]] == ["The usual one (openai:x)", *MODELS]
    assert shown[MODEL]["initial_option"]["value"] == "openai:small"


def test_where_nothing_is_set_or_what_was_is_not_offered_any_more_the_usual_is_chosen() -> None:
    shown = fields(personal_form(PersonalSettings(model="gone"), ENGLISH, MODELS))
    assert [shown[one]["initial_option"]["value"] for one in (LANGUAGE, MODEL)] == [UNSET, UNSET]
    assert "initial_value" not in shown[INSTRUCTIONS]


def test_of_one_model_nothing_is_asked() -> None:
    assert MODEL not in fields(personal_form(NOTHING_SET, ENGLISH, MODELS[:1]))


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_slack_takes_the_form_in_every_language(language: Language) -> None:
    """A title and the buttons of a modal take 24 characters (docs.slack.dev, modal views)."""
    settings = PersonalSettings("de", "x" * MOST_INSTRUCTIONS, MODELS[1])
    view = personal_form(settings, language, ("openai:" + "x" * 68, MODELS[1]))
    check_blocks([dict(block) for block in view["blocks"]])
    assert [one for one in ("title", "submit", "close") if len(view[one]["text"]) > 24] == []


def test_each_language_that_we_speak_has_a_name_of_its_own() -> None:
    assert set(OWN_NAMES) == {one.code for one in LANGUAGES}


@pytest.mark.parametrize(
    ("payload", "models", "settings"),
    [
        (
            submitted("de", " Briefly.\n", "openai:small"),
            MODELS,
            PersonalSettings("de", "Briefly.", "openai:small"),
        ),
        (submitted(UNSET, None, UNSET), MODELS, NOTHING_SET),
        (submitted(UNSET, "", None), MODELS[:1], NOTHING_SET),
        (submitted("en", "a\0\ud800b", UNSET), MODELS, PersonalSettings("en", "ab")),
    ],
    ids=["all of it", "nothing", "one model", "what no database takes"],
)
def test_what_is_filled_in_is_read(
    payload: dict[str, Any], models: tuple[str, ...], settings: PersonalSettings
) -> None:
    assert parse_personal(payload, team="T", models=models) == SettingsGiven("T", "U1", settings)


@pytest.mark.parametrize(
    ("payload", "models"),
    [
        (submitted("xx", "", UNSET), MODELS),
        (submitted("", "", UNSET), MODELS),
        (submitted("de", "", "openai:dear"), MODELS),
        (submitted("de", "", None), MODELS),
        (submitted("de", "", "openai:x"), MODELS[:1]),
        (submitted("de", "", UNSET) | {"user": {}}, MODELS),
        (submitted("de", "", UNSET) | {"view": {"state": []}}, MODELS),
    ],
    ids=["a language", "none", "a model", "no model", "a model of one", "nobody", "no values"],
)
def test_what_is_no_choice_of_the_form_is_not_kept(payload: dict[str, Any], models: tuple[str, ...]) -> None:
    assert parse_personal(payload, team="T", models=models).problem == notices.SETTINGS_UNKNOWN


def test_more_than_the_form_takes_is_not_kept() -> None:
    given = parse_personal(submitted("de", "x" * (MOST_INSTRUCTIONS + 1), UNSET), team="T", models=MODELS)
    assert (given.settings, given.problem) == (NOTHING_SET, too_long())
    assert str(MOST_INSTRUCTIONS) in ENGLISH.say(too_long())
