"""The address of events is tried out as Slack does: by something that is signed, and answered by the bot alone."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from bot.commands.event_ping import Echo, ping_events
from bot.commands.finding import Verdict
from bot.commands.health_checks import check_events
from bot.settings import Settings
from bot.slack.http_events import http_events
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

SECRET = "0123456789abcdef" * 2


@asynccontextmanager
async def a_bot() -> AsyncGenerator[int]:
    """The port of a bot that hears events over HTTP."""
    app = AsyncApp(client=AsyncWebClient("xoxb-1"), signing_secret=SECRET)
    async with http_events(app, signing_secret=SECRET, host="127.0.0.1", port=0) as port:
        yield port


@asynccontextmanager
async def a_stranger(status: int) -> AsyncGenerator[int]:
    """The port of something that gives everybody the same answer."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text="Welcome!", headers={"Location": "/"})

    async with served(answer) as url:
        yield URL(url).port or 0


async def heard(port: int, secret: str = SECRET) -> Echo:
    return await ping_events(f"http://127.0.0.1:{port}/slack/events", secret, env={})


async def test_the_bot_answers_what_is_signed_with_its_secret_alone() -> None:
    async with a_bot() as port:
        assert [await heard(port), await heard(port, "f" * 32)] == [Echo.OURS, Echo.ANOTHER_SECRET]


@pytest.mark.parametrize("status", [200, 302, 404, 502])
async def test_what_gives_another_answer_is_not_the_bot(status: int) -> None:
    async with a_stranger(status) as port:
        assert await heard(port) is Echo.SOMETHING_ELSE


async def test_where_nobody_listens_nobody_answers(unused_port: int) -> None:
    assert await heard(unused_port) is Echo.NOBODY


def over_http(port: int, *, secret: str = SECRET, public: bool = True) -> Settings:
    url = f"http://127.0.0.1:{port}" if public else ""
    return Settings(slack_signing_secret=secret, public_url=url, host="127.0.0.1", port=port)


async def told(settings: Settings) -> tuple[Verdict, str]:
    [found] = await check_events(settings, AsyncWebClient("xoxb-1"))
    return found.verdict, found.words


async def test_doctor_says_what_has_answered_at_the_address_of_events(unused_port: int) -> None:
    async with a_bot() as port, a_stranger(404) as other:
        found = [
            await told(settings)
            for settings in (
                over_http(port),
                over_http(port, public=False),
                over_http(port, secret="f" * 32),
                over_http(other),
                over_http(unused_port),
            )
        ]
    assert [verdict for verdict, _ in found] == [
        Verdict.GOOD, Verdict.DOUBTFUL, Verdict.WRONG, Verdict.WRONG, Verdict.DOUBTFUL,
    ]  # fmt: skip
    assert [words.rpartition(": ")[2].rpartition(". ")[2] for _, words in found[1:]] == [
        "The bot answers there now.", "set it for both.", "mend the address, or what passes requests on to the bot.",
        "Nobody answers there now.",
    ]  # fmt: skip
