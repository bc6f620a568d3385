"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest

from slack_emulator.server import Workspace
from tests.openai_server import END, OpenAIServer, Pause, Reset, Stall

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

OURS = ("SLACK_", "OPENAI_", "TELEPRINTER_", "DATABASE_", "PORT")


@asynccontextmanager
async def teleprinter(
    folder: Path,
    *arguments: str,
    asked: bytes = b"",
    redirected: str = "",
    env: Mapping[str, str] = {},
    without_home: bool = False,
) -> AsyncGenerator[Process]:
    """The command, as its own process in `folder`, with nothing set but `environment`.

    `asked` comes through a pipe; `redirected` is what a shell is told behind the command (">&-"). `without_home`: as a user
    whom the system does not know.
    """
    homeless = (
        ["unshare", "-U", "--map-user=12345", "--map-group=12345", "env", "-u", "HOME"]
        if without_home
        else []
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    process = await asyncio.create_subprocess_exec(
        "sh", "-c", f'exec "$@" {redirected}', "sh", *homeless, sys.executable, "-m", "bot", *arguments,
        cwd=folder, env=kept | {"PYTHONPATH": os.getcwd()} | dict(env), stdin=PIPE, stdout=PIPE, stderr=PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(asked)
    process.stdin.close()
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ended(
    folder: Path,
    *arguments: str,
    asked: bytes = b"",
    redirected: str = "",
    env: Mapping[str, str] = {},
    without_home: bool = False,
    decoded: str = "utf-8",
) -> tuple[int | None, str, str]:
    """The command's exit code, and what it said on standard output and standard error."""
    async with teleprinter(
        folder, *arguments, asked=asked, redirected=redirected, env=env, without_home=without_home
    ) as process:
        out, err = await process.communicate()
    return process.returncode, out.decode(decoded), err.decode(decoded)


def openai(server: OpenAIServer) -> dict[str, str]:
    return {"TELEPRINTER_MODEL": "openai:any", "OPENAI_BASE_URL": server.base_url}


TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}
KEY = {"TELEPRINTER_MODEL": "openai:any", "OPENAI_API_KEY": "sk-secret"}
NOBODY = "http://127.0.0.1:9/"


BAD: list[tuple[list[str], dict[str, str], str]] = [
    (["run"], {}, "SLACK_BOT_TOKEN is not set"),
    (["run"], {"SLACK_BOT_TOKEN": "hunter2"}, "SLACK_BOT_TOKEN does not look like such a token"),
    (["run"], {"SLACK_BOT_TOKEN": "xoxb-1"}, "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET"),
    (["run"], {"PORT": "http"}, "PORT=http: write a whole number"),
    (["demo"], {"PORT": "abc"}, "PORT=abc: write a whole number from 0 to 65535"),
    (
        ["ask", "hi"],
        {**KEY, "OPENAI_API_KEY": "sk-secret…"},
        "OPENAI_API_KEY holds a space or a character",
    ),
    (["ask", "hi"], {**KEY, "OPENAI_BASE_URL": "//ada:secret@h"}, "OPENAI_BASE_URL is not an address"),
    (
        ["ask", "hi"],
        {**KEY, "SSL_CERT_FILE": "/nowhere.pem"},
        "SSL_CERT_FILE=/nowhere.pem cannot be read: name a file",
    ),
    (
        ["run"],
        {**TOKENS, **KEY, "SSL_CERT_FILE": "/nowhere.pem"},
        "SSL_CERT_FILE=/nowhere.pem cannot be read: name a file",
    ),
    (
        ["ask", "hi"],
        {**KEY, "ALL_PROXY": "socks5://ada:secret@h:1"},
        "ALL_PROXY is no proxy that can be used here",
    ),
    (
        ["ask", b"\xff".decode(errors="surrogateescape")],
        KEY,
        "The question is no text in this terminal's encoding",
    ),
    (["ask", "hi"], {"TELEPRINTER_MODEL": "gpt"}, "write provider:name"),
    (["ask", "hi"], {"TELEPRINTER_MODEL": "nobody:gpt"}, "there is no provider nobody"),
    (["ask", "hi"], {"TELEPRINTER_MODEL": "local:huge"}, "There is no local model 'huge'"),
    (["ask", "hi"], {"TELEPRINTER_MODEL": "openai:any"}, "OPENAI_API_KEY is not set"),
    (["ask", "hi"], {**KEY, "OPENAI_BASE_URL": NOBODY}, "check the network and OPENAI_BASE_URL"),
    (["ask"], KEY, "Nothing is asked"),
]


@pytest.mark.parametrize(
    ("arguments", "environment", "mend"),
    [*BAD[:5], *(pytest.param(*one, marks=pytest.mark.slow) for one in BAD[5:])],  # each starts a process
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
async def test_bad_input_is_one_line_that_names_the_mend(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], mend: str
) -> None:
    code, out, err = await ended(tmp_path, *arguments, env=environment)
    assert (code, out) == (2, "")
    assert mend in err
    assert err.count("\n") == 1
    assert "secret" not in err


async def test_run_waits_for_a_slack_that_is_not_there_and_says_so_once(tmp_path: Path) -> None:
    environment = {**TOKENS, **KEY, "SLACK_API_URL": NOBODY}
    async with teleprinter(tmp_path, "run", env=environment) as process:
        assert process.stderr is not None
        told = await process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        rest = await process.stderr.read()
        assert await process.wait() == 0
    assert b"check SLACK_API_URL and the network" in told
    assert NOBODY.encode() in told
    assert rest == b""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wrong", "mend"),
    [
        ({"TELEPRINTER_MODEL": "nobody:gpt"}, "there is no provider nobody"),
        ({"TELEPRINTER_MODEL": "local:huge"}, "There is no local model 'huge'"),
        (
            {"DATABASE_URL": "sqlite:////nowhere/turns.sqlite"},
            "DATABASE_URL: /nowhere/turns.sqlite cannot be used",
        ),
        ({"DATABASE_URL": "postgresql://127.0.0.1:9/bot"}, "PostgreSQL cannot be used at this address"),
    ],
    ids=["provider", "local model", "file", "server"],
)
async def test_a_wrong_setting_does_not_wait_for_slack(
    tmp_path: Path, wrong: dict[str, str], mend: str
) -> None:
    code, _, err = await ended(tmp_path, "run", env={**TOKENS, **KEY, "SLACK_API_URL": NOBODY, **wrong})
    assert (code, err.count("\n")) == (2, 1)
    assert mend in err


