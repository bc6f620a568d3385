"""What somebody sees in our App Home, and that what is stored of them goes: through real Bolt, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import MOST_INSTRUCTIONS
from bot.core.conversation.app_home import CHANGE_SETTINGS, DELETE_DATA
from bot.core.conversation.settings_form import INSTRUCTIONS, LANGUAGE, MODEL, too_long
from bot.language.catalogue import ENGLISH, Language
from bot.model.model_choice import ModelChoice
from slack_emulator.state.changes import ViewRefused
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import until

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace
    from slack_emulator.state.models import View
    from tests.stories.conftest import Start


def home(slack: Workspace, user: str = "ada") -> View | None:
    return slack.state.views.homes.get((slack.app.id, slack.person(user).id))


async def shows(slack: Workspace, words: str, user: str = "ada") -> str:
    """Waits until somebody's home shows the words; returns the view's id."""

    def found() -> str:
        view = home(slack, user)
        return view.id if view and words in json.dumps(view.content, ensure_ascii=False) else ""

    return await slack.wait_for(found)


def counted(questions: int) -> str:
    return json.dumps(
        notices.HOME_COUNTS.english.format(questions=questions, verdicts=0, notes=0), ensure_ascii=False
    )[1:-1]


async def test_the_home_says_what_it_can_do_who_answers_and_what_is_stored(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    async with start(Storyteller("Four."), database=somewhere):
        await slack.open_home("ada", slack.app)
        await shows(slack, notices.HOME_NOTHING.english)
        view = home(slack)
        assert view is not None
        words = json.dumps(view.content, ensure_ascii=False).replace("\\n", "\n")
        told = (
            notices.HOME_TITLE.english,
            notices.HOME_ABILITIES.english,
            notices.HOME_NOT_STORED.english,
            "a scripted model",
        )
        assert [one for one in told if one not in words] == []
        assert DELETE_DATA not in words


async def test_who_deletes_their_data_sees_it_go_and_others_keep_theirs(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    async with start(Storyteller("Four."), database=somewhere):
        for user in ("ada", "raj"):
            ts = await slack.say("general", user, "@Teleprinter 2+2?")
            await until(slack, ts, "Four.")
            await slack.open_home(user, slack.app)
            await shows(slack, counted(1), user)
        view = await shows(slack, DELETE_DATA)
        await slack.press_in_view(view, "ada", DELETE_DATA)
        await shows(slack, notices.HOME_DELETED.english)
        await shows(slack, notices.HOME_NOTHING.english)
        await slack.open_home("raj", slack.app)
        await shows(slack, counted(1), "raj")


async def test_after_that_a_follow_up_is_still_answered_and_an_old_question_not_again(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Four.", "Five.")
    async with start(model):
        ts = await slack.say("general", "ada", "@Teleprinter 2+2?")
        await until(slack, ts, "Four.")
        await slack.open_home("ada", slack.app)
        await slack.press_in_view(await shows(slack, DELETE_DATA), "ada", DELETE_DATA)
        await shows(slack, notices.HOME_DELETED.english)
        await slack.say("general", "ada", "And 2+3?", ts)
        await until(slack, ts, "Four.", "Five.")
    assert len(model.asked) == 2


WISHES = "Answer briefly, I am a nurse."


def forms(slack: Workspace) -> list[View]:
    """What Ada has open."""
    return slack.state.views.stack(slack.app.id, slack.person("ada").id)


async def open_settings(slack: Workspace) -> View:
    """Ada opens the form at her home."""
    await slack.open_home("ada", slack.app)
    await slack.press_in_view(await shows(slack, CHANGE_SETTINGS), "ada", CHANGE_SETTINGS)
    return (await slack.wait_for(lambda: forms(slack)))[-1]


async def test_what_somebody_sets_counts_from_the_next_question_on_for_them_alone(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    usual, other = Storyteller("Four."), Storyteller("Vier.")
    other.label = "openai:other"
    async with start(ModelChoice(usual, other), database=somewhere):
        form = await open_settings(slack)
        given = {LANGUAGE: "de", INSTRUCTIONS: WISHES, MODEL: "openai:other"}
        await slack.submit(form.id, "ada", given)
        await shows(slack, Language("de").say(notices.SETTINGS_KEPT))
        await shows(slack, WISHES)
    # It outlives the process, and is nobody else's.
    async with start(ModelChoice(usual, other), database=somewhere):
        for user, answer in (("ada", "Vier."), ("raj", "Four.")):
            await until(slack, await slack.say("general", user, "@Teleprinter 2+2?"), answer)
        system, question = other.asked[0]
        assert (WISHES in question.text, WISHES in system.text) == (True, False)
        assert "in the language de." in system.text
        assert [WISHES in one.text for one in usual.asked[0]] == [False, False]
        await slack.open_home("ada", slack.app)
        delete = await shows(slack, DELETE_DATA)
        await slack.press_in_view(delete, "ada", DELETE_DATA)
        await shows(slack, notices.HOME_DELETED.english)
        await shows(slack, notices.AS_IN_SLACK.english)
        await until(slack, await slack.say("general", "ada", "@Teleprinter 2+2?"), "Four.")


async def test_a_form_that_was_tampered_with_stays_open_and_changes_nothing(
    slack: Workspace, start: Start
) -> None:
    refused: list[Any] = []
    slack.watch(lambda change: refused.append(change) if isinstance(change, ViewRefused) else None)
    async with start(Storyteller("Four.")):
        form = await open_settings(slack)
        await slack.submit(form.id, "ada", {INSTRUCTIONS: "x" * (MOST_INSTRUCTIONS + 1)})
        assert [one.errors for one in refused] == [{INSTRUCTIONS: ENGLISH.say(too_long())}]
        assert [one.id for one in forms(slack)] == [form.id]
        await slack.open_home("ada", slack.app)
        await shows(slack, notices.HOME_NO_WISHES.english)
