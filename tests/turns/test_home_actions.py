"""What becomes of a visit to our App Home."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.core.conversation import notices
from bot.core.conversation.app_home import HomeVisit, StoredData
from bot.errors import RateLimited
from bot.observability.facts import Fact, HomeRefused, PersonalDataDeleted, WorkCrashed
from bot.observability.hooks import subscribe
from bot.turns.home_actions import HomeActions
from bot.turns.owned_tasks import OwnedTasks
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

    async def count(self, team: str, person: str) -> StoredData:
        return StoredData(questions=self.questions)

    async def delete(self, team: str, person: str) -> None:
        if self._broken:
            raise OSError("disk full")
        self.questions = self._running


async def done(
    there: Workspace, record: Kept, act: Callable[[HomeActions], None]
) -> tuple[list[str], list[type[Fact]]]:
    """Returns what somebody was shown, and what the operator was told."""
    tasks, seen = OwnedTasks(), list[Fact]()
    with subscribe(seen.append):
        async with tasks.open():
            act(HomeActions(record, there, tasks, lambda: "openai:x"))
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