async def test_an_unreadable_dotenv_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    code, _, err = await ended(tmp_path, "ask", "hi")
    assert code == 2
    assert ".env cannot be read (it is not UTF-8 text)" in err


async def test_a_port_that_is_none_is_named(tmp_path: Path) -> None:
    code, _, err = await ended(tmp_path, "demo", "--port", "99999", env=KEY)
    assert code == 2
    assert "Invalid value for '--port': 99999" in err
    assert "Traceback" not in err


async def test_a_busy_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        code, _, err = await ended(tmp_path, "demo", "--no-open", "--port", port, env=KEY)
        assert (code, err.count("\n")) == (2, 1)
        assert f"port {port} is taken" in err


@pytest.mark.slow
async def test_a_busy_port_for_events_is_named(tmp_path: Path) -> None:
    async with Workspace.start() as slack:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            environment = {
                **KEY,
                "PORT": port,
                "TELEPRINTER_HOST": "127.0.0.1",
                "SLACK_API_URL": slack.api_url,
                "SLACK_BOT_TOKEN": slack.app.bot_token,
                "SLACK_SIGNING_SECRET": slack.app.signing_secret,
            }
            code, _, err = await ended(tmp_path, "run", env=environment)
    assert code == 2
    assert f"PORT={port} is in use" in err


@pytest.mark.parametrize("wrong", ["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"])
async def test_a_token_that_slack_refuses_is_named(tmp_path: Path, wrong: str) -> None:
    async with Workspace.start() as slack:
        tokens = {"SLACK_BOT_TOKEN": slack.app.bot_token, "SLACK_APP_TOKEN": slack.app.app_token}
        tokens[wrong] += "x"
        code, _, err = await ended(tmp_path, "run", env={**KEY, **tokens, "SLACK_API_URL": slack.api_url})
    assert code == 2
    assert f"Slack refuses {wrong} (invalid_auth)" in err
    assert tokens[wrong] not in err


