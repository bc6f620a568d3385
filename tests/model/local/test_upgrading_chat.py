"""A small model answers at once, and a better one from when it is there."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, asynccontextmanager
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import LocalModelError
from bot.model.local.upgrading_chat import grow

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from bot.core.conversation.deltas import Delta, DeltaStream
    from bot.model.local.embedded_chat import LocalChat
    from bot.model.local.upgrading_chat import GrowingChat

ASKED = [ChatMessage(Role.USER, text_parts("Sing."))]


class Model:
    """Says its own name, and then waits until it may end."""

    def __init__(self, label: str, *, waits: bool = False) -> None:
        self.label = label
        self.opened = self.closed = False
        self.may_open = asyncio.Event()
        self.may_end = asyncio.Event()
        if not waits:
            self.may_end.set()

    async def stream(self, messages: object) -> DeltaStream:
        yield Text(self.label)
        await self.may_end.wait()
        yield Finish(Reason.STOP)

    @asynccontextmanager
    async def at_once(self) -> AsyncGenerator[LocalChat]:
        self.opened = True
        try:
            yield cast("LocalChat", self)
        finally:
            self.closed = True

    @asynccontextmanager
    async def later(self, *, error: LocalModelError | None = None) -> AsyncGenerator[LocalChat]:
        await self.may_open.wait()
        if error is not None:
            raise error
        async with self.at_once() as chat:
            yield chat


class Heard:
    """What whoever looks on was told."""

    def __init__(self) -> None:
        self.label = ""
        self.error: LocalModelError | None = None
        self.news = asyncio.Event()

    def ready(self, label: str) -> None:
        self.label = label
        self.news.set()

    def failed(self, error: LocalModelError) -> None:
        self.error = error
        self.news.set()


async def answer(chat: GrowingChat) -> list[Delta]:
    async with aclosing(chat.stream(ASKED)) as deltas:
        return [delta async for delta in deltas]


async def settled() -> None:
    """Lets whoever was woken do what there is to do."""
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_small_one_answers_until_the_better_one_is_there() -> None:
    small, better, heard = Model("small"), Model("better"), Heard()
    async with grow(small.at_once(), better.later(), heard) as chat:
        assert await answer(chat) == [Text("small"), Finish(Reason.STOP)]
        assert chat.label == "small"
        better.may_open.set()
        await heard.news.wait()
        await settled()
        assert await answer(chat) == [Text("better"), Finish(Reason.STOP)]
        assert (chat.label, heard.label) == ("better", "better")
        assert small.closed
        assert not better.closed
    assert better.closed


async def test_an_answer_is_written_to_its_end_by_the_model_that_began_it() -> None:
    small, better, heard = Model("small", waits=True), Model("better"), Heard()
    async with grow(small.at_once(), better.later(), heard) as chat:
        begun = asyncio.ensure_future(answer(chat))
        await settled()
        better.may_open.set()
        await heard.news.wait()
        await settled()
        assert await answer(chat) == [Text("better"), Finish(Reason.STOP)]
        assert not small.closed
        small.may_end.set()
        assert await begun == [Text("small"), Finish(Reason.STOP)]
        await settled()
        assert small.closed


async def test_where_the_better_one_cannot_be_had_the_small_one_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    small, better, heard = Model("small"), Model("better"), Heard()
    missing = LocalModelError("no wheel was found")
    better.may_open.set()
    async with grow(small.at_once(), better.later(error=missing), heard) as chat:
        await heard.news.wait()
        assert await answer(chat) == [Text("small"), Finish(Reason.STOP)]
        assert heard.error is missing
        assert not small.closed
    assert small.closed
    assert "local.better_missing" in caplog.text


async def test_who_leaves_early_stops_the_fetching() -> None:
    small, better = Model("small"), Model("better")
    async with grow(small.at_once(), better.later(), Heard()):
        await settled()
    assert small.closed
    assert not better.opened


async def test_without_the_small_one_nothing_begins() -> None:
    small, better = Model("small"), Model("better")
    small.may_open.set()
    with pytest.raises(LocalModelError, match="gone"):
        await grow(small.later(error=LocalModelError("gone")), better.later(), Heard()).__aenter__()
    assert not better.opened
