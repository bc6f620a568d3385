"""The first install, led through in a terminal: each answer is tried out, and the file is written at the end or not at all."""

from __future__ import annotations

import asyncio
import os
import pty
import signal
import sys
import termios
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click
import pytest

from bot.commands.app_manifest import app_manifest
from bot.commands.first_install import Questions, install, need_terminal
from bot.environment.dotenv_file import read_dotenv
from bot.errors import SettingsError
from bot.settings import OPENAI_DEFAULT
from slack_emulator.server import Workspace
from tests.openai_server import OpenAIServer

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("unhurried")

KEY = "sk-hunter2"
SIGNING = "0123456789abcdef" * 2
LEAVE = object()
"""Instead of an answer: whoever is asked presses Ctrl-C."""


class Answers(Questions):
    """Somebody who gives the answers that were prepared, and keeps what they are told."""

    def __init__(self, *given: object) -> None:
        self._given = list(given)
        self.told: list[str] = []

    def say(self, text: str = "") -> None:
        self.told.append(text)

    def ask(self, text: str, *, default: str = "") -> str:
        return str(self._next(text)) or default

    def ask_secret(self, text: str) -> str:
        return str(self._next(text))

    def confirm(self, text: str) -> bool:
        return self._next(text) is True

    def _next(self, text: str) -> object:
        self.told.append(text)
        if (answer := self._given.pop(0)) is LEAVE:
            raise click.Abort
        return answer

    @property
    def heard(self) -> str:
        """All that was said, once everything that was prepared has been asked for."""
        assert self._given == []
        return "\n".join(self.told)


class Newcomer:
    """Somebody with a Slack app, a model and an empty folder."""

    def __init__(self, slack: Workspace, model: OpenAIServer, folder: Path) -> None:
        self.slack, self.model, self.file = slack, model, folder / ".env"
        self.bot, self.app = slack.app.bot_token, slack.app.app_token
        self.env = {"SLACK_API_URL": slack.api_url, "OPENAI_BASE_URL": model.base_url}

    async def installs(self, *given: object, url: str | None = None) -> str:
        answers = Answers(*given)
        await asyncio.to_thread(install, dict(self.env), dotenv=self.file, url=url, questions=answers)
        return answers.heard

    @property
    def secrets(self) -> list[str]:
        return [self.bot, self.app, KEY, SIGNING]

    def written(self) -> dict[str, str]:
        return read_dotenv(self.file)


@asynccontextmanager
async def a_newcomer(folder: Path, *, manifest: dict[str, object] | None = None) -> AsyncGenerator[Newcomer]:
    async with Workspace.start(manifest=manifest or app_manifest()) as slack, OpenAIServer() as model:
        yield Newcomer(slack, model, folder)


@pytest.fixture
async def ada(tmp_path: Path) -> AsyncGenerator[Newcomer]:
    async with a_newcomer(tmp_path) as one:
        yield one


async def test_what_was_entered_and_tried_is_written_for_its_owner_alone(ada: Newcomer) -> None:
    heard = await ada.installs(False, "", ada.bot, ada.app, "openai:any", KEY, "")
    assert ada.written() == {
        "SLACK_BOT_TOKEN": ada.bot,
        "SLACK_APP_TOKEN": ada.app,
        "SLACK_API_URL": ada.slack.api_url,
        "TELEPRINTER_MODEL": "openai:any",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": ada.model.base_url,
    }
    assert ada.file.stat().st_mode & 0o777 == 0o600
    assert "socket_mode_enabled: true" in heard
    assert "  ok    Slack: The bot token is @teleprinter's in Sparkling." in heard
    assert "Slack opens a web socket for the app token." in heard
    assert "openai:any answers." in heard
    assert "teleprinter run" in heard
    assert [one for one in ada.secrets if one in heard] == []


