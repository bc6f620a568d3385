"""How the bot finds its way back to Slack when a connection does not come about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.core.backoff import Backoff
from bot.errors import first_of
from bot.slack import connect
from slack_emulator.delivery.socket_mode import SocketMode
from tests.stories.conftest import Storyteller
from tests.stories.test_answering import calls, until

if TYPE_CHECKING:
    from slack_emulator.server import Workspace
    from tests.stories.conftest import Start


@pytest.fixture
def dialled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tickets the bot came with. The first one is refused, as Slack refuses one that is too old."""
    tickets: list[str] = []
    admit = SocketMode.connect

    async def connect_(self: SocketMode, request: web.Request) -> web.WebSocketResponse:
        tickets.append(request.query["ticket"])
        if len(tickets) == 1:
            raise web.HTTPRequestTimeout
        return await admit(self, request)

    monkeypatch.setattr(SocketMode, "connect", connect_)
    return tickets


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits a story long before the second attempt."""
    monkeypatch.setattr(connect, "PING", 0.5)
    monkeypatch.setattr(connect, "RETRY", Backoff(0.0))


async def test_after_a_refused_ticket_the_bot_connects_with_a_new_one(
    slack: Workspace, start: Start, dialled: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    async with start(Storyteller("Here I am.")):
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await until(slack, ts, "Here I am.")
    # One may have been asked for that is not used any more.
    assert 1 < len(set(dialled)) == len(dialled) <= calls(slack, "apps.connections.open")
    assert "Failed to connect" in caplog.text
    assert dialled[0] not in caplog.text


async def test_a_bot_that_was_cut_off_comes_back_with_a_new_ticket(
    slack: Workspace, start: Start, dialled: list[str]
) -> None:
    async with start(Storyteller("Here I am.")):
        await slack.wait_for(lambda: slack.links == 1)
        await slack.close_sockets(None)
        await slack.wait_for(lambda: len(dialled) > 2 and slack.links == 1)
        ts = await slack.say("general", "ada", "@Teleprinter hello")
        await until(slack, ts, "Here I am.")
    # On a busy machine the bot may take a slow connection for a dead one, and come once more.
    assert len(set(dialled)) == len(dialled) > 2


async def test_a_token_that_is_revoked_in_mid_life_ends_the_bot_with_the_mend(
    slack: Workspace, start: Start
) -> None:
    async def until_it_ends() -> None:
        async with start(Storyteller("Here I am.")):
            await slack.wait_for(lambda: slack.links == 1)
            slack.fail_next("apps.connections.open", error="token_revoked", times=9)
            await slack.close_sockets(None)
            await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as caught:
        await until_it_ends()
    assert "install it again" in str(first_of(caught.value))
