"""The whole bot in a local workspace: real Bolt, real sockets, and a model that says what the story needs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.app import running
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.errors import ModelStalled
from bot.settings import Settings
from slack_emulator.seeding.seed import Registration, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Whispered
from tests.patience import SLACK_WAITS

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from contextlib import AbstractAsyncContextManager
    from typing import Any, Protocol

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.language.translatable import Translatable
    from bot.model.answering import Answering
    from slack_emulator.state.changes import WorkspaceChange

    class Start(Protocol):
        """Starts a bot in the story's workspace, with `settings` on top of the usual ones."""

        def __call__(self, model: Answering, **settings: Any) -> AbstractAsyncContextManager[object]: ...


MANIFEST = Path(__file__).parent.parent.parent / "manifest.yml"


class Storyteller:
    """Answers with `words`, one each `every` seconds, and waits at each `pause` until the story says `go`.

    At `cut` it has reached its limit, and at `fail` it says nothing more.
    """

    label = "a scripted model"
    caution: Translatable | None = None
    window: int | None = None
    takes_images = False

    def __init__(self, *answers: str, every: float = 0.0) -> None:
        self.asked: list[list[ChatMessage]] = []
        self.closed = asyncio.Event()
        self.go = asyncio.Event()
        self._answers = list(answers)
        self._every = every

    def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        self.asked.append(list(messages))
        return self._tell(self._answers[min(len(self.asked), len(self._answers)) - 1])

    async def _tell(self, answer: str) -> DeltaStream:
        try:
            for word in answer.split(" "):
                if word == "…pause…":
                    await self.go.wait()
                    continue
                if word == "…fail…":
                    raise ModelStalled("silent for 60 s")
                if word == "…cut…":
                    yield Finish(Reason.LENGTH)
                    return
                await asyncio.sleep(self._every)
                yield Text(f"{word} ")
            yield Finish(Reason.STOP)
        finally:
            self.closed.set()


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    """Sparkling, with the app exactly as its manifest has it: what it does not ask for, it may not do and does not hear."""
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(patience=SLACK_WAITS, seed=replace(sparkling_seed(), apps=[app])) as workspace:
        yield workspace


@pytest.fixture
def start(slack: Workspace) -> Start:
    @asynccontextmanager
    async def begin(model: Answering, **settings: Any) -> AsyncGenerator[object]:
        wanted = {
            "slack_bot_token": slack.app.bot_token,
            "slack_app_token": slack.app.app_token,
            "slack_signing_secret": slack.app.signing_secret,
            "slack_api_url": slack.api_url,
            "database": None,
            "model": "openai:scripted",  # only its name: it says that the bot's own words go first
            "drain": 5.0,
            **settings,
        }
        async with running(Settings(**wanted), model) as us:
            yield us

    return begin


@pytest.fixture
def whispers(slack: Workspace) -> list[tuple[str, str]]:
    """What somebody was told in private: to whom, and the words."""
    heard: list[tuple[str, str]] = []
    names = {user.id: user.name for user in slack.state.users.values()}

    def hear(change: WorkspaceChange) -> None:
        heard.extend((names[one.to], one.message.text) for one in [change] if isinstance(one, Whispered))

    slack.watch(hear)
    return heard
