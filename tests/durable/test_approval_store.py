"""What is on record of actions, on both databases."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.delivery.approval import ApprovalKey, ApprovalState
from bot.durable.approval_store import ApprovalStore
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

THREAD = ThreadKey("T", "C", "1.0")
TURN = AnswerKey(TurnKey(THREAD, "1.0", "U1", Kind.MENTION))
KEY, SECOND = ApprovalKey(THREAD, "1.0", "ab", 1), ApprovalKey(THREAD, "1.0", "ab", 2)
NOBODY: frozenset[str] = frozenset()
APPROVED, DECLINED = ApprovalState.APPROVED, ApprovalState.DECLINED


@asynccontextmanager
async def a_store(where: Path | str) -> AsyncGenerator[ApprovalStore]:
    async with open_prepared(where) as database:
        yield ApprovalStore(database)


async def state(store: ApprovalStore, key: ApprovalKey = KEY) -> str:
    [found] = await store.read([key])
    return found.state.value


async def test_an_action_is_asked_for_once_however_often_that_is_said(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        first = await store.ask(KEY, "U1", frozenset({"U8", "U9"}), seconds=60)
        await store.posted(KEY, "2.0", seconds=3600)
        again = await store.ask(KEY, "U1", NOBODY, seconds=9999)
        assert (first.ts, again.ts, again.approvers, again.state) == (
            "",
            "2.0",
            frozenset({"U8", "U9"}),
            ApprovalState.OPEN,
        )
        assert again.asker == "U1"
        # As long as was said when it was asked, since its message stood there.
        assert abs(first.expires_at - time.time() - 60) < 30
        assert abs(again.expires_at - time.time() - 3600) < 30


async def test_of_two_who_decide_at_once_one_does(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=60)
        said = await asyncio.gather(store.decide(KEY, APPROVED, "U1"), store.decide(KEY, DECLINED, "U2"))
        assert sorted(said) == [False, True]
        [found] = await store.read([KEY])
        assert found.decided_by == {APPROVED: "U1", DECLINED: "U2"}[found.state]


async def test_what_is_approved_is_begun_once(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=60)
        assert not await store.begin(KEY)
        await store.decide(KEY, APPROVED, "U1")
        assert sorted(await asyncio.gather(store.begin(KEY), store.begin(KEY))) == [False, True]
        assert not await store.decide(KEY, DECLINED, "U1")
        await store.end(KEY, ApprovalState.DONE)
        await store.end(KEY, ApprovalState.FAILED)
        assert await state(store) == "done"


async def test_what_was_begun_by_who_has_died_may_have_been_done_until_it_says_so_after_all(
    somewhere: Path | str,
) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=60)
        await store.decide(KEY, APPROVED, "U1")
        await store.begin(KEY)
        await store.interrupt(TURN)
        assert await state(store) == "unknown"
        assert not await store.begin(KEY)
        await store.end(KEY, ApprovalState.DONE)
        assert await state(store) == "done"


async def test_what_its_message_says_is_on_record_beside_what_is(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=60)
        await store.decide(KEY, APPROVED, "U1")
        assert [(one.shown, one.is_unsaid) for one in await store.read([KEY])] == [(ApprovalState.OPEN, True)]
        await store.showed(KEY, APPROVED)
        assert [(one.shown, one.is_unsaid) for one in await store.read([KEY])] == [(APPROVED, False)]


async def test_what_is_too_old_cannot_be_approved(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=0)
        await store.ask(SECOND, "U1", NOBODY, seconds=60)
        assert not await store.decide(KEY, APPROVED, "U1")
        assert [await store.expire(KEY), await store.expire(SECOND)] == [True, False]
        assert await state(store) == "expired"


async def test_what_asks_for_it_may_be_deleted_as_long_as_somebody_is_asked(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=60)
        assert [await store.withdraw(KEY), await store.withdraw(KEY)] == [True, False]
        assert not await store.decide(KEY, APPROVED, "U1")
        assert await state(store) == "stopped"


async def test_with_its_turn_ends_what_was_not_begun(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        third = ApprovalKey(THREAD, "1.0", "cd", 1)
        for key in (KEY, SECOND, third):
            await store.ask(key, "U1", NOBODY, seconds=60)
        await store.decide(SECOND, APPROVED, "U1")
        await store.decide(third, APPROVED, "U1")
        await store.begin(third)
        await store.close(TURN)
        assert [one.state.value for one in await store.of_turn(TURN)] == ["stopped", "stopped", "begun"]


async def test_old_ones_are_forgotten_unless_somebody_may_still_decide(somewhere: Path | str) -> None:
    async with a_store(somewhere) as store:
        await store.ask(KEY, "U1", NOBODY, seconds=0)
        await store.ask(SECOND, "U1", NOBODY, seconds=9999)
        await store.forget(time.time() - 60)
        assert len(await store.of_turn(TURN)) == 2
        await store.forget(time.time() + 60)
        assert [one.key for one in await store.of_turn(TURN)] == [SECOND]
        assert await store.read([]) == []
