"""A workspace that has removed us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.observability.facts import AppRemoved, Fact
from bot.observability.hooks import subscribe
from bot.turns.removals import WorkspaceRemovals

if TYPE_CHECKING:
    from collections.abc import Mapping


class Everything:
    """The store, the workspaces at work (T1 and T2) and the turns in one."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.tokens: dict[str, str] = {}

    async def forget_team(self, team: str) -> None:
        self.done.append(("forget", team))

    def renew(self, tokens: Mapping[str, str]) -> list[str]:
        self.tokens = dict(tokens)
        return [team for team in ("T1", "T2") if team not in tokens]

    def drop(self, team: str) -> None:
        self.done.append(("drop", team))

    def end_team(self, team: str) -> None:
        self.done.append(("end", team))


async def test_where_we_are_removed_the_token_goes_and_then_the_turns_and_what_they_work_with() -> None:
    told: list[Fact] = []
    there = Everything()
    with subscribe(told.append):
        await WorkspaceRemovals(there, there, there).removed("T1")
    assert there.done == [("forget", "T1"), ("end", "T1"), ("drop", "T1")]
    assert told == [AppRemoved(team="T1")]


async def test_what_another_replica_has_heard_ends_here_as_well_and_the_others_work_on() -> None:
    there = Everything()
    await WorkspaceRemovals(there, there, there).renew({"T2": "xoxb-2"})
    assert there.tokens == {"T2": "xoxb-2"}
    assert there.done == [("end", "T1"), ("drop", "T1")]