async def test_what_is_wrong_is_told_and_asked_again(ada: Newcomer) -> None:
    bot = (ada.app, "xoxb-wrong", "", ada.bot)
    app = (ada.bot, "xapp-wrong", ada.app)
    heard = await ada.installs(
        True, *bot, *app, "opnai:any", "gpt-4.1", "local:big", "openai:any", f"{KEY} …", "", "", KEY, ""
    )
    assert heard.count("That is no SLACK_BOT_TOKEN: one begins with xoxb-.") == 1
    assert heard.count("SLACK_BOT_TOKEN: auth.test: invalid_auth") == 2
    assert heard.count("That is no SLACK_APP_TOKEN: one begins with xapp-.") == 1
    assert heard.count("SLACK_APP_TOKEN: apps.connections.open: invalid_auth") == 1
    assert "there is no provider opnai" in heard
    assert "TELEPRINTER_MODEL=gpt-4.1: write provider:name" in heard
    assert "There is no local model 'big'" in heard
    assert "Keep it all the same?" not in heard
    assert "OPENAI_API_KEY holds a space" in heard
    assert ada.written()["OPENAI_API_KEY"] == KEY
    assert [one for one in (*ada.secrets, "xoxb-wrong", "xapp-wrong") if one in heard] == []


async def test_scopes_that_are_missing_are_named_and_the_same_token_is_tried_again(tmp_path: Path) -> None:
    manifest = app_manifest()
    manifest["oauth_config"] = {"scopes": {"bot": ["chat:write", "app_mentions:read"]}}
    async with a_newcomer(tmp_path, manifest=manifest) as ada:
        with pytest.raises(click.Abort):
            await ada.installs(True, ada.bot, LEAVE)
        assert not ada.file.exists()


async def test_over_http_it_asks_for_the_signing_secret_instead(ada: Newcomer) -> None:
    ada.file.write_text("SLACK_APP_TOKEN=xapp-old\n")
    heard = await ada.installs(
        True, False, "", ada.bot, "hunter2", SIGNING, "local", url="https://bot.example"
    )
    assert "request_url: https://bot.example/slack/events" in heard
    assert "one has 32 digits and letters from a to f" in heard
    assert ada.written() == {
        "SLACK_BOT_TOKEN": ada.bot,
        "SLACK_SIGNING_SECRET": SIGNING,
        "SLACK_API_URL": ada.slack.api_url,
        "TELEPRINTER_MODEL": "local",
    }


async def test_a_file_that_is_there_is_changed_only_when_its_owner_agrees(ada: Newcomer) -> None:
    ada.file.write_text("# Mine.\nTELEPRINTER_FOLLOW=everyone\nSLACK_BOT_TOKEN=xoxb-old\n")
    assert "Nothing has been changed." in await ada.installs(False)
    assert ada.written()["SLACK_BOT_TOKEN"] == "xoxb-old"
    await ada.installs(True, True, ada.bot, ada.app, "local")
    assert ada.file.read_text().startswith("# Mine.\nTELEPRINTER_FOLLOW=everyone\n")
    assert ada.written()["SLACK_BOT_TOKEN"] == ada.bot


async def test_a_model_that_fails_may_be_kept_all_the_same(ada: Newcomer) -> None:
    ada.model.refuse(401, {"message": "no", "code": "invalid_api_key"})
    heard = await ada.installs(True, ada.bot, ada.app, "openai:any", KEY, "", True)
    assert "Keep it all the same?" in heard
    assert "refused the key (401)" in heard
    assert ada.written()["OPENAI_API_KEY"] == KEY


async def test_a_key_that_is_set_already_need_not_be_entered(ada: Newcomer) -> None:
    ada.env |= {"OPENAI_API_KEY": KEY, "SLACK_BOT_TOKEN": "xoxb-other"}
    heard = await ada.installs(True, ada.bot, ada.app, "", "", "")
    assert "OPENAI_API_KEY is set already" in heard
    assert "SLACK_BOT_TOKEN is also set in the environment, and that one counts: unset it." in heard
    assert "OPENAI_API_KEY" not in ada.written()


