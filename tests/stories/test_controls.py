"""What people press below answers, and what comes of it: through real Bolt, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bot.core.conversation import notices
from slack_emulator.seeding.seed import Registration, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Whispered
from tests.patience import HANGING
from tests.stories.conftest import MANIFEST, Storyteller
from tests.stories.test_answering import until

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import Message
    from tests.stories.conftest import Start

STRANGER, ADMIN = "raj", "grace"
AFTER = ["teleprinter.regenerate", "teleprinter.menu", "teleprinter.feedback"]
AFTER_STOP = ["teleprinter.continue", *AFTER]


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    """Sparkling, where Ada asks, Grace is an admin, and neither Ada nor Raj is."""
    seed = sparkling_seed()
    (home,) = seed.workspaces
    people = [replace(one, admin=one.name == ADMIN) for one in home.people]
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(
        seed=replace(seed, workspaces=[replace(home, people=people)], apps=[app])
    ) as slack:
        yield slack


@pytest.fixture
def whispers(slack: Workspace) -> list[tuple[str, str]]:
    """What somebody was told in private: to whom, and the words."""
    heard: list[tuple[str, str]] = []
    names = {user.id: user.name for user in slack.state.users.values()}

    def hear(change: WorkspaceChange) -> None:
        heard.extend((names[one.to], one.message.text) for one in [change] if isinstance(one, Whispered))

    slack.watch(hear)
    return heard


def answers(slack: Workspace, ts: str) -> list[Message]:
    return [one for one in slack.messages("general", ts) if one.user == slack.app.bot_user_id]


def offered(message: Message) -> list[str]:
    """The action ids of what can be pressed below a message."""
    rows: list[Any] = [block.get("elements", ()) for block in message.blocks or ()]
    return [one["action_id"] for row in rows for one in row if "action_id" in one]


async def press(slack: Workspace, ts: str, control: str, *, by: str = "ada", value: object = None) -> None:
    """Presses a control below the newest answer in the thread."""
    newest = answers(slack, ts)[-1]
    await slack.press("general", newest.ts, by, f"teleprinter.{control}", value=value)


async def asked(slack: Workspace, shown: str) -> str:
    """A question by Ada whose answer has come so far; its ts."""
    ts = await slack.say("general", "ada", "@Teleprinter Write me a song.")
    await until(slack, ts, shown)
    return ts


async def told(slack: Workspace, whispers: list[tuple[str, str]], *expected: tuple[str, str]) -> None:
    await slack.wait_for(lambda: whispers == list(expected))


async def test_while_it_writes_it_can_be_stopped_and_afterwards_it_cannot(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model):
        ts = await asked(slack, "Bubbles rise")
        (message,) = answers(slack, ts)
        line, row = (message.blocks or ())[1:]
        assert [one["text"] for one in line["elements"]] == [notices.WRITING]
        assert [one["text"]["text"] for one in row["elements"]] == ["Stop"]
        model.go.set()
        await until(slack, ts, "Bubbles rise and fall.")
    assert offered(answers(slack, ts)[0]) == AFTER


async def test_stop_keeps_what_is_written_and_closes_the_model_s_connection(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model, database=somewhere):
        ts = await asked(slack, "Bubbles rise")
        await press(slack, ts, "stop")
        await asyncio.wait_for(model.closed.wait(), HANGING)
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*")
    (message,) = answers(slack, ts)
    assert offered(message) == AFTER_STOP


async def test_a_stranger_is_refused_politely_and_an_admin_is_not(
    slack: Workspace, start: Start, whispers: list[tuple[str, str]]
) -> None:
    model = Storyteller("Bubbles rise …pause… and fall.")
    async with start(model):
        ts = await asked(slack, "Bubbles rise")
        await press(slack, ts, "stop", by=STRANGER)
        await told(slack, whispers, (STRANGER, notices.NOT_YOURS))
        assert offered(answers(slack, ts)[0]) == ["teleprinter.stop"]
        await press(slack, ts, "stop", by=ADMIN)
        await until(slack, ts, "Bubbles rise\n\n*Stopped.*")
    assert whispers == [(STRANGER, notices.NOT_YOURS)]
