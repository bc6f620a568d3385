"""Answers by the address that Slack gives with what people do."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from bot.core.delivery.private_answer import private_word
from bot.errors import RateLimited, SlackError, SlackUnreachable
from bot.slack.private_replies import PrivateReplies

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

WORD = private_word("No.")


@asynccontextmanager
async def answering(port: int, status: int, taken: list[Any]) -> AsyncGenerator[str]:
    """A server that answers with that status."""

    async def take(request: web.Request) -> web.Response:
        taken.append(await request.json())
        return web.Response(status=status, text="ok", headers={"Retry-After": "7"})

    app = web.Application()
    app.router.add_post("/commands/x", take)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}/commands/x"
    finally:
        await runner.cleanup()


async def test_an_answer_arrives_as_it_is(unused_port: int) -> None:
    taken: list[Any] = []
    async with answering(unused_port, 200, taken) as url, aiohttp.ClientSession() as session:
        await PrivateReplies(session).send(url, WORD)
    assert taken == [WORD]


@pytest.mark.parametrize(("status", "error"), [(404, SlackError), (500, SlackUnreachable), (302, SlackError)])
async def test_an_answer_that_slack_does_not_take_is_one_of_our_errors(
    unused_port: int, status: int, error: type[SlackError]
) -> None:
    async with answering(unused_port, status, []) as url, aiohttp.ClientSession() as session:
        with pytest.raises(error):
            await PrivateReplies(session).send(url, WORD)


async def test_slacks_429_says_how_long_to_wait(unused_port: int) -> None:
    async with answering(unused_port, 429, []) as url, aiohttp.ClientSession() as session:
        with pytest.raises(RateLimited) as raised:
            await PrivateReplies(session).send(url, WORD)
    assert raised.value.retry_after == 7


async def test_where_nobody_answers_nothing_is_known(unused_port: int) -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(SlackUnreachable):
            await PrivateReplies(session).send(f"http://127.0.0.1:{unused_port}/x", WORD)
