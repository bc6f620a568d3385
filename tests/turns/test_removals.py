"""A workspace that has removed us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.observability.facts import AppRemoved, Fact
from bot.observability.hooks import subscribe
from bot.turns.removals import WorkspaceRemovals

if TYPE_CHECKING:
    from collections.abc import Mapping


class Everything:
    """The store, the workspaces at work (T1, and T2 and T3 of the organisation E1) and the turns in one."""

    def __init__(self, *installed: str) -> None:
        self.installed = set(installed)
        self.done: list[tuple[str, str]] = []
        self.tokens: dict[str, str] = {}

    async def has(self, team: str) -> bool:
        return team in self.installed

    async def forget_team(self, team: str, *, before: float) -> bool:
        self.done.append(("forget", team))
        return before > 5.0

    def renew(self, tokens: Mapping[str, str]) -> list[str]:
        self.tokens = dict(tokens)
        return [installer for installer in ("T1", "E1") if installer not in tokens]

    def installed_by(self, installer: str) -> list[str]:
        return {"T1": ["T1"], "E1": ["T2", "T3"]}[installer]

    def drop(self, team: str) -> None:
        self.done.append(("drop", team))

    def end_team(self, team: str) -> None:
        self.done.append(("end", team))


class Settings:
    """What people have set."""

    def __init__(self, there: Everything) -> None:
        self._there = there

    async def forget_team(self, installer: str) -> None:
        self._there.done.append(("forget settings", installer))


async def test_where_we_are_removed_the_token_goes_and_then_the_turns_and_what_they_work_with() -> None:
    told: list[Fact] = []
    there = Everything()
    with subscribe(told.append):
        await WorkspaceRemovals(there, Settings(there), there, there).removed("T1", at=9.0)
    assert there.done == [("forget", "T1"), ("forget settings", "T1"), ("end", "T1"), ("drop", "T1")]
    assert told == [AppRemoved(team="T1")]


async def test_who_has_installed_us_since_stays() -> None:
    there = Everything("T1")
    await WorkspaceRemovals(there, Settings(there), there, there).removed("T1", at=1.0)
    assert there.done == [("forget", "T1")]


async def test_what_another_replica_has_heard_ends_here_as_well_and_the_others_work_on() -> None:
    there = Everything("T1")
    await WorkspaceRemovals(there, Settings(there), there, there).renew({"T1": "xoxb-1"})
    assert there.tokens == {"T1": "xoxb-1"}
    assert there.done == [("end", "T2"), ("drop", "T2"), ("end", "T3"), ("drop", "T3")]


async def test_who_installed_us_while_we_looked_stays() -> None:
    there = Everything("T1", "E1")
    await WorkspaceRemovals(there, Settings(there), there, there).renew({"T1": "xoxb-1"})
    assert there.done == []
