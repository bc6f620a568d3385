"""Tokens that end get new ones in time."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.durable.installation_store import InstalledTeam
from bot.errors import SettingsError
from bot.observability.facts import (
    Fact,
    SlackCalled,
    TokenNotRotated,
    TokenRotated,
    TokensSealedAnew,
    TokensUnreadable,
)
from bot.observability.hooks import subscribe
from bot.slack import token_rotation as module
from bot.slack.connect import build_client
from bot.slack.token_rotation import EARLY, TokenRotation
from slack_emulator.seeding.seed import Home, Person, Registration, Seed
from slack_emulator.server import Workspace
from tests.turns.stage import until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping


# The SDK hands aiohttp what aiohttp means to take away.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")

NOW = 1_000_000.0
LASTING = InstalledTeam("T2", org_wide=False, token="xoxb-2")


@dataclass
class Tokens:
    """Holds tokens, and hears which ones are in use."""

    installed: dict[str, InstalledTeam]
    quicker: bool = False
    told: list[dict[str, str]] = field(default_factory=list)
    broken: bool = False
    news: int = 0  # how often another replica has changed something

    async def all(self) -> list[InstalledTeam]:
        if self.broken:
            raise SettingsError("TELEPRINTER_SECRET_KEYS: put that key back")
        return list(self.installed.values())

    async def rotate(self, team: str, old: str, new: InstalledTeam) -> bool:
        if not self.quicker:
            assert self.installed[team].refresh_token == old
            self.installed[team] = new
        return not self.quicker

    async def version(self) -> object:
        return self.news

    async def seal_anew(self) -> int:
        return len(self.installed)

    async def renew(self, tokens: Mapping[str, str]) -> None:
        self.told.append(dict(tokens))


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    app = Registration("Teleprinter", manifest={"settings": {"token_rotation_enabled": True}}, internal=False)
    async with Workspace.start(seed=Seed([Home("Still", [Person("ada")])], [app])) as workspace:
        yield workspace


@dataclass
class Rotating:
    """Rotates against the local Slack, as the app whose first token it was given."""

    slack: Workspace
    tokens: Tokens
    facts: list[Fact] = field(default_factory=list)

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[TokenRotation]:
        async with aiohttp.ClientSession() as session:
            client = build_client("", self.slack.api_url, session=session)
            app = self.slack.app
            with subscribe(self._hear):
                yield TokenRotation(
                    self.tokens, self.tokens, client, app.client_id, app.client_secret, now=lambda: NOW
                )

    def _hear(self, fact: Fact) -> None:
        if not isinstance(fact, SlackCalled):
            self.facts.append(fact)

    async def look(self) -> None:
        async with self.open() as rotation:
            await rotation.look()

    async def run_until(self, done: Callable[[], bool]) -> None:
        async with self.open() as rotation, asyncio.TaskGroup() as tasks:
            running = tasks.create_task(rotation.run())
            await until(done)
            running.cancel()


async def granted(slack: Workspace, *, left: float) -> InstalledTeam:
    """A workspace whose token has so many seconds left."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(
            f"{slack.url}/oauth/v2/authorize",
            params={"client_id": slack.app.client_id, "redirect_uri": "http://127.0.0.1/back"},
            allow_redirects=False,
        ) as back,
    ):
        code = back.headers["Location"].partition("code=")[2].partition("&")[0]
        client = build_client("", slack.api_url, session=session)
        given = await client.oauth_v2_access(
            client_id=slack.app.client_id,
            client_secret=slack.app.client_secret,
            code=code,
            redirect_uri="http://127.0.0.1/back",
        )
    return InstalledTeam("T1", False, str(given["access_token"]), str(given["refresh_token"]), NOW + left)


async def test_a_token_that_ends_soon_is_given_a_new_one_and_the_others_are_left(slack: Workspace) -> None:
    old = await granted(slack, left=EARLY - 1)
    rotating = Rotating(slack, tokens := Tokens({"T1": old, "T2": LASTING}))
    await rotating.look()
    new = tokens.installed["T1"]
    assert new.token not in ("", old.token)
    assert (new.refresh_token == old.refresh_token, new.expires_at) == (False, NOW + 43_200)
    assert tokens.told == [{"T1": new.token, "T2": "xoxb-2"}]
    assert rotating.facts == [TokenRotated(team="T1")]
    async with aiohttp.ClientSession() as session:
        works = await build_client(new.token, slack.api_url, session=session).auth_test()
        assert works["team"] == "Still"


async def test_a_token_that_lasts_is_left_alone(slack: Workspace) -> None:
    old = await granted(slack, left=EARLY + 1)
    rotating = Rotating(slack, tokens := Tokens({"T1": old}))
    await rotating.look()
    assert (tokens.installed["T1"], tokens.told) == (old, [{"T1": old.token}])


async def test_where_slack_refuses_the_old_token_is_worked_on_with(slack: Workspace) -> None:
    old = InstalledTeam("T1", False, "xoxb-1", "used already", NOW)
    rotating = Rotating(slack, tokens := Tokens({"T1": old}))
    await rotating.look()
    assert tokens.told == [{"T1": "xoxb-1"}]
    (fact,) = rotating.facts
    assert isinstance(fact, TokenNotRotated)
    assert "invalid_refresh_token" in fact.error


async def test_where_another_replica_was_quicker_its_token_is_there_at_the_next_look(
    slack: Workspace,
) -> None:
    old = await granted(slack, left=1)
    rotating = Rotating(slack, tokens := Tokens({"T1": old}, quicker=True))
    await rotating.look()
    assert (tokens.told, rotating.facts) == ([{"T1": old.token}], [])


async def test_tokens_that_cannot_be_opened_are_told_and_nothing_is_dropped(slack: Workspace) -> None:
    rotating = Rotating(slack, tokens := Tokens({}, broken=True))
    await rotating.look()
    assert tokens.told == []
    assert rotating.facts == [TokensUnreadable(error="TELEPRINTER_SECRET_KEYS: put that key back")]


async def test_what_an_older_key_has_sealed_is_sealed_anew_at_the_start(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY", 0.01)
    rotating = Rotating(slack, tokens := Tokens({"T2": LASTING}))
    await rotating.run_until(lambda: len(tokens.told) >= 2)
    assert rotating.facts == [TokensSealedAnew(installations=1)]


class Changing(Tokens):
    """Another replica changes something between any two looks."""

    async def version(self) -> object:
        self.news += 1
        return self.news


async def test_what_another_replica_has_changed_is_heard_before_the_minute_is_over(
    slack: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEWS", 0.01)
    rotating = Rotating(slack, tokens := Changing({"T2": LASTING}))
    await rotating.run_until(lambda: len(tokens.told) >= 3)
    assert tokens.told[0] == {"T2": LASTING.token}
