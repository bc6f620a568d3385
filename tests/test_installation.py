"""Each workspace is opened once, when it is first needed, and has all its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import NotInstalled, SettingsError
from bot.installation import Installation, Installations, SingleWorkspaceToken
from bot.slack.identity import Identity, WorkspaceLogin
from tests.clock import VIRTUAL
from tests.fakes import FakeDirectory

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.delivery.errands import Errands
    from bot.installation import WorkspaceSurface
    from bot.turns.pipeline import Pipeline


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


def way(team: str, *, org_wide: bool = False) -> WorkspaceLogin:
    us = Identity(team, f"U0{team}", f"B{team}", "teleprinter", team, org_wide=org_wide)
    return WorkspaceLogin(us, AsyncWebClient(f"xoxb-{team}"), team)


class Slow:
    """Takes a second to connect to any workspace but T9, and has T0 refuse its token the first time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def login(self, team: str) -> WorkspaceLogin | None:
        self.asked.append(team)
        await asyncio.sleep(1)
        if self.asked == ["T0"]:
            raise SettingsError("Slack refuses the token")
        return None if team == "T9" else way(team)


class Work:
    """What runs for workspaces; T1 shares its budget with other replicas."""

    def __init__(self) -> None:
        self.running: list[str] = []
        self.shared: list[str] = []

    def build(self, login: WorkspaceLogin) -> Installation:
        team = login.us.team
        pipeline = cast("Pipeline", f"the way of a turn in {team}")
        quota = FakeQuota(self.shared) if team == "T1" else None
        surface = cast("WorkspaceSurface", f"the way into {team}")
        errands = cast("Errands", f"what is paid in {team}")
        workers = (FakeSender(self.running, team),)
        return Installation(login.us, surface, errands, FakeDirectory(), pipeline, workers, quota)


@dataclass
class FakeSender:
    """Runs until it is cancelled."""

    running: list[str]
    team: str

    async def run(self) -> None:
        self.running.append(self.team)
        try:
            await asyncio.sleep(3600)
        finally:
            self.running.remove(self.team)


@dataclass
class FakeQuota:
    """Notes what is asked of it."""

    asked: list[str]

    async def look(self) -> None:
        self.asked.append("look")

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        yield
        self.asked.append("close")


async def test_a_workspace_is_opened_once_however_many_need_it() -> None:
    tokens, work = Slow(), Work()
    installations = Installations(tokens, work.build)
    async with installations.open():
        found = await asyncio.gather(*(installations.get(team) for team in ("T1", "T2", "T1")))
        await asyncio.sleep(0)
        assert work.running == ["T1", "T2"]
    assert [one.us.team for one in found] == ["T1", "T2", "T1"]
    assert sorted(tokens.asked) == ["T1", "T2"]
    assert [str(one) for one in installations.pipelines] == [
        f"the way of a turn in {team}" for team in ("T1", "T2")
    ]
    assert work.running == []


async def test_a_workspace_that_has_not_installed_us_is_nobodys() -> None:
    installations = Installations(Slow(), Work().build)
    async with installations.open():
        assert await installations.identity("T9") is None
        assert await installations.pipeline("T9") is None
        assert await installations.identity("T1") == way("T1").us
        assert str(await installations.pipeline("T1")) == "the way of a turn in T1"
        with pytest.raises(NotInstalled, match="The workspace T9 has not installed the app"):
            await installations.get("T9")


async def test_a_workspace_whose_token_is_refused_is_nobodys_and_tried_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    installations = Installations(Slow(), Work().build)
    async with installations.open():
        with pytest.raises(NotInstalled):
            await installations.get("T0")
        assert (await installations.get("T0")).us.team == "T0"
    assert [(one.message, vars(one)["team"]) for one in caplog.records] == [("installation.refused", "T0")]


async def test_a_budget_that_is_shared_is_looked_at_and_closed_in_the_end() -> None:
    work = Work()
    installations = Installations(Slow(), work.build)
    async with installations.open():
        await asyncio.gather(installations.get("T1"), installations.get("T2"))
        await installations.look()
    assert work.shared == ["look", "close"]


async def test_one_token_is_the_way_to_its_own_workspace_only() -> None:
    single = SingleWorkspaceToken(here := way("T1"))
    assert await single.login("T1") is here
    assert await single.login("T2") is None


async def test_the_token_of_an_organisation_is_the_way_to_all_its_workspaces() -> None:
    single = SingleWorkspaceToken(here := way("E1", org_wide=True))
    assert await single.login("T2") is here


async def test_a_workspace_works_on_with_the_token_it_is_given_and_is_let_go_when_it_has_none() -> None:
    tokens, work = Slow(), Work()
    installations = Installations(tokens, work.build)
    async with installations.open():
        first, second = [await installations.get(team) for team in ("T1", "T2")]
        assert installations.renew({"T1": "xoxb-new", "T9": "xoxb-9"}) == ["T2"]
        assert installations.installed_by("T2") == ["T2"]
        installations.drop("T2")
        installations.drop("T2")
        await asyncio.sleep(0)
        assert work.running == ["T1"]
        assert await installations.get("T1") is first
        assert await installations.get("T2") is not second
