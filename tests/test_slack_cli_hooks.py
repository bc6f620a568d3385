"""Slack's own command line asks our commands for the manifest, and starts the bot with them, as `.slack/hooks.json` says.

The file's format is that of docs.slack.dev/tools/slack-cli/reference/hooks. Without a protocol named in it an answer is all of standard
output, and 0 says that it is one.
"""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from bot.command_line import cli
from bot.commands.app_manifest import app_manifest

ROOT = Path(__file__).parents[1]
HOOKS = json.loads((ROOT / ".slack" / "hooks.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("hook", "command"), HOOKS["hooks"].items())
def test_each_hook_is_a_command_of_ours(hook: str, command: str) -> None:
    program, name, *arguments = shlex.split(command)
    assert program == ".venv/bin/teleprinter", hook
    assert cli.commands[name].make_context(name, arguments).params is not None


def test_the_hook_for_the_manifest_prints_nothing_but_the_manifest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, *arguments = shlex.split(HOOKS["hooks"]["get-manifest"])
    assert cli.main(arguments, standalone_mode=False) is None
    assert json.loads(capsys.readouterr().out) == app_manifest()


def test_we_hold_the_connection_ourselves_by_socket_mode() -> None:
    assert HOOKS["config"]["sdk-managed-connection-enabled"]
    assert app_manifest()["settings"]["socket_mode_enabled"]


def test_what_is_watched_exists() -> None:
    watched = HOOKS["config"]["watch"]
    assert set(watched) == {"app", "manifest"}
    assert [one for each in watched.values() for one in each["paths"] if not (ROOT / one).exists()] == []
    assert re.search(watched["app"]["filter-regex"], "bot/app.py")
