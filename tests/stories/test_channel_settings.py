"""How answers in a channel are set by its managers: through real Bolt, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.core.conversation import notices
from bot.core.conversation.channel_form import ANSWERS, CHANNEL_FORM, FOLLOW, OFF, ON, SHOW_CHANNEL
from bot.core.conversation.settings_form import INSTRUCTIONS
from slack_emulator.state.changes import ViewRefused
from tests.stories.conftest import Storyteller
from tests.stories.test_manners import replies, until

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import View
    from tests.stories.conftest import Start

WISHES = "Answer in Latin."


def no_admin(slack: Workspace, name: str) -> None:
    """Somebody is an admin no longer: all others of the story are."""
    person = slack.person(name)
    slack.state.users[person.id] = replace(person, admin=False)


async def settings_of(slack: Workspace, user: str) -> View:
    """Somebody asks for the channel's settings, and presses the button that they are shown alone."""
    person = slack.person(user)
    before = len(slack.state.whispers_to(person.id))
    await slack.say("general", user, "@Teleprinter settings")
    shown = await slack.wait_for(lambda: slack.state.whispers_to(person.id)[before:])
    assert shown[-1].text == notices.SETTINGS_HERE.english
    opened = [one.id for one in slack.state.views.stack(slack.app.id, person.id)]
    await slack.press("general", shown[-1].ts, user, SHOW_CHANNEL)

    def found() -> list[View]:
        views = slack.state.views.stack(slack.app.id, person.id)
        return [one for one in views if one.id not in opened]

    return (await slack.wait_for(found))[0]


async def told(slack: Workspace, user: str, channel: str, word: str) -> None:
    before = len(slack.state.whispers_to(slack.person(user).id))
    ts = await slack.say(channel, user, "@Teleprinter why?")
    await slack.wait_for(
        lambda: [one.text for one in slack.state.whispers_to(slack.person(user).id)[before:]] == [word]
    )
    assert replies(slack, ts, channel) == []


async def test_a_manager_s_settings_count_from_the_next_question_on_also_after_a_restart(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Storyteller("Because.")
    async with start(model, database=somewhere):
        form = await settings_of(slack, "ada")
        await slack.submit(form.id, "ada", {INSTRUCTIONS: WISHES, FOLLOW: "everyone"})
        (view,) = slack.state.views.stack(slack.app.id, slack.person("ada").id)
        assert notices.CHANNEL_SETTINGS_KEPT.english in json.dumps(view.content, ensure_ascii=False)
    async with start(model, database=somewhere):
        ts = await slack.say("general", "raj", "@Teleprinter why?")
        await until(slack, ts, "Because.")
        system, question = model.asked[-1]
        assert (WISHES in question.text, WISHES in system.text) == (True, False)
        await slack.say("general", "ada", "And how?", ts)  # who has not asked: everybody is followed here
        await until(slack, ts, "Because.", "Because.")


async def test_a_change_of_follow_ups_counts_at_once_also_in_threads_that_are_there(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Because.")
    async with start(model):
        ts = await slack.say("general", "raj", "@Teleprinter why?")
        await until(slack, ts, "Because.")
        await slack.submit((await settings_of(slack, "ada")).id, "ada", {FOLLOW: "everyone"})
        await slack.say("general", "ada", "And how?", ts)  # who has not asked
        await until(slack, ts, *["Because."] * 2)
        await slack.submit((await settings_of(slack, "ada")).id, "ada", {FOLLOW: "mentions"})
        await slack.say("general", "raj", "And when?", ts)  # who has asked
        await slack.say("general", "raj", "@Teleprinter and where?", ts)
        await until(slack, ts, *["Because."] * 3)
    assert [asked[-1].text for asked in model.asked][-1].endswith("and where?")


async def test_a_channel_that_is_off_answers_nobody_until_a_manager_switches_it_on(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Storyteller("Because.")
    async with start(model, database=somewhere):
        await slack.submit((await settings_of(slack, "ada")).id, "ada", {ANSWERS: OFF})
        await told(slack, "raj", "general", notices.CHANNEL_OFF.english)
        await until(
            slack, await slack.say("random", "raj", "@Teleprinter why?"), "Because.", channel="random"
        )
        await slack.submit((await settings_of(slack, "ada")).id, "ada", {ANSWERS: ON})
        await until(slack, await slack.say("general", "raj", "@Teleprinter why?"), "Because.")


async def test_who_is_no_manager_sees_the_values_and_a_form_of_theirs_changes_nothing(
    slack: Workspace, start: Start
) -> None:
    refused: list[Any] = []
    slack.watch(lambda change: refused.append(change) if isinstance(change, ViewRefused) else None)
    no_admin(slack, "raj")
    async with start(Storyteller("Because.")):
        view = await settings_of(slack, "raj")
        assert "callback_id" not in view.content
        assert notices.MANAGERS_ONLY.english in json.dumps(view.content, ensure_ascii=False)
        form = await settings_of(slack, "ada")
        assert form.content["callback_id"] == CHANNEL_FORM
        no_admin(slack, "ada")  # too late: what was known of that is forgotten with the process
    async with start(Storyteller("Because.")):
        await slack.submit(form.id, "ada", {ANSWERS: OFF})
        assert [one.errors for one in refused] == [{INSTRUCTIONS: notices.NOT_A_MANAGER.english}]
        await until(slack, await slack.say("general", "raj", "@Teleprinter why?"), "Because.")
