"""What may be set about answers."""

from __future__ import annotations

from bot.core.conversation.answer_settings import NOTHING_SET, PersonalSettings


def test_settings_are_something_as_soon_as_one_is_set() -> None:
    assert not NOTHING_SET
    assert all(
        (PersonalSettings(language="de"), PersonalSettings(instructions="x"), PersonalSettings(model="x"))
    )
