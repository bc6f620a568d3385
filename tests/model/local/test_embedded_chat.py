"""The embedded model as a chat like any other."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.core.conversation.history import ChatMessage, Role
from bot.errors import LocalModelError
from bot.language.translatable import Translatable
from bot.model.local.embedded_chat import LocalChat
from bot.model.local.supervisor import SLOTS
from bot.model.providers import build_chat_model, close_chat_model
from tests.clock import VIRTUAL
from tests.models import HANG, Pause, ScriptedModel, finish

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.core.conversation.deltas import Delta
    from bot.model.local.supervisor import LocalServer


class Server:
    """Stands for the process: counts how often it had to be alive."""

    def __init__(self, model: BaseChatModel) -> None:
        self.ensured = 0
        self._model = model

    async def ensure(self) -> None:
        self.ensured += 1

    def chat_model(self) -> BaseChatModel:
        assert self.ensured, "a model is asked for before its process is known to be alive"
        return self._model


def a_chat(server: Server) -> LocalChat:
    return LocalChat(cast("LocalServer", server), label=Translatable("tiny"), first_token=5.0, idle=5.0)


ASKED = [ChatMessage(Role.USER, text_parts("Hi"))]


async def test_its_process_is_looked_after_before_each_answer() -> None:
    server = Server(ScriptedModel(answers=[["Hi", *finish()]]))
    async with aclosing(a_chat(server).stream(ASKED)) as deltas:
        said = [delta async for delta in deltas]
    assert said[0] == Text("Hi")
    assert said[-1] == Finish(Reason.STOP)
    assert server.ensured == 1


async def test_a_process_that_is_gone_is_told_as_that_and_not_as_a_network_fault() -> None:
    model = build_chat_model("openai:any", base_url="http://127.0.0.1:9/v1")
    with pytest.raises(LocalModelError, match="ask again to start it anew"):
        await anext(a_chat(Server(model)).stream(ASKED))
    await close_chat_model(model)


async def whole(chat: LocalChat) -> list[Delta]:
    async with aclosing(chat.stream(ASKED)) as deltas:
        return [delta async for delta in deltas]


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_the_wait_for_a_slot_is_not_held_against_the_model(anyio_backend: object) -> None:
    # Each answer takes 4 s of the 5 s of patience: the last ones wait for 12 s before they begin.
    chat = a_chat(Server(ScriptedModel(answers=[[Pause(4), "Hi", *finish()]])))
    answers = await asyncio.gather(*(whole(chat) for _ in range(4 * SLOTS)))
    assert all(answer[-1] == Finish(Reason.STOP) for answer in answers)
    assert asyncio.get_running_loop().time() == 16


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_who_asks_first_is_answered_first(anyio_backend: object) -> None:
    chat = a_chat(Server(ScriptedModel(answers=[[Pause(1), "Hi", *finish()]])))
    done: list[int] = []

    async def ask(number: int) -> None:
        await whole(chat)
        done.append(number)

    await asyncio.gather(*(ask(number) for number in range(3 * SLOTS)))
    assert done == list(range(3 * SLOTS))


@pytest.mark.parametrize("anyio_backend", [VIRTUAL])
async def test_a_reader_who_leaves_gives_its_slot_back(anyio_backend: object) -> None:
    model = ScriptedModel(answers=[["Hi", HANG]] * SLOTS + [["Hi", *finish()]])
    chat = a_chat(Server(model))
    for _ in range(SLOTS):
        async with aclosing(chat.stream(ASKED)) as deltas:
            assert await anext(deltas) == Text("Hi")
    assert (await whole(chat))[-1] == Finish(Reason.STOP)


def test_it_is_called_what_it_is_below_each_answer() -> None:
    assert a_chat(Server(ScriptedModel(answers=[]))).caution == Translatable("tiny")
