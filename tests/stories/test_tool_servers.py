"""Tools of real MCP servers, in processes of their own: what the thread shows of an answer that uses them, and when they die."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.chaos.acting import Acting
from benchmarks.chaos.front import Troubles, front_of
from benchmarks.chaos.model import answer_words, model_server
from benchmarks.chaos.replicas import Replicas
from bot.model.tools.toolbox import open_toolbox
from slack_emulator.server import Workspace
from tests.models import finish
from tests.patience import HANGING, SLACK_WAITS
from tests.stories.test_tools import a_bot, outcomes, press, questions, said, use

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

SERVERS = Path(__file__).parents[1] / "servers/node_modules/.bin"
TIME = str(Path(sys.executable).with_name("mcp-server-time"))
ACTING = str(Path(__file__).parents[2] / "benchmarks/chaos/acting_server.py")
BERLIN_TO_TOKYO = {"source_timezone": "Europe/Berlin", "time": "12:00", "target_timezone": "Asia/Tokyo"}


def filesystem_server() -> str:
    """The command of npm's @modelcontextprotocol/server-filesystem; skips the test where it is missing, and says what is."""
    if shutil.which("node") is None:
        pytest.skip("Node is missing, which the server that acts is written for: apt-get install nodejs npm")
    if not (command := SERVERS / "mcp-server-filesystem").exists():
        pytest.skip("the server that acts is not installed: make test fetches it by npm")
    return str(command)


def named(folder: Path, **servers: dict[str, Any]) -> Path:
    """A file of tools."""
    file = folder / "tools.json"
    file.write_text(json.dumps({"mcpServers": servers}))
    return file


def children(word: str) -> list[int]:
    """The processes that this one has started whose command line holds the word."""
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()
    return [int(pid) for pid in found if word in Path(f"/proc/{pid}/cmdline").read_text()]


def is_written(file: Path) -> bool:
    return file.exists() and bool(file.read_text())


async def until(look: Any) -> None:
    """Waits for something that is no message."""
    async with asyncio.timeout(HANGING):
        while not look():  # noqa: ASYNC110  (another process does it)
            await asyncio.sleep(0.02)


async def test_one_answer_uses_a_server_that_reads_and_one_that_acts_where_it_is_let(
    slack: Workspace, tmp_path: Path
) -> None:
    notes = tmp_path / "notes"
    notes.mkdir()
    file = named(
        tmp_path,
        time={"command": TIME, "tools": ["convert_time"]},
        files={
            "command": filesystem_server(),
            "args": [str(notes)],
            "tools": ["read_text_file", "write_file"],
        },
    )
    answers = (
        ["I look it up. ", *use("time__convert_time", "a", **BERLIN_TO_TOKYO)],
        use("files__write_file", "b", path=str(notes / "a.md"), content="19:00"),
        use("files__write_file", "c", path=str(notes / "b.md"), content="20:00"),
        use("files__read_text_file", "d", path=str(notes / "a.md")),
        ["It is 19:00 in Tokyo, and noted once.", *finish()],
    )
    async with open_toolbox(file) as tools, a_bot(slack, tools, *answers) as model:
        assert [(one.name, one.acts) for one in tools.offers] == [
            ("time__convert_time", False),
            ("files__read_text_file", False),
            ("files__write_file", True),
        ]
        ts = await slack.say("general", "ada", "@Teleprinter When is noon in Tokyo? Note it.")
        await slack.wait_for(lambda: len(questions(slack, ts)) == 1)
        assert list(notes.iterdir()) == []
        await press(slack, ts)
        await slack.wait_for(lambda: len(questions(slack, ts)) == 2)
        await press(slack, ts, "decline", number=1)
        await slack.wait_for(lambda: said(slack, ts)[0].endswith("noted once."))
        await slack.wait_for(lambda: len(outcomes(slack, ts)) == 2)
    assert [one.name for one in notes.iterdir()] == ["a.md"]
    assert (notes / "a.md").read_text() == "19:00"
    assert [words.partition(">")[2] for words in outcomes(slack, ts)] == [". Done.", ". It was not done."]
    results = [one.text for one in model.prompts[-1] if one.type == "tool"]
    assert "Asia/Tokyo" in results[0]
    assert "declined by a person" in results[2]
    assert results[3] == "19:00"


async def test_a_server_that_reads_and_dies_in_the_midst_is_started_again(
    slack: Workspace, tmp_path: Path
) -> None:
    file = named(tmp_path, time={"command": TIME, "tools": ["convert_time"]})
    answers = (use("time__convert_time", **BERLIN_TO_TOKYO), ["It is 19:00.", *finish()])
    async with open_toolbox(file) as tools, a_bot(slack, tools, *answers) as model:
        [server] = children("mcp-server-time")
        os.kill(server, signal.SIGKILL)
        ts = await slack.say("general", "ada", "@Teleprinter When is noon in Tokyo?")
        await slack.wait_for(lambda: said(slack, ts) == ["It is 19:00."])
    assert "Asia/Tokyo" in model.prompts[-1][-1].text