async def test_a_model_that_can_be_none_is_no_default(ada: Newcomer) -> None:
    ada.env["TELEPRINTER_MODEL"] = "opnai:any"
    heard = await ada.installs(True, ada.bot, ada.app, "", KEY, "")
    assert ada.written()["TELEPRINTER_MODEL"] == OPENAI_DEFAULT
    assert "opnai" not in heard


async def test_a_setting_that_is_wrong_already_is_told_before_anything_is_asked(ada: Newcomer) -> None:
    ada.file.write_text("PORT=http\n")
    with pytest.raises(SettingsError, match="PORT=http"):
        await ada.installs()


async def test_nobody_is_asked_where_nothing_could_be_written(
    ada: Newcomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(SettingsError, match="Nothing can be written beside"):
        await ada.installs()


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    with pytest.raises(SettingsError, match=r"copy \.env\.example"):
        need_terminal()


class Typist:
    """Somebody at a pseudo terminal, in which the command runs."""

    def __init__(self, terminal: int, process: Process) -> None:
        self._terminal, self.process, self.seen = terminal, process, ""

    async def types(self, *lines: tuple[str, str]) -> None:
        """Waits for each prompt, and answers it."""
        for prompt, answer in lines:
            await self.sees(prompt)
            os.write(self._terminal, answer.encode())

    async def sees(self, words: str, *, from_now: bool = True) -> None:
        start = len(self.seen) if from_now else 0
        async with asyncio.timeout(120):
            while words not in self.seen[start:]:
                self.seen += await asyncio.to_thread(self._read)

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows again what is typed."""
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ECHO)

    def _read(self) -> str:
        try:
            return os.read(self._terminal, 65536).decode(errors="replace")
        except OSError:  # Linux says so when the process has ended
            raise AssertionError(f"It ended: {self.seen}") from None


@asynccontextmanager
async def at_a_terminal(newcomer: Newcomer, *command: str) -> AsyncGenerator[Typist]:
    ours, theirs = pty.openpty()
    env = {**os.environ, "PYTHONPATH": os.getcwd(), "TERM": "xterm", **newcomer.env}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *command,
        cwd=newcomer.file.parent, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Typist(ours, process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        os.close(ours)


def of_lines(*pairs: tuple[str, str]) -> Sequence[tuple[str, str]]:
    return [(prompt, f"{answer}\r") for prompt, answer in pairs]


async def test_in_a_terminal_no_secret_appears_and_the_file_works(ada: Newcomer) -> None:
    async with at_a_terminal(ada, "init") as typist:
        await typist.types(
            *of_lines(
                ("app for the bot already?", "y"),
                ("SLACK_BOT_TOKEN (not shown)", "xoxb-wrong"),
                ("SLACK_BOT_TOKEN (not shown)", ada.bot),
                ("SLACK_APP_TOKEN (not shown)", ada.app),
                ("TELEPRINTER_MODEL", "local"),
            )
        )
        await typist.sees("Written to .env", from_now=False)
        assert await typist.process.wait() == 0
    assert "invalid_auth" in typist.seen
    assert [one for one in (*ada.secrets, "xoxb-wrong") if one in typist.seen] == []
    assert ada.written()["SLACK_APP_TOKEN"] == ada.app


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
async def test_whoever_leaves_leaves_everything_as_it_was(number: signal.Signals, ada: Newcomer) -> None:
    async with at_a_terminal(ada, "init") as typist:
        await typist.types(("app for the bot already?", "y\r"), ("SLACK_BOT_TOKEN (not shown)", ada.bot[:8]))
        typist.process.send_signal(number)
        assert await typist.process.wait() == 130
        assert typist.echoes
    assert ada.bot[:8] not in typist.seen
    assert list(ada.file.parent.iterdir()) == []
