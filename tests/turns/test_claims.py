"""Who was first, on disk and across processes that share a file."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING

import pytest

from bot.core.events import Kind, Prompt, ThreadKey
from bot.errors import SettingsError
from bot.turns import claims as module
from bot.turns.claims import Claims

if TYPE_CHECKING:
    from pathlib import Path


def a_prompt(ts: str = "1.0", *, channel: str = "C") -> Prompt:
    return Prompt(ThreadKey("T", channel, ts), ts, "U", "hi", Kind.MENTION)


async def test_of_many_who_ask_at_once_one_is_first(tmp_path: Path) -> None:
    async with Claims.open(tmp_path / "a.sqlite") as one, Claims.open(tmp_path / "a.sqlite") as other:
        won = await asyncio.gather(*(claims.claim(a_prompt()) for claims in (one, other) for _ in range(5)))
    assert sorted(won) == [False] * 9 + [True]


async def test_in_memory_too_a_loser_does_not_undo_the_winner() -> None:
    prompts = [a_prompt(f"{n}.0") for n in range(5) for _ in range(4)]
    async with Claims.open(None) as claims:
        won = await asyncio.gather(*(claims.claim(prompt) for prompt in prompts))
        again = await asyncio.gather(*(claims.claim(prompt) for prompt in prompts))
    assert (sum(won), sum(again)) == (5, 0)


async def test_the_same_ts_in_another_channel_is_another_message() -> None:
    async with Claims.open(None) as claims:
        assert await claims.claim(a_prompt())
        assert await claims.claim(a_prompt(channel="D"))


async def test_a_claim_outlives_the_process(tmp_path: Path) -> None:
    async with Claims.open(tmp_path / "a.sqlite") as claims:
        assert await claims.claim(a_prompt())
    async with Claims.open(tmp_path / "a.sqlite") as claims:
        assert not await claims.claim(a_prompt())


async def test_old_claims_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with Claims.open(tmp_path / "a.sqlite") as claims:
        await claims.claim(a_prompt())
    monkeypatch.setattr(module, "KEPT", -60.0)
    async with Claims.open(tmp_path / "a.sqlite") as claims:
        assert await claims.claim(a_prompt())


async def test_a_thread_is_ours_once_we_joined_it() -> None:
    thread = ThreadKey("T", "C", "1.0")
    async with Claims.open(None) as claims:
        assert not await claims.took_part(thread)
        await claims.join(thread)
        await claims.join(thread)
        assert await claims.took_part(thread)
        assert not await claims.took_part(ThreadKey("T", "C", "2.0"))


async def test_nothing_is_kept_but_ids_and_times(tmp_path: Path) -> None:
    async with Claims.open(tmp_path / "a.sqlite") as claims:
        await claims.claim(a_prompt())
        await claims.join(ThreadKey("T", "C", "1.0"))
    with sqlite3.connect(tmp_path / "a.sqlite") as database:
        columns = {
            row[1]
            for table in ("claims", "threads")
            for row in database.execute(f"PRAGMA table_info({table})")
        }
    database.close()
    assert columns == {"team", "channel", "ts", "thread_ts", "claimed_at"}


@pytest.mark.parametrize("name", ["missing/a.sqlite", "text.sqlite", "."])
async def test_a_database_that_cannot_be_used_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    (tmp_path / "text.sqlite").write_text("this is no database, only some text in a file")
    with pytest.raises(SettingsError, match=r"DATABASE_URL: .* cannot be used"):
        async with Claims.open(path):
            pass
