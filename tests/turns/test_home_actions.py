"""What becomes of a visit to our App Home."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.answer_settings import NOTHING_SET, PersonalSettings
from bot.core.conversation.app_home import HomeVisit, StoredData
from bot.core.conversation.settings_form import PERSONAL_FORM
from bot.errors import RateLimited
from bot.language.catalogue import Language
from bot.model.model_choice import ModelChoice
from bot.observability.facts import Fact, HomeRefused, PersonalDataDeleted, PreferencesKept, WorkCrashed
from bot.observability.hooks import subscribe
from bot.turns.home_actions import HomeActions
from bot.turns.owned_tasks import OwnedTasks
from tests.core.conversation.test_settings_form import submitted
from tests.fakes import FakeModel
from tests.turns.test_control_actions import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

VISIT = HomeVisit("T", "U1")


class Kept:
    """What is on record of people; `running` questions cannot be deleted."""

    def __init__(self, questions: int, *, running: int = 0, broken: bool = False) -> None:
        self.questions = questions
        self._running = running
        self._broken = broken

        self.settings: dict[str, PersonalSettings] = {}
        self.hangs = False

    async def count(self, team: str, person: str) -> StoredData:
        return StoredData(questions=self.questions, settings=self.settings.get(person, NOTHING_SET))

    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        if self._broken:
            raise OSError("disk full")
        self.settings[person] = wanted

    async def delete(self, team: str, person: str) -> None:
        if self._broken:
            raise OSError("disk full")
        self.questions = self._running


def models() -> ModelChoice:
    """Two that may be chosen."""
    usual, small = FakeModel(), FakeModel()
    usual.label, small.label = "openai:x", "openai:small"
    return ModelChoice(usual, small)


async def kept(there: Workspace, record: Kept, payload: dict[str, object]) -> tuple[str, list[type[Fact]]]:
    """Returns what stands below the form, and what the operator was told."""
    tasks, seen = OwnedTasks(), list[Fact]()
    with subscribe(seen.append):
        async with tasks.open():
            homes = HomeActions(record, record, there, tasks, models())
            problem = await homes.keep(payload, team="T")
    return problem, [type(one) for one in seen]


async def done(
    there: Workspace, record: Kept, act: Callable[[HomeActions], None]
) -> tuple[list[str], list[type[Fact]]]:
    """Returns what somebody was shown, and what the operator was told."""
    tasks, seen = OwnedTasks(), list[Fact]()
    with subscribe(seen.append):
        async with tasks.open():
            act(HomeActions(record, record, there, tasks, models()))
    shown = [json.dumps(view, ensure_ascii=False) for _, view in there.homes]
    return shown, [type(one) for one in seen]


async def test_who_opens_their_home_is_shown_it() -> None:
    there = Workspace()
    (shown,), facts = await done(there, Kept(3), lambda homes: homes.show(VISIT))
    assert ([user for user, _ in there.homes], facts) == (["U1"], [])
    assert "openai:x" in shown


async def test_who_deletes_reads_that_it_is_done() -> None:
    record = Kept(3)
    (shown,), facts = await done(Workspace(), record, lambda homes: homes.delete(VISIT))
    assert (record.questions, facts) == (0, [PersonalDataDeleted])
    assert notices.HOME_DELETED.english in shown


async def test_who_deletes_while_an_answer_is_written_reads_that_it_stays() -> None:
    (shown,), _ = await done(Workspace(), Kept(3, running=1), lambda homes: homes.delete(VISIT))
    assert notices.HOME_KEPT_RUNNING.english in shown


async def test_what_could_not_be_deleted_is_not_said_to_be() -> None:
    (shown,), facts = await done(Workspace(), Kept(3, broken=True), lambda homes: homes.delete(VISIT))
    assert facts == [WorkCrashed]
    assert notices.HOME_UNDONE.english in shown


async def test_a_home_that_slack_does_not_show_is_told_to_the_operator() -> None:
    shown, facts = await done(Workspace(errors=[RateLimited(30)]), Kept(3), lambda homes: homes.show(VISIT))
    assert (shown, facts) == ([], [HomeRefused])


async def test_where_we_are_not_installed_there_is_no_home() -> None:
    shown, _ = await done(Workspace(), Kept(3), lambda homes: homes.show(HomeVisit("T9", "U1")))
    assert shown == []


async def test_who_wants_to_change_settings_gets_the_form_with_what_is_set() -> None:
    there, record = Workspace(), Kept(0)
    record.settings["U1"] = PersonalSettings("fr", "Briefly.", "openai:small")
    await done(there, record, lambda homes: homes.change(HomeVisit("T", "U1", "now")))
    ((trigger, view),) = there.views
    shown = json.dumps(view, ensure_ascii=False)
    assert (trigger, view["callback_id"]) == ("now", PERSONAL_FORM)
    assert [one for one in ("Briefly.", "Français", "openai:small") if one not in shown] == []


async def test_what_is_submitted_is_kept_and_shown() -> None:
    there, record = Workspace(), Kept(0)
    problem, facts = await kept(there, record, submitted("de", "Briefly.", "openai:small"))
    assert (problem, facts) == ("", [PreferencesKept])
    assert record.settings == {"U1": PersonalSettings("de", "Briefly.", "openai:small")}
    ((user, view),) = there.homes
    words = json.dumps(view, ensure_ascii=False)
    wanted = (notices.SETTINGS_KEPT.english, "Deutsch", "Briefly.", "openai:small")
    assert (user, [one for one in wanted if one not in words]) == ("U1", [])


async def test_what_was_tampered_with_is_not_kept_and_told_in_the_person_s_language() -> None:
    there, record = Workspace(languages={"U1": Language("de")}), Kept(0)
    problem, facts = await kept(there, record, submitted("xx", "Briefly.", "-"))
    assert (record.settings, facts, there.homes) == ({}, [], [])
    assert problem == Language("de").say(notices.SETTINGS_UNKNOWN) != notices.SETTINGS_UNKNOWN.english


@pytest.mark.parametrize("hangs", [True, False], ids=["does not answer", "refuses"])
async def test_what_the_record_does_not_take_is_not_said_to_be_kept(*, hangs: bool) -> None:
    record = Kept(0, broken=True)
    record.hangs = hangs
    problem, facts = await kept(Workspace(), record, submitted("de", "", "-"))
    assert (problem, facts) == (notices.UNDONE.english, [WorkCrashed])


async def test_a_form_that_slack_does_not_open_is_told_at_the_home() -> None:
    there = Workspace(errors=[RateLimited(30)])
    (shown,), facts = await done(there, Kept(0), lambda homes: homes.change(VISIT))
    assert (facts, notices.UNDONE.english in shown) == ([HomeRefused], True)


async def test_where_we_are_not_installed_no_form_is_opened() -> None:
    there = Workspace()
    await done(there, Kept(0), lambda homes: homes.change(HomeVisit("T9", "U1", "now")))
    assert there.views == []