async def test_into_a_pipe_an_answer_comes_word_by_word_and_as_it_is(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("**Bubbles** ", Stall())
        async with teleprinter(tmp_path, "ask", "Sing", env=openai(server)) as process:
            assert process.stdout is not None
            assert await process.stdout.readexactly(12) == b"**Bubbles** "


@pytest.mark.slow
async def test_an_answer_ends_with_its_line(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("La", " la", *END)
        code, out, err = await ended(tmp_path, "ask", "Sing", "a", "song", env=openai(server))
        assert (code, out, err) == (0, "La la\n", "")
        assert server.requests[0].body["messages"][-1]["content"] == "Sing a song"


async def test_a_question_may_come_through_a_pipe(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("Yes.", *END)
        code, out, _ = await ended(tmp_path, "ask", asked=b"Is it?\n", env=openai(server))
        assert (code, out) == (0, "Yes.\n")
        assert server.requests[0].body["messages"] == [{"role": "user", "content": "Is it?"}]


async def test_what_is_piped_in_stands_below_the_question(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("It rhymes.", *END)
        await ended(tmp_path, "ask", "What", "is this?", asked=b"rise\nskies\n", env=openai(server))
        assert server.requests[0].body["messages"][-1]["content"] == "What is this?\n\nrise\nskies"


@pytest.mark.parametrize(
    ("asked", "redirected", "mend"),
    [(b"\xff\xfe", "", "pipe such text in"), (b"", "<&-", "write the question behind the command")],
    ids=["no text", "closed"],
)
async def test_an_input_that_cannot_be_read_is_one_line(
    tmp_path: Path, asked: bytes, redirected: str, mend: str
) -> None:
    code, _, err = await ended(tmp_path, "ask", asked=asked, redirected=redirected, env=KEY)
    assert (code, err.count("\n")) == (2, 1)
    assert mend in err


@pytest.mark.slow
async def test_the_operator_s_system_prompt_is_told_first(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("Yes.", *END)
        await ended(tmp_path, "ask", "Is it?", env=openai(server) | {"TELEPRINTER_SYSTEM_PROMPT": "Rhyme."})
        assert [message["content"] for message in server.requests[0].body["messages"]] == ["Rhyme.", "Is it?"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has a device that is always full")
async def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("Yes.", *END)
        code, _, err = await ended(tmp_path, "ask", "Is it?", redirected="> /dev/full", env=openai(server))
    assert code == 1
    assert err == "teleprinter: standard output takes no more of the answer: No space left on device\n"


async def test_without_a_standard_output_nothing_is_asked(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        code, _, err = await ended(tmp_path, "ask", "Is it?", redirected=">&-", env=openai(server))
        assert server.requests == []
    assert (code, err) == (1, "teleprinter: the answer has nowhere to go: standard output is closed\n")


async def test_a_model_that_breaks_off_leaves_its_words_and_fails(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("Half an", Pause(0.05), Reset())
        code, out, err = await ended(tmp_path, "ask", "Sing", env=openai(server))
    assert code == 1  # nothing is set up wrong
    assert out == "Half an\n"
    assert err.startswith("teleprinter: ")
    assert "Traceback" not in err


@pytest.mark.slow
async def test_how_quick_it_was_is_told_when_asked_for(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("La", " la", *END)
        _, _, err = await ended(tmp_path, "ask", "--timing", "Sing", env=openai(server))
    assert err.startswith("first word after ")


def packages(err: str) -> set[str]:
    """The packages that a command has loaded, as Python lists them where PYTHONPROFILEIMPORTTIME is set."""
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in err.splitlines()}


async def test_to_ask_in_a_terminal_neither_slack_nor_a_database_is_loaded(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("La", *END)
        listing = {**openai(server), "PYTHONPROFILEIMPORTTIME": "1"}
        code, out, err = await ended(tmp_path, "ask", "Sing", env=listing)
    assert (code, out) == (0, "La\n")
    assert "openai" in packages(err)
    assert packages(err).isdisjoint({"slack_bolt", "slack_sdk", "dbos", "sqlalchemy", "psycopg", "langchain"})


@pytest.mark.parametrize("argument", ["--help", "--version"])
async def test_to_say_what_it_can_do_it_loads_no_library_of_what_it_does(
    tmp_path: Path, argument: str
) -> None:
    code, _, err = await ended(tmp_path, argument, env={"PYTHONPROFILEIMPORTTIME": "1"})
    assert code == 0
    assert packages(err).isdisjoint(
        {"openai", "langchain_core", "aiohttp", "slack_bolt", "dbos", "markdown_it"}
    )


async def test_ctrl_c_stops_the_answer_and_the_model(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("Once", Stall())
        async with teleprinter(tmp_path, "ask", "A tale", env=openai(server)) as process:
            assert process.stdout is not None
            await process.stdout.readexactly(4)
            process.send_signal(signal.SIGINT)
            out, err = await process.communicate()
        await asyncio.wait_for(server.requests[0].disconnected.wait(), 5)
    assert (process.returncode, out, err) == (130, b"\n", b"")


@pytest.mark.parametrize(
    ("command", "library"),
    [
        ("ask", "langchain_openai"),
        pytest.param("run", "dbos", marks=pytest.mark.slow),
        pytest.param("demo", "langchain_openai", marks=pytest.mark.slow),
    ],
)
async def test_ctrl_c_is_heard_while_a_library_is_loading(tmp_path: Path, command: str, library: str) -> None:
    waits = "import signal, sys; print('loading', file=sys.stderr, flush=True); signal.pause()"
    (tmp_path / f"{library}.py").write_text(waits)
    environment = {**KEY, **TOKENS, "PYTHONPATH": f"{tmp_path}{os.pathsep}{os.getcwd()}"}
    async with teleprinter(tmp_path, command, asked=b"Hello?", env=environment) as process:
        assert process.stderr is not None
        assert await process.stderr.readline() == b"loading\n"
        process.send_signal(signal.SIGINT)
        _, err = await process.communicate()
    assert (process.returncode, err.strip()) == (130, b"")


async def test_a_reader_who_has_enough_ends_it_quietly(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("Once", Pause(0.2), " upon", Pause(0.2), " a time", Stall())
        async with teleprinter(tmp_path, "ask", "A tale", env=openai(server)) as process:
            assert process.stdout is not None
            await process.stdout.readexactly(4)
            process.stdout._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001
            assert await process.wait() == 1
            assert process.stderr is not None
            assert await process.stderr.read() == b""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
async def test_run_answers_and_leaves_when_it_is_told(tmp_path: Path, sent: signal.Signals) -> None:
    async with Workspace.start() as slack, OpenAIServer() as server:
        server.script("Hello", Pause(0.3), " there.", *END)
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token, "SLACK_APP_TOKEN": slack.app.app_token,
            "SLACK_API_URL": slack.api_url, **openai(server),
        }  # fmt: skip
        async with teleprinter(tmp_path, "run", env=environment) as process:
            await slack.wait_for(lambda: slack.links == 1)
            ts = await slack.say("general", "ada", "@Teleprinter hello")
            await slack.wait_for(lambda: slack.messages("general", ts))
            process.send_signal(sent)
            _, err = await process.communicate()
        assert process.returncode == 0
        (reply,) = slack.messages("general", ts)
        assert reply.text == "Hello there."
    assert b"Teleprinter is @teleprinter in Sparkling." in err
    assert b"Traceback" not in err
    assert b"hello" not in err.lower()  # no prompt and no answer in a log
    assert b"Unclosed" not in err


BROKEN = "raise ImportError"
ENDLESS = "import threading; print('Loading', flush=True); threading.Event().wait()"


@asynccontextmanager
async def run_with_a_package(folder: Path, package: str) -> AsyncGenerator[Process]:
    """A bot in a workspace that listens, and has this in the place of what its model needs."""
    (folder / "langchain_openai.py").write_text(package)  # which goes first: it is started there
    async with Workspace.start() as slack:
        environment = {
            "SLACK_BOT_TOKEN": slack.app.bot_token, "SLACK_APP_TOKEN": slack.app.app_token,
            "SLACK_API_URL": slack.api_url, **KEY,
        }  # fmt: skip
        async with teleprinter(folder, "run", env=environment) as process:
            await slack.wait_for(lambda: slack.links == 1)
            yield process


@pytest.mark.slow
async def test_a_model_that_cannot_be_loaded_ends_run_which_listens_already(tmp_path: Path) -> None:
    async with run_with_a_package(tmp_path, BROKEN) as process:
        _, err = await process.communicate()
    assert process.returncode == 1
    assert b"langchain_openai.py" in err
    assert b"builtins.ImportError" in err


@pytest.mark.slow
async def test_run_ends_when_it_is_told_while_its_model_is_loaded(tmp_path: Path) -> None:
    async with run_with_a_package(tmp_path, ENDLESS) as process:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"Loading\n"
        process.send_signal(signal.SIGTERM)
        _, err = await process.communicate()
    assert process.returncode == 0
    assert b"Traceback" not in err


async def test_demo_is_one_command(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        async with teleprinter(tmp_path, "demo", "--no-open", "--port", "0", env=openai(server)) as process:
            assert process.stderr is not None
            lines = [await process.stderr.readline() for _ in range(2)]
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0
        assert lines[1].startswith(b"Open http://127.0.0.1:")


NOT_THERE = "http://ada:secret@127.0.0.1:9"
PROXIES = {
    "HTTP_PROXY": NOT_THERE,
    "HTTPS_PROXY": NOT_THERE,
    "ALL_PROXY": NOT_THERE,
    "NO_PROXY": "[::1],fe80::/10",
}


@pytest.mark.slow
async def test_no_proxy_is_asked_for_this_computer(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        server.script("La", *END)
        asked = await ended(tmp_path, "ask", "Sing", env=openai(server) | PROXIES)
        async with teleprinter(
            tmp_path, "demo", "--no-open", env={**openai(server), **PROXIES, "PORT": "0"}
        ) as process:
            assert process.stderr is not None
            lines = [await process.stderr.readline() for _ in range(2)]
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0
    assert asked == (0, "La\n", "")
    assert lines[1].startswith(b"Open http://127.0.0.1:")


@pytest.mark.slow
async def test_a_model_elsewhere_is_asked_through_the_proxy_and_without_a_false_warning(
    tmp_path: Path,
) -> None:
    environment = {
        **KEY,
        **PROXIES,
        "TELEPRINTER_LOG_LEVEL": "WARNING",
        "OPENAI_BASE_URL": "https://models.invalid/v1",
    }
    code, _, err = await ended(tmp_path, "ask", "hi", env=environment)
    assert code == 2
    assert "no connection to models.invalid" in err
    assert "auto-detection" not in err
    assert "secret" not in err


async def test_demo_logs_failures_and_keeps_the_log_level(tmp_path: Path) -> None:
    async with OpenAIServer() as server:
        environment = {**openai(server), "TELEPRINTER_LOG_LEVEL": "INFO"}
        async with teleprinter(tmp_path, "demo", "--no-open", "--port", "0", env=environment) as process:
            assert process.stderr is not None
            lines = [await process.stderr.readline() for _ in range(3)]
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 0
    assert b"bot.ready" in b"".join(lines)


@pytest.mark.slow
async def test_in_the_demo_a_model_s_failure_is_logged(tmp_path: Path) -> None:
    async with OpenAIServer() as server, aiohttp.ClientSession() as session:
        server.refuse(401, {"message": "no", "code": "invalid_api_key"})
        async with teleprinter(tmp_path, "demo", "--no-open", "--port", "0", env=openai(server)) as process:
            assert process.stderr is not None
            lines = [await process.stderr.readline() for _ in range(4)]
            url = lines[1].decode().split()[1]
            asked = {"do": "say", "channel": "general", "user": "ada", "text": "@Teleprinter hello"}
            async with session.post(f"{url}/control/people", json=asked) as answer:
                assert answer.status == 200
            told = await process.stderr.readline()
            process.send_signal(signal.SIGINT)
            await process.communicate()
            assert process.returncode == 0
    assert b"model.failed" in told
    assert b"status=401" in told


async def test_the_manifest_has_the_scope_of_what_an_operator_switches_on(tmp_path: Path) -> None:
    code, out, _ = await ended(tmp_path, "manifest", "--features", "files")
    assert code == 0
    assert "- files:write" in out


@pytest.mark.slow
async def test_a_user_without_a_home_needs_none(tmp_path: Path) -> None:
    async with (
        OpenAIServer() as server,
        teleprinter(
            tmp_path, "demo", "--no-open", "--port", "0", env=openai(server), without_home=True
        ) as process,
    ):
        assert process.stderr is not None
        lines = [await process.stderr.readline() for _ in range(2)]
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    assert lines[1].startswith(b"Open http://127.0.0.1:")


async def test_a_home_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    code, _, err = await ended(
        tmp_path, "ask", "hi", env={**KEY, "TELEPRINTER_CACHE": "~/x"}, without_home=True
    )
    assert (code, err.count("\n")) == (2, 1)
    assert "TELEPRINTER_CACHE begins with ~" in err


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
@pytest.mark.parametrize(
    "arguments", [["ask", "Sing"], ["render", "answer.md", "--to", "mrkdwn"]], ids=" ".join
)
async def test_any_encoding_of_the_terminal_is_borne(
    tmp_path: Path, encoding: str, arguments: list[str]
) -> None:
    (tmp_path / "answer.md").write_text("La → 漢 é\n", encoding="utf-8")
    async with OpenAIServer() as server:
        server.script("La → 漢 é", *END)
        code, out, err = await ended(
            tmp_path, *arguments, env={**openai(server), "PYTHONIOENCODING": encoding}, decoded="latin-1"
        )
    assert (code, err) == (0, "")
    assert out.startswith("La ")


@pytest.mark.parametrize("redirected", ["2>&-", ">&- 2>&-", "<&- >&- 2>&-", "2>/dev/full", "> /dev/full"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        pytest.param(["--version"], marks=pytest.mark.slow),
        pytest.param(["run"], marks=pytest.mark.slow),
        ["render", "answer.md"],
    ],
    ids=" ".join,
)
async def test_a_closed_or_full_output_is_quiet(
    tmp_path: Path, arguments: list[str], redirected: str
) -> None:
    (tmp_path / "answer.md").write_text("La\n", encoding="utf-8")
    code, _, err = await ended(tmp_path, *arguments, redirected=redirected)
    assert code in (0, 1, 2)
    assert "Traceback" not in err
    assert "Exception ignored" not in err


async def test_render_answers_each_line_before_it_reads_the_next(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "render", "--jsonl", stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b'{"text": "This is **bo", "unfinished": true}\n')
    assert await process.stdout.readline() == b'{"parts": ["This is **bo**"]}\n'
    out, err = await process.communicate(b'oops\n{"text": "Hi"}\n')
    assert process.returncode == 2
    assert out.startswith(b'{"error": "standard input, line 2: this is not JSON; write an object such as')
    assert out.endswith(b'\n{"parts": ["Hi"]}\n')
    assert err == b'teleprinter: 1 line was answered with an "error", which names the mend.\n'


@pytest.mark.parametrize(
    ("arguments", "mend"),
    [
        (["render", "--to", "html"], "'html' is not one of 'markdown', 'mrkdwn', 'plain'"),
        (["render", "--limit", "0"], "0 is not in the range x>=1"),
        (
            ["render", "nowhere.md"],
            "nowhere.md cannot be read (No such file or directory): name a file that can.",
        ),
    ],
)
async def test_render_says_what_is_wrong(tmp_path: Path, arguments: list[str], mend: str) -> None:
    code, out, err = await ended(tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert mend in err
    assert "Traceback" not in err


async def test_render_reads_a_file_or_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "answer.md").write_text("# Hi\n\n<!channel>\n")
    assert await ended(tmp_path, "render", "answer.md") == (0, "Hi\n\n<!channel>\n", "")
    sent = await ended(tmp_path, "render", "-", "--to", "mrkdwn", "--wire", asked=b"**a** <b>")
    assert sent == (0, "*a* &lt;b&gt;\n", "")


async def test_what_is_wrong_with_a_set_up_is_the_doctors_exit_code(tmp_path: Path) -> None:
    code, out, _ = await ended(tmp_path, "doctor", env={"PORT": "http"})
    assert code == 1
    assert "wrong settings: PORT=http: write a whole number" in out


async def test_the_manifest_is_printed_to_be_pasted(tmp_path: Path) -> None:
    code, out, _ = await ended(tmp_path, "manifest", "--url", "https://bot.example")
    assert code == 0
    assert "request_url: https://bot.example/slack/events" in out


async def test_a_user_without_a_home_can_ask_what_is_wrong(tmp_path: Path) -> None:
    code, out, err = await ended(tmp_path, "doctor", env={"DATABASE_URL": "sqlite://"}, without_home=True)
    assert (code, err) == (1, "")
    assert "SLACK_BOT_TOKEN is not set" in out
