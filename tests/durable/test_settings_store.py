"""What people have set, as it is kept: on both databases."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.core.conversation.answer_settings import (
    NOTHING_SET,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    PersonalSettings,
)
from bot.core.conversation.reply_policy import Follow
from bot.durable.retried_writes import execute
from bot.durable.schema import preferences
from bot.durable.settings_store import SettingsStore
from bot.durable.token_seal import TokenSeal
from bot.observability.facts import Fact, PreferencesUnreadable
from bot.observability.hooks import subscribe
from bot.turns.settings_desk import SettingsDesk
from tests.durable.prepared import open_prepared

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from bot.durable.database import Database

WANTED = PersonalSettings("de", "Answer briefly, I am a nurse.", "openai:x")
OLD, NEW = {"1": b"1" * 32}, {"2": b"2" * 32}


@asynccontextmanager
async def a_database(where: Path | str) -> AsyncGenerator[Database]:
    async with open_prepared(where) as database:
        yield database


async def at_rest(database: Database) -> list[str]:
    return [row.instructions for row in (await execute(database, select(preferences))).all]


async def test_what_somebody_wants_is_kept_instead_of_what_they_wanted(somewhere: Path | str) -> None:
    async with a_database(somewhere) as database:
        store = SettingsStore(database)
        assert await store.of_person("T", "U1") == NOTHING_SET
        for wanted in (PersonalSettings("fr"), WANTED):
            await store.keep("T", "U1", wanted, installer="T")
        assert await store.of_person("T", "U1") == WANTED
        assert [await store.of_person(*who) for who in (("T", "U2"), ("T2", "U1"))] == [NOTHING_SET] * 2


async def test_who_wants_nothing_any_more_has_no_row(somewhere: Path | str) -> None:
    async with a_database(somewhere) as database:
        store = SettingsStore(database)
        await store.keep("T", "U1", WANTED, installer="T")
        await store.keep("T", "U1", NOTHING_SET, installer="T")
        assert await at_rest(database) == []


async def test_with_secret_keys_what_was_written_is_sealed_for_its_place(somewhere: Path | str) -> None:
    async with a_database(somewhere) as database:
        store = SettingsStore(database, TokenSeal(OLD))
        await store.keep("T", "U1", WANTED, installer="T")
        (sealed,) = await at_rest(database)
        assert sealed.startswith("1.")
        assert "nurse" not in sealed
        assert await store.of_person("T", "U1") == WANTED


async def test_without_a_key_that_opens_it_nothing_is_wished_and_the_operator_is_told(
    somewhere: Path | str,
) -> None:
    told: list[Fact] = []
    async with a_database(somewhere) as database:
        await SettingsStore(database, TokenSeal(OLD)).keep("T", "U1", WANTED, installer="T")
        with subscribe(told.append):
            found = [
                await SettingsStore(database, seal).of_person("T", "U1") for seal in (None, TokenSeal(NEW))
            ]
        await SettingsStore(database, TokenSeal(NEW)).seal_anew()
        assert await SettingsStore(database, TokenSeal(OLD)).of_person("T", "U1") == WANTED
    assert found == [PersonalSettings("de", "", "openai:x")] * 2
    assert told[:2] == [PreferencesUnreadable(team="T")] * 2


async def test_a_new_key_seals_what_an_older_one_has_sealed_and_what_none_has(somewhere: Path | str) -> None:
    async with a_database(somewhere) as database:
        await SettingsStore(database).keep("T", "U1", WANTED, installer="T")
        await SettingsStore(database, TokenSeal(OLD)).keep("T", "U2", WANTED, installer="T")
        await SettingsStore(database).keep("T", "U3", PersonalSettings("fr"), installer="T")
        await SettingsStore(database).seal_anew()
        store = SettingsStore(database, TokenSeal(NEW | OLD))
        await store.seal_anew()
        await store.seal_anew()
        assert sorted(one[:2] for one in await at_rest(database)) == ["", "2.", "2."]
        assert [await store.of_person("T", one) for one in ("U1", "U2")] == [WANTED] * 2


async def test_what_was_set_goes_with_who_has_installed_us(somewhere: Path | str) -> None:
    async with a_database(somewhere) as database:
        store = SettingsStore(database)
        for team, installer in (("T1", "T1"), ("T2", "E1"), ("T3", "E1"), ("T4", "")):
            await store.keep(team, "U1", WANTED, installer=installer)
        await store.forget_team("E1")
        await store.forget_team("T4")
        left = [team for team in ("T1", "T2", "T3", "T4") if await store.of_person(team, "U1")]
    assert left == ["T1"]


async def test_what_is_set_for_a_channel_is_kept_beside_what_a_person_has_set(somewhere: Path | str) -> None:
    here = ChannelSettings("In German.", "openai:x", Follow.MENTIONS, off=True)
    async with a_database(somewhere) as database:
        store = SettingsStore(database, TokenSeal(OLD))
        await store.keep("T", "U1", WANTED, installer="T")
        await store.keep_channel("T", "C1", here, installer="T")
        assert await store.of_turn("T", "U1", "C1") == AnswerSettings(WANTED, here)
        assert await store.of_turn("T2", "U1", "C1") == AnswerSettings()
        assert [one[:2] for one in await at_rest(database)] == ["1.", "1."]
        await store.keep_channel("T", "C1", ChannelSettings(), installer="T")
        assert await store.of_turn("T", "U2", "C1") == AnswerSettings()
        assert len(await at_rest(database)) == 1


async def test_what_one_replica_keeps_for_a_channel_the_next_turn_of_another_goes_by(
    somewhere: Path | str,
) -> None:
    clock = asyncio.get_running_loop().time
    async with a_database(somewhere) as one, a_database(somewhere) as other:
        here, there = (SettingsDesk(SettingsStore(each), clock=clock) for each in (one, other))
        assert (await there.of_turn("T", "U1", "C1")).channel == NOTHING_SET_HERE
        for wanted in (ChannelSettings(follow=Follow.EVERYONE), ChannelSettings(off=True)):
            await here.keep_channel("T", "C1", wanted, installer="T")
            assert (await there.of_turn("T", "U1", "C1")).channel == wanted
