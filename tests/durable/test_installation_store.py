"""Who has installed us, on SQLite and PostgreSQL; and what of it can be read in the database."""

from __future__ import annotations

import asyncio
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from slack_sdk.oauth.installation_store import Installation
from sqlalchemy import select

from bot.durable.installation_store import STATE_FOR, InstallationStore, InstalledTeam, OAuthStates
from bot.durable.schema import installations
from bot.durable.token_seal import TokenSeal
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from pathlib import Path

    from bot.durable.database import Database

STILL = InstalledTeam("T1", org_wide=False, token="xoxb-still", refresh_token="xoxe-1", expires_at=5.0)
FIZZY = InstalledTeam("T2", org_wide=False, token="xoxb-fizzy")
OLD, NEW = b"o" * 32, b"n" * 32


def a_store(database: Database, client: str = "1.2", seal: TokenSeal | None = None) -> InstallationStore:
    return InstallationStore(database, client, seal or TokenSeal({"1": OLD}))


async def test_a_workspace_is_found_by_its_id_and_installing_again_replaces_it(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        store = a_store(database)
        await store.save(STILL)
        await store.save(FIZZY)
        await store.save(again := InstalledTeam("T1", org_wide=False, token="xoxb-again"))
        assert [await store.find(one) for one in ("T1", "T2", "T9")] == [again, FIZZY, None]
        assert sorted(one.team for one in await store.all()) == ["T1", "T2"]
        assert await a_store(database, client="another app").all() == []
        assert await store.forget_team("T1", before=float("inf"))
        assert not await store.forget_team("T1", before=float("inf"))
        assert [await store.has(one) for one in ("T1", "T2")] == [False, True]
        assert await store.all() == [FIZZY]


async def test_what_the_flow_was_given_is_kept_without_who_installed_it(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        store = a_store(database)
        given: dict[str, Any] = {"user_id": "U1", "user_token": "xoxp-1", "bot_token": "xoxb-1"}
        await store.async_save(Installation(team_id="T1", enterprise_id="E1", **given))
        await store.async_save(
            Installation(team_id="T2", enterprise_id="E1", is_enterprise_install=True, **given)
        )
        rows = await database.connections.execute(select(installations))
    assert [(row.team, row.org_wide) for row in rows.all] == [("T1", False), ("E1", True)]
    assert not any("U1" in str(row) or "xox" in str(row) for row in rows.all)


async def test_whatever_changes_what_is_installed_changes_its_version(somewhere: Path | str) -> None:
    new = InstalledTeam("T1", org_wide=False, token="xoxb-new", refresh_token="xoxe-2", expires_at=9.0)
    async with open_prepared(somewhere) as database:
        store, versions = a_store(database), list[object]()
        versions.append(await store.version())
        await store.save(FIZZY)
        versions.append(await store.version())
        await store.save(STILL)
        versions.append(await store.version())
        await store.rotate("T1", "xoxe-1", new)
        versions.append(await store.version())
        await store.forget_team("T1", before=time.time() + 1)
        versions.append(await store.version())
        assert versions[-1] == await store.version()
    assert all(before != after for before, after in pairwise(versions))


async def test_of_two_replicas_that_rotate_a_token_one_does(somewhere: Path | str) -> None:
    new = InstalledTeam("T1", org_wide=False, token="xoxb-new", refresh_token="xoxe-2", expires_at=9.0)
    async with open_prepared(somewhere) as database:
        store = a_store(database)
        await store.save(STILL)
        rotated = await asyncio.gather(*(store.rotate("T1", "xoxe-1", new) for _ in range(2)))
        assert sorted(rotated) == [False, True]
        assert await store.find("T1") == new
        assert not await store.rotate("T9", "xoxe-1", new)


async def test_with_a_new_key_all_is_sealed_anew_and_the_old_one_may_go(somewhere: Path | str) -> None:
    async with open_prepared(somewhere) as database:
        await a_store(database).save(STILL)
        both = a_store(database, seal=TokenSeal({"2": NEW, "1": OLD}))
        await both.save(FIZZY)
        assert [await both.seal_anew() for _ in range(2)] == [1, 0]
        newest = a_store(database, seal=TokenSeal({"2": NEW}))
        assert sorted(one.token for one in await newest.all()) == ["xoxb-fizzy", "xoxb-still"]


async def test_a_state_counts_once_and_for_ten_minutes(somewhere: Path | str) -> None:
    clock = {"now": 0.0}
    async with open_prepared(somewhere) as database:
        states = OAuthStates(database, now=lambda: clock["now"])
        first, second = await states.async_issue(), await states.async_issue()
        consumed = await asyncio.gather(*(states.async_consume(first) for _ in range(4)))
        assert sorted(consumed) == [False, False, False, True]
        assert not await states.async_consume("made up")
        clock["now"] = STATE_FOR + 1
        assert not await states.async_consume(second)


async def test_a_removal_that_is_told_late_does_not_undo_a_later_installation(somewhere: Path | str) -> None:
    clock = {"now": 100.0}
    async with open_prepared(somewhere) as database:
        store = InstallationStore(database, "1.2", TokenSeal({"1": OLD}), now=lambda: clock["now"])
        await store.save(STILL)
        clock["now"] = 200.0
        await store.save(STILL)
        assert not await store.forget_team("T1", before=150.0)
        assert await store.forget_team("T1", before=250.0)


async def test_what_is_rotated_or_removed_while_it_is_sealed_anew_stays_so(somewhere: Path | str) -> None:
    new = InstalledTeam("T1", org_wide=False, token="xoxb-new", refresh_token="xoxe-2", expires_at=9.0)
    async with open_prepared(somewhere) as database:
        await a_store(database).save(STILL)
        await a_store(database).save(FIZZY)
        both = TokenSeal({"2": NEW, "1": OLD})
        sealing, other = a_store(database, seal=both), a_store(database, seal=both)
        await asyncio.gather(
            sealing.seal_anew(),
            other.rotate("T1", "xoxe-1", new),
            other.forget_team("T2", before=float("inf")),
        )
        assert await other.all() == [new]
