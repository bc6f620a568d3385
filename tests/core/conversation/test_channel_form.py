"""How the settings of a channel are shown, and what is read of the form for them."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import (
    MOST_INSTRUCTIONS,
    NOTHING_SET_AT_ALL,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    PersonalSettings,
)
from bot.core.conversation.channel_form import (
    ANSWERS,
    CHANNEL_FORM,
    FOLLOW,
    OFF,
    ON,
    SHOW_CHANNEL,
    ChannelGiven,
    ChannelVisit,
    OperatorWants,
    channel_form,
    channel_view,
    parse_channel,
    parse_show,
    settings_button,
    told,
)
from bot.core.conversation.reply_policy import Follow
from bot.core.conversation.settings_form import INSTRUCTIONS, MODEL, UNSET, too_long
from bot.language.catalogue import ENGLISH, LANGUAGES, Language
from slack_emulator.blocks.message_limits import check_blocks

MODELS = ("openai:x", "openai:small")
WANTS = OperatorWants(MODELS, Follow.ASKER)
HERE = ChannelSettings("In German.", "openai:small", Follow.MENTIONS, off=True)
PRESSED = {
    "type": "block_actions",
    "user": {"id": "U1"},
    "trigger_id": "now",
    "container": {"channel_id": "C12"},
    "actions": [{"action_id": SHOW_CHANNEL}],
}


def submitted(
    *,
    answers: str = ON,
    wishes: str = "",
    model: str = UNSET,
    follow: str = UNSET,
    channel: str = "C12",
    user: str = "U1",
) -> dict[str, Any]:
    """What Slack sends of the form, filled in so."""
    chosen = {ANSWERS: answers, MODEL: model, FOLLOW: follow}
    values: dict[str, Any] = {
        name: {name: {"selected_option": {"value": value}}} for name, value in chosen.items()
    }
    values[INSTRUCTIONS] = {INSTRUCTIONS: {"value": wishes}}
    view = {"callback_id": CHANNEL_FORM, "private_metadata": channel, "state": {"values": values}}
    return {"type": "view_submission", "user": {"id": user}, "view": view}


def test_the_button_that_shows_them_says_for_which_channel_by_where_it_stands() -> None:
    assert settings_button(ENGLISH)["action_id"] == SHOW_CHANNEL
    assert parse_show(PRESSED, team="T") == ChannelVisit("T", "C12", "U1", "now")
    elsewhere = PRESSED | {"container": {}, "channel": {"id": "G12"}}
    assert parse_show(elsewhere, team="T") == ChannelVisit("T", "G12", "U1", "now")


@pytest.mark.parametrize(
    "change",
    [
        {"user": {}},
        {"container": {"channel_id": "D12"}},
        {"container": {}},
        {"actions": []},
        {"actions": [{"action_id": "teleprinter.stop"}]},
    ],
    ids=["nobody", "a direct message", "nowhere", "nothing", "another button"],
)
def test_nothing_else_shows_them(change: dict[str, Any]) -> None:
    assert parse_show(PRESSED | change, team="T") is None


def test_each_value_says_where_it_comes_from() -> None:
    mine = AnswerSettings(PersonalSettings(model="openai:x"), HERE)
    assert told(mine, WANTS, ENGLISH) == [
        "Do I answer in this channel?: No (for this channel)",
        "What is wished of my answers here: In German. (for this channel)",
        "Model: openai:x (by you, for yourself)",
        "In a thread that I took part in, I answer without a mention: nobody (for this channel)",
    ]
    assert [line.rpartition(" (")[2] for line in told(NOTHING_SET_AT_ALL, WANTS, ENGLISH)] == [
        "by whoever runs me)"
    ] * 4


def test_the_form_shows_what_is_set_in_the_channel() -> None:
    view = channel_form("C12", AnswerSettings(channel=HERE), WANTS, ENGLISH)
    fields = {one["block_id"]: one["element"] for one in view["blocks"] if "block_id" in one}
    chosen = {name: fields[name]["initial_option"]["value"] for name in (ANSWERS, MODEL, FOLLOW)}
    assert chosen == {ANSWERS: OFF, MODEL: "openai:small", FOLLOW: "mentions"}
    assert (fields[INSTRUCTIONS]["initial_value"], view["private_metadata"]) == ("In German.", "C12")


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.code)
def test_slack_takes_both_views_in_every_language(language: Language) -> None:
    """A title and the buttons of a modal take 24 characters, an option 75 (docs.slack.dev)."""
    settings = AnswerSettings(channel=ChannelSettings("x" * MOST_INSTRUCTIONS, MODELS[1], Follow.ASKER))
    form = channel_form("C12", settings, WANTS, language)
    for view in (form, channel_view(settings, WANTS, language, notices.MANAGERS_ONLY)):
        check_blocks([dict(block) for block in view["blocks"]])
        assert [one for one in ("title", "close") if len(view[one]["text"]) > 24] == []


@pytest.mark.parametrize(
    ("payload", "settings"),
    [
        (submitted(), NOTHING_SET_HERE),
        (
            submitted(answers=OFF, wishes=" In German.", model="openai:small", follow="mentions"),
            HERE,
        ),
    ],
)
def test_what_is_filled_in_is_read(payload: dict[str, Any], settings: ChannelSettings) -> None:
    assert parse_channel(payload, team="T", models=MODELS) == ChannelGiven("T", "C12", "U1", settings)


@pytest.mark.parametrize(
    "payload",
    [
        submitted(answers="maybe"),
        submitted(model="openai:dear"),
        submitted(follow="all"),
        submitted(channel="D12"),
        submitted(channel=""),
        submitted(user=""),
        {},
    ],
    ids=["answers", "a model", "a follow", "a direct message", "nowhere", "nobody", "nothing"],
)
def test_what_is_no_choice_of_the_form_is_not_kept(payload: dict[str, Any]) -> None:
    assert parse_channel(payload, team="T", models=MODELS).problem == notices.SETTINGS_UNKNOWN


def test_more_than_the_form_takes_is_not_kept() -> None:
    given = parse_channel(submitted(wishes="x" * (MOST_INSTRUCTIONS + 1)), team="T", models=MODELS)
    assert (given.settings, given.problem) == (NOTHING_SET_HERE, too_long())