async def test_a_server_that_dies_while_it_acts_is_not_asked_again_and_the_thread_says_so(
    slack: Workspace, tmp_path: Path
) -> None:
    acted = tmp_path / "acted.txt"
    server = {"command": sys.executable, "args": [ACTING, str(acted), "0", "600"], "tools": ["*"]}
    answers = (use("note__add", number=7), ["I am not sure.", *finish()])
    async with open_toolbox(named(tmp_path, note=server)) as tools, a_bot(slack, tools, *answers) as model:
        ts = await slack.say("general", "ada", "@Teleprinter Add seven.")
        await slack.wait_for(lambda: len(questions(slack, ts)) == 1)
        await press(slack, ts)
        await until(lambda: is_written(acted))
        [process] = children("acting_server")
        os.kill(process, signal.SIGKILL)
        await slack.wait_for(lambda: said(slack, ts) == ["I am not sure."])
        await slack.wait_for(lambda: "may have been done" in "".join(outcomes(slack, ts)))
    assert acted.read_text() == "7\n"
    assert "Do not repeat it" in model.prompts[-1][-1].text


@asynccontextmanager
async def replicas_that_act(
    folder: Path, *, after: float
) -> AsyncGenerator[tuple[Workspace, Replicas, Acting]]:
    async with (
        Workspace.start(patience=SLACK_WAITS) as slack,
        front_of(slack.api_url, troubles=Troubles(0.0, 0.0, 0.0)) as (_, front_url),
        model_server(words=5, every=0.0, failing=0.0) as (_, model_url),
        asyncio.TaskGroup() as tasks,
    ):
        from random import Random

        acting = Acting(slack, folder, Random(0))  # noqa: S311
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token,
            "SLACK_APP_TOKEN": slack.app.app_token,
            "TELEPRINTER_MODEL": "openai:chaos",
            "OPENAI_BASE_URL": model_url,
            "DATABASE_URL": f"sqlite:///{folder / 'turns.sqlite'}",
            "TELEPRINTER_MCP_FILE": str(acting.write_tool_file(before=0.0, after=after)),
        }
        replicas = Replicas(folder, front_url, environment, tasks)
        try:
            yield slack, replicas, acting
        finally:
            await replicas.close()
            sys.stdout.write(replicas.logged())  # shown where the test fails


async def test_a_process_that_is_killed_inside_a_tool_leaves_word_and_nothing_is_done_twice(
    tmp_path: Path,
) -> None:
    async with replicas_that_act(tmp_path, after=8.0) as (slack, replicas, acting):
        first = await replicas.start()
        await first.until_ready(HANGING)
        ts = await slack.say("general", "ada", "@Teleprinter question 1")
        await slack.wait_for(lambda: len(questions(slack, ts)) == 1)
        await press(slack, ts)
        await until(lambda: is_written(acting.file))
        await replicas.kill(first)
        await replicas.start()
        await slack.wait_for(lambda: said(slack, ts) == [" ".join(answer_words(1, 5))])
        await slack.wait_for(lambda: "may have been done" in "".join(outcomes(slack, ts)))
        assert len(questions(slack, ts)) == 1
    assert acting.file.read_text() == "1\n"


async def all_told(replicas: Replicas, event: str) -> None:
    """Until each has logged it: whose press it was may still wait for its edit."""
    while True:
        if all(any(event in line for line in one.said) for one in replicas.all):
            return
        await asyncio.sleep(0.05)


@pytest.mark.slow
async def test_one_button_pressed_on_two_replicas_at_once_acts_once(tmp_path: Path) -> None:
    async with replicas_that_act(tmp_path, after=0.0) as (slack, replicas, acting):
        for replica in [await replicas.start(), await replicas.start()]:
            await replica.until_ready(HANGING)
        ts = await slack.say("general", "ada", "@Teleprinter question 1")
        await slack.wait_for(lambda: len(questions(slack, ts)) == 1)
        # Slack gives them what happens by turns.
        await asyncio.gather(press(slack, ts), press(slack, ts))
        await slack.wait_for(lambda: said(slack, ts) == [" ".join(answer_words(1, 5))])
        await slack.wait_for(lambda: [one.endswith("Done.") for one in outcomes(slack, ts)] == [True])
        async with asyncio.timeout(HANGING):
            await all_told(replicas, "control.pressed")
    assert acting.file.read_text() == "1\n"
    assert [sum("control.pressed" in line for line in one.said) for one in replicas.all] == [1, 1]
