"""The embedded model as a chat like any other."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.deltas import Finish, Reason, Text
from bot.core.history import Message, Role
from bot.errors import LocalModelError
from bot.model.embedded import LocalChat
from bot.model.providers import build_chat_model
from tests.models import ScriptedModel, finish

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from bot.model.local import LocalServer


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
    return LocalChat(cast("LocalServer", server), label="tiny", first_token=5.0, idle=5.0)


ASKED = [Message(Role.USER, "Hi")]


async def test_its_process_is_looked_after_before_each_answer() -> None:
    server = Server(ScriptedModel(answers=[["Hi", *finish()]]))
    async with aclosing(a_chat(server).stream(ASKED)) as deltas:
        said = [delta async for delta in deltas]
    assert said[0] == Text("Hi")
    assert said[-1] == Finish(Reason.STOP)
    assert server.ensured == 1


async def test_a_process_that_is_gone_is_told_as_that_and_not_as_a_network_fault() -> None:
    server = Server(build_chat_model("openai:any", base_url="http://127.0.0.1:9/v1"))
    with pytest.raises(LocalModelError, match="ask again to start it anew"):
        await anext(a_chat(server).stream(ASKED))


def test_it_is_called_what_it_is_below_each_answer() -> None:
    assert a_chat(Server(ScriptedModel(answers=[]))).caution == "tiny"
