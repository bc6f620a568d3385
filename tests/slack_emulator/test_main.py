"""`python -m slack_emulator`."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from typing import TYPE_CHECKING

import aiohttp
import pytest

from slack_emulator.__main__ import keep, main, parser, seed_of, told
from slack_emulator.errors import WorkspaceError
from slack_emulator.seeding.seed import Seed, sparkling_seed

if TYPE_CHECKING:
    from pathlib import Path

    from slack_emulator.server import Workspace


async def test_it_says_how_to_reach_it_serves_and_ends_on_ctrl_c() -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "slack_emulator", "--port", "0", "--no-limits"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip() for _ in range(5)]
    url = lines[0].removeprefix("A local Slack: ")
    async with aiohttp.ClientSession() as session, session.get(url) as page:
        assert page.status == 200
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0


async def test_it_tells_all_an_app_needs(slack: Workspace) -> None:
    words = told(slack)
    needed = (slack.url, slack.api_url, slack.app.bot_token, slack.app.app_token, slack.app.signing_secret)
    assert [each for each in needed if each not in words] == []


@pytest.mark.parametrize("port", ["99999", "-1", "http", "²"])
def test_a_port_that_is_none_is_one_plain_line(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([f"--port={port}"])
    assert left.value.code == 2
    assert f"{port} is no port: write a whole number from 0 to 65535" in capsys.readouterr().err


def test_a_taken_port_is_one_plain_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SystemExit, match=f"^Error: port {port} is taken: .*$"):
            main(["--port", str(port)])


def chosen(*arguments: str) -> Seed:
    """The seed that a command line means."""
    return seed_of(parser().parse_args(arguments))


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    seed, script = tmp_path / "seed.yml", tmp_path / "script.yml"
    seed.write_text(
        "workspaces: [{name: Still, people: [{name: eve}]}]\n"
        "limits: {chat.update: 1/60, chat.delete: 2/60}\n"
        "readings: {update_text: 1}\n"
        "script: [{lose_acks: 1}]\n"
    )
    script.write_text("{wait: 1}")
    options = ("--rate", "chat.update=9/60", "--reading", "update_text=5", "--script", str(script))
    found = chosen("--seed", str(seed), *options)
    assert found.limits == {"chat.update": "9/60", "chat.delete": "2/60"}
    assert found.readings.update_text == 5
    assert found.script == [{"lose_acks": 1}, {"wait": 1}]


def test_without_options_it_is_sparkling_with_slacks_limits() -> None:
    assert chosen() == sparkling_seed()
    assert chosen("--no-limits").limits is False


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--reading", "mood=good"], "Error: readings: mood: Unexpected keyword argument"),
        (["--rate", "chat.sing=1/60"], "Error: there is no rate for chat.sing"),
        (["--seed", "none.yml"], "Error: none.yml cannot be read"),
        (["--speed", "0"], "Error: time cannot run at 0"),
    ],
)
def test_what_does_not_fit_is_one_plain_line(arguments: list[str], words: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--port", "0", *arguments])
    assert str(left.value.code).startswith(words)
    assert "\n" not in str(left.value.code)


def test_a_script_that_is_none_is_told_before_anything_runs(tmp_path: Path) -> None:
    script = tmp_path / "script.yml"
    script.write_text("[{dance: 1}]")
    with pytest.raises(SystemExit, match="step 1 of the script wants one of these"):
        main(["--port", "0", "--script", str(script)])


def test_what_is_no_pair_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--reading", "update_text"])
    assert "update_text has to be name=value" in capsys.readouterr().err


async def started(*arguments: str) -> tuple[asyncio.subprocess.Process, str]:
    """The command at work, and its address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-u", "-m", "slack_emulator", "--port", "0", *arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    first = (await process.stdout.readline()).decode().strip()
    return process, first.removeprefix("A local Slack: ")


async def test_what_was_said_is_there_when_it_begins_again(tmp_path: Path) -> None:
    path = str(tmp_path / "kept.json")
    process, url = await started("--state", path)
    said = {"do": "say", "channel": "general", "user": "ada", "text": "remember this"}
    async with aiohttp.ClientSession() as session, session.post(f"{url}/control/people", json=said) as answer:
        assert answer.status == 200
    process.terminate()
    assert await process.wait() == 0
    process, url = await started("--state", path, "--speed", "60")
    async with aiohttp.ClientSession() as session, session.get(f"{url}/control/state") as answer:
        assert "remember this" in await answer.text()
    process.send_signal(signal.SIGINT)
    assert await process.wait() == 0


def test_a_file_that_holds_no_workspace_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_text("{")
    with pytest.raises(SystemExit) as left:
        main(["--port", "0", "--state", str(path)])
    assert "holds no workspace" in str(left.value.code)


async def test_several_apps_are_told_apart(slack: Workspace) -> None:
    other = slack.install("Second bot")
    words = told(slack)
    assert "# Second bot in Sparkling" in words
    assert other.bot_token in words


async def test_a_place_that_cannot_be_written_is_told(slack: Workspace, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="cannot be written"):
        keep(slack, tmp_path / "none" / "kept.json")
