"""What the messages of actions say in the end, whoever dies on the way; in virtual time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.approval import Approval, ApprovalKey, ApprovalState
from bot.errors import SlackUnreachable
from bot.turns.approval_outcomes import ApprovalOutcomes
from bot.turns.owned_tasks import OwnedTasks
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.turns.approval_messages import ApprovalMessages

THREAD = ThreadKey("T", "C", "5.0")
TURN = AnswerKey(TurnKey(THREAD, "5.0", "U1", Kind.MENTION))
KEY = ApprovalKey(THREAD, "5.0", "ab", 1)
OPEN, APPROVED, DONE, EXPIRED = (
    ApprovalState.OPEN,
    ApprovalState.APPROVED,
    ApprovalState.DONE,
    ApprovalState.EXPIRED,
)


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Record:
    """One action on record."""

    def __init__(self, state: ApprovalState, shown: ApprovalState = OPEN) -> None:
        self.row = Approval(KEY, "6.0", "U1", frozenset(), state, "U1", 0.0, shown)

    async def read(self, keys: Collection[ApprovalKey]) -> list[Approval]:
        return [self.row] if self.row.key in keys else []

    async def showed(self, key: ApprovalKey, state: ApprovalState) -> None:
        self.row = replace(self.row, shown=state)

    def move(self, state: ApprovalState) -> None:
        self.row = replace(self.row, state=state)


class Messages:
    """The message, each edit of which takes so many seconds; what it has said, and when."""

    def __init__(self, *seconds: float, broken: bool = False) -> None:
        self.said: list[tuple[float, ApprovalState, str]] = []
        self._seconds = list(seconds)
        self._broken = broken

    async def show_outcome(self, approval: Approval, ts: str) -> None:
        await asyncio.sleep(self._seconds.pop(0) if self._seconds else 1.0)
        if self._broken:
            raise SlackUnreachable("away")
        self.said.append((asyncio.get_running_loop().time(), approval.state, ts))


def a_process(record: Record, messages: Messages, tasks: OwnedTasks | None = None) -> ApprovalOutcomes:
    return ApprovalOutcomes(record, cast("ApprovalMessages", messages), tasks or OwnedTasks())


@pytest.mark.parametrize(
    ("state", "shown", "said"),
    [(EXPIRED, OPEN, [EXPIRED]), (DONE, APPROVED, [DONE]), (DONE, DONE, []), (OPEN, OPEN, [])],
    ids=["unsaid", "further by now", "said", "still asked"],
)
async def test_what_its_message_does_not_say_is_shown_and_noted(
    state: ApprovalState, shown: ApprovalState, said: list[ApprovalState]
) -> None:
    record, messages = Record(state, shown), Messages()
    await a_process(record, messages).show(KEY)
    assert [one[1] for one in messages.said] == said
    assert not record.row.is_unsaid


async def test_what_was_forgotten_is_left_alone() -> None:
    messages = Messages()
    await a_process(Record(DONE), messages).show(replace(KEY, number=2))
    assert messages.said == []


async def test_whoever_pressed_a_button_that_is_still_there_sees_it_edited_all_the_same() -> None:
    record, messages = Record(DONE, DONE), Messages()
    await a_process(record, messages).show(KEY, pressed="6.0")
    assert messages.said == [(1.0, DONE, "6.0")]


async def test_two_who_show_at_once_show_each_step_once() -> None:
    record, messages = Record(APPROVED), Messages()
    ours = a_process(record, messages)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ours.show(KEY))
        await asyncio.sleep(0.5)
        record.move(DONE)
        tasks.create_task(ours.show(KEY))
    assert [one[1] for one in messages.said] == [APPROVED, DONE]


async def test_an_edit_that_comes_late_is_not_the_last_one() -> None:
    record, late, quick = Record(APPROVED), Messages(9.0, 1.0), Messages(1.0)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(a_process(record, late).show(KEY))
        await asyncio.sleep(0.5)
        record.move(DONE)
        tasks.create_task(a_process(record, quick).show(KEY))
    assert [one[1] for one in (*quick.said, *late.said)] == [DONE, APPROVED, DONE]


async def test_what_slack_does_not_take_stays_unsaid() -> None:
    record, messages = Record(DONE), Messages(broken=True)
    await a_process(record, messages).show(KEY)
    assert record.row.is_unsaid


async def test_a_turn_is_settled_when_all_of_it_is_said_and_the_next_question_waits_for_none_of_it() -> None:
    record, messages, tasks = Record(EXPIRED), Messages(), OwnedTasks()
    ours = a_process(record, messages, tasks)
    async with tasks.open():
        ours.owe(TURN, [record.row])
        assert ours.owes(TURN)
        assert messages.said == []
        await ours.settled(TURN)
        assert messages.said == [(1.0, EXPIRED, "6.0")]
        assert not ours.owes(TURN)
        ours.owe(TURN, [record.row])
        assert not ours.owes(TURN)
        await ours.settled(TURN)
