"""What is wrong with a set-up is told at once, each with its mend, and no secret with it."""

from __future__ import annotations

import base64
import io
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest
from rich.console import Console

from bot.commands.app_manifest import app_manifest
from bot.commands.doctor import check_files, check_traces, doctor
from bot.documents import libraries
from slack_emulator.server import Workspace
from tests.openai_server import OpenAIServer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("unhurried")

SECRETS = ("hunter2", "xoxb-wrong", "xapp-wrong", "sk-hunter2")


class Patient(NamedTuple):
    """A set-up that is right in everything: a Slack, a model and a folder."""

    slack: Workspace
    model: OpenAIServer
    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        return {
            "SLACK_BOT_TOKEN": self.slack.app.bot_token,
            "SLACK_APP_TOKEN": self.slack.app.app_token,
            "SLACK_API_URL": self.slack.api_url,
            "TELEPRINTER_MODEL": "openai:any",
            "OPENAI_API_KEY": "sk-hunter2",
            "OPENAI_BASE_URL": self.model.base_url,
            "DATABASE_URL": f"sqlite:///{self.folder / 'bot.sqlite'}",
        }

    async def examined(self, changes: Mapping[str, str] = {}) -> tuple[int, str]:
        said = io.StringIO()
        console = Console(file=said, width=400)
        environ = self.environ | dict(changes)
        code = await doctor(environ, dotenv=self.folder / ".env", console=console)
        return code, said.getvalue()


@asynccontextmanager
async def a_patient(folder: Path, *, manifest: dict[str, object] | None = None) -> AsyncGenerator[Patient]:
    async with Workspace.start(manifest=manifest or app_manifest()) as slack, OpenAIServer() as model:
        yield Patient(slack, model, folder)


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncGenerator[Patient]:
    async with a_patient(tmp_path) as one:
        yield one


async def test_of_a_set_up_that_is_right_nothing_is_said_to_be_wrong(patient: Patient) -> None:
    code, said = await patient.examined()
    assert code == 0
    assert said.endswith("\nNothing is wrong.\n")
    assert "ok    Slack: The bot token is @teleprinter's in Sparkling." in said
    assert "ok    Slack scopes: All" in said
    assert "ok    events: Slack opens a web socket" in said
    assert "ok    model: openai:any answers." in said
    assert list(patient.folder.iterdir()) == []


NOWHERE = "http://127.0.0.1:9/v1"
BROKEN: list[tuple[dict[str, str], list[str]]] = [
    ({"SLACK_BOT_TOKEN": ""}, ["Slack: SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token"]),
    ({"SLACK_BOT_TOKEN": "hunter2"}, ["SLACK_BOT_TOKEN does not look like such a token"]),
    ({"SLACK_BOT_TOKEN": "xoxb-wrong"}, ["wrong Slack: SLACK_BOT_TOKEN:", "copy it again"]),
    ({"SLACK_APP_TOKEN": "xapp-wrong"}, ["wrong events: SLACK_APP_TOKEN:"]),
    ({"SLACK_APP_TOKEN": ""}, ["Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set"]),
    (
        {"SLACK_API_URL": "http://127.0.0.1:9/api/"},
        ["wrong Slack: auth.test: no answer", "check SLACK_API_URL"],
    ),
    (
        {"TELEPRINTER_IDLE_SECONDS": "-1", "PORT": "http", "OPENAI_BASE_URL": "//ada:hunter2@h"},
        [
            "TELEPRINTER_IDLE_SECONDS=-1: write a number of seconds",
            "PORT=http: write a whole number",
            "OPENAI_BASE_URL is not an address",
            "3 to mend.",
        ],
    ),
    ({"TELEPRINTER_MODEL": "opnai:any"}, ["wrong model: TELEPRINTER_MODEL"]),
    ({"OPENAI_BASE_URL": NOWHERE}, ["wrong model: ", "no connection to 127.0.0.1:9"]),
    ({"DATABASE_URL": "sqlite:////nowhere/at/all/bot.sqlite"}, ["wrong database: DATABASE_URL: "]),
    ({"DATABASE_URL": "postgresql://ada:hunter2@127.0.0.1:9/bot"}, ["wrong database:"]),
    ({"DATABASE_URL": "mysql://ada:hunter2@h/bot"}, ["DATABASE_URL: write sqlite:///"]),
    ({"SSL_CERT_FILE": "/nowhere.pem"}, ["SSL_CERT_FILE=/nowhere.pem cannot be read"]),
    ({"HTTPS_PROXY": "hunter2@"}, ["HTTPS_PROXY is no proxy"]),
    ({"TELEPRINTER_LOG_LEVEL": "chatty"}, ["TELEPRINTER_LOG_LEVEL=chatty: choose one of"]),
]


