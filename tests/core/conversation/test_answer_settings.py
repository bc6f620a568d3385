"""What may be set about answers, and what counts."""

from __future__ import annotations

from itertools import product

import pytest

from bot.core.conversation.answer_settings import (
    NOTHING_SET,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    ModelSet,
    PersonalSettings,
    Source,
    follow_of,
    model_of,
)
from bot.core.conversation.reply_policy import Follow

OFFERED = ("usual", "small")


def test_settings_are_something_as_soon_as_one_is_set() -> None:
    assert not NOTHING_SET
    assert not NOTHING_SET_HERE
    some = (PersonalSettings(language="de"), PersonalSettings(instructions="x"), PersonalSettings(model="x"))
    here = (ChannelSettings("x"), ChannelSettings(model="x"), ChannelSettings(follow=Follow.ASKER))
    assert all((*some, *here, ChannelSettings(off=True)))


@pytest.mark.parametrize(
    ("person", "channel", "model"),
    [
        ("", "", ModelSet("", Source.OPERATOR)),
        ("", "small", ModelSet("small", Source.CHANNEL)),
        ("usual", "small", ModelSet("usual", Source.PERSON)),
        ("gone", "small", ModelSet("small", Source.CHANNEL)),
        ("gone", "gone", ModelSet("", Source.OPERATOR)),
        ("small", "gone", ModelSet("small", Source.PERSON)),
    ],
)
def test_the_narrower_chooses_the_model_of_those_that_are_offered(
    person: str, channel: str, model: ModelSet
) -> None:
    settings = AnswerSettings(PersonalSettings(model=person), ChannelSettings(model=channel))
    assert model_of(settings, OFFERED) == model


@pytest.mark.parametrize(("operators", "channels"), list(product(Follow, (None, *Follow))))
def test_whom_we_follow_in_a_channel_is_its_managers_to_say_before_the_operator(
    operators: Follow, channels: Follow | None
) -> None:
    followed = follow_of(ChannelSettings(follow=channels), operators)
    wanted = (operators, Source.OPERATOR) if channels is None else (channels, Source.CHANNEL)
    assert followed == wanted


def test_no_setting_of_anybody_makes_a_model_answer_that_is_not_offered() -> None:
    """Whatever is set, by whom ever."""
    names = ("", "usual", "small", "gone")
    for person, channel, offered in product(names, names, ((), ("usual",), OFFERED)):
        settings = AnswerSettings(PersonalSettings(model=person), ChannelSettings(model=channel))
        model = model_of(settings, offered)
        assert model.name in ("", *offered)
        assert (model.source is Source.OPERATOR) == (not model.name)