@pytest.mark.parametrize(("changes", "told"), BROKEN, ids=[told[0] for _, told in BROKEN])
async def test_what_is_broken_is_named_with_its_mend(
    patient: Patient, changes: dict[str, str], told: list[str]
) -> None:
    code, said = await patient.examined(changes)
    assert code == 1
    assert [words for words in told if words not in said] == []
    assert [secret for secret in SECRETS if secret in said] == []


async def test_a_misspelt_variable_is_told_with_the_one_that_is_meant(patient: Patient) -> None:
    code, said = await patient.examined({"TELEPRINTER_MODLE": "x", "SLACK_TOKEN_OF_THE_BOT": "hunter2"})
    assert code == 0
    assert "TELEPRINTER_MODLE is set, and nobody reads it: is TELEPRINTER_MODEL meant?" in said
    assert "SLACK_TOKEN_OF_THE_BOT is set, and nobody reads it" in said
    assert "hunter2" not in said.replace("sk-hunter2", "")


async def test_a_key_that_the_provider_refuses_is_told(patient: Patient) -> None:
    patient.model.refuse(401, {"message": "no", "code": "invalid_api_key"})
    code, said = await patient.examined()
    assert code == 1
    assert "refused the key (401)" in said


async def test_scopes_that_were_not_granted_are_named(tmp_path: Path) -> None:
    manifest = app_manifest()
    manifest["oauth_config"] = {"scopes": {"bot": ["chat:write", "app_mentions:read"]}}
    async with a_patient(tmp_path, manifest=manifest) as patient:
        code, said = await patient.examined()
    assert code == 1
    assert "wrong Slack scopes: assistant:write, channels:history, " in said
    assert "install the app again" in said


async def test_the_scope_of_what_is_switched_on_is_missed_as_well(patient: Patient) -> None:
    code, said = await patient.examined({"TELEPRINTER_FILE_AFTER": "5"})
    assert code == 1
    assert "wrong Slack scopes: files:write missing" in said


async def test_over_http_slack_is_waited_for_at_an_address(patient: Patient, unused_port: int) -> None:
    port = {"PORT": str(unused_port)}
    code, said = await patient.examined({"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "0" * 32, **port})
    assert code == 0
    assert f"look  events: Slack has to reach http://0.0.0.0:{unused_port}/slack/events" in said


async def test_the_embedded_model_is_not_fetched_for_it(patient: Patient) -> None:
    code, said = await patient.examined({"TELEPRINTER_MODEL": "local"})
    assert code == 0
    assert "ok    model: The embedded one" in said


async def test_files_that_others_may_read_are_told(patient: Patient) -> None:
    for name in (".env", "bot.sqlite"):
        (patient.folder / name).touch(0o644)
    _, said = await patient.examined()
    assert f"Others may read {patient.folder / '.env'}, which holds tokens: chmod 600" in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "ok    Slack: Workspaces install the app at https://bot.example/slack/install."),
        ({"SLACK_CLIENT_ID": "0.0"}, "wrong Slack: SLACK_CLIENT_ID is no app's"),
        ({"SLACK_CLIENT_SECRET": "hunter2"}, "wrong Slack: SLACK_CLIENT_SECRET is another app's"),
        ({"TELEPRINTER_PUBLIC_URL": ""}, "wrong Slack: TELEPRINTER_PUBLIC_URL is not set"),
    ],
)
async def test_an_app_that_many_workspaces_install_is_looked_at_as_one(
    patient: Patient, changes: dict[str, str], words: str
) -> None:
    many = {
        "SLACK_BOT_TOKEN": "",
        "SLACK_APP_TOKEN": "",
        "SLACK_CLIENT_ID": patient.slack.app.client_id,
        "SLACK_CLIENT_SECRET": patient.slack.app.client_secret,
        "SLACK_SIGNING_SECRET": patient.slack.app.signing_secret,
        "TELEPRINTER_PUBLIC_URL": "https://bot.example",
        "TELEPRINTER_SECRET_KEYS": f"1:{base64.b64encode(b'k' * 32).decode()}",
    }
    _, said = await patient.examined(many | changes)
    assert words in said
    assert not any(secret in said for secret in SECRETS)


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({}, []),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, ["OpenTelemetry is there to send them."]),
        (
            {"OTEL_TRACES_EXPORTER": "jaeger"},
            ["OTEL_TRACES_EXPORTER='jaeger' is not known here: set it to otlp, or to none."],
        ),
    ],
)
def test_traces_that_cannot_be_sent_are_told_with_their_mend(env: dict[str, str], words: list[str]) -> None:
    assert [one.words for one in check_traces(env)] == words


def test_attached_files_that_no_library_reads_are_told_with_the_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check_files().words == "Every kind that is known can be read."
    monkeypatch.setattr(libraries, "find_spec", lambda _: None)
    assert "PDF, Word, Excel, PowerPoint" in check_files().words
    assert 'pip install "teleprinter[files]"' in check_files().words
