"""The file that names the tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.errors import SettingsError
from bot.model.tools.tool_file import CALL_SECONDS, ToolFile, ToolRules, load_tool_file

if TYPE_CHECKING:
    from pathlib import Path

ENVIRON = {"PATH": "/usr/bin:/bin", "KEY": "k-1"}
GOOD: dict[str, Any] = {"command": "sh", "tools": ["look"]}


def load(folder: Path, servers: object, **more: object) -> ToolFile:
    file = folder / "tools.json"
    file.write_text(json.dumps({"mcpServers": servers, **more}))
    return load_tool_file(file, ENVIRON)


def test_without_a_file_there_are_no_tools() -> None:
    assert load_tool_file(None) == ToolFile()


def test_a_server_that_is_started_and_one_that_is_reached_are_read(tmp_path: Path) -> None:
    named = load(
        tmp_path,
        {
            "files": {**GOOD, "args": ["-c", "${KEY}"], "env": {"A": "${KEY}!"}, "cwd": "/", "type": "stdio"},
            "docs": {
                "url": "https://docs.example/mcp",
                "headers": {"X": "Bearer ${KEY}"},
                "tools": ["*"],
                "timeout": 5,
            },
            "off": {"disabled": True},
        },
        pythonTools={"dice": {"tools": ["*"]}},
    )
    files, docs = named.servers
    assert (files.command, files.args, files.env, files.cwd) == ("sh", ("-c", "k-1"), {"A": "k-1!"}, "/")
    assert (docs.url, docs.headers, docs.rules.timeout) == (
        "https://docs.example/mcp",
        {"X": "Bearer k-1"},
        5.0,
    )
    assert files.rules.timeout == CALL_SECONDS
    assert [one.name for one in named.packages] == ["dice"]


@pytest.mark.parametrize(
    ("server", "word"),
    [
        ({"command": "sh"}, "tools"),
        ({**GOOD, "tools": "look"}, "tools"),
        ({**GOOD, "url": "http://a"}, "command"),
        ({"tools": ["a"]}, "command"),
        ({"url": "ftp://a", "tools": ["a"]}, "url"),
        ({**GOOD, "type": "sse"}, "type"),
        ({**GOOD, "command": "no-such-command"}, "no-such-command"),
        ({**GOOD, "command": 1}, "command"),
        ({**GOOD, "allow": []}, "allow"),
        ({**GOOD, "args": ["${NOT_SET}"]}, "NOT_SET"),
        ({**GOOD, "env": {"A": 1}}, "env"),
        ({**GOOD, "env": []}, "env"),
        ({**GOOD, "timeout": 0}, "timeout"),
        ({**GOOD, "timeout": True}, "timeout"),
        ({**GOOD, "approvers": ["anna"]}, "approvers"),
        ([], "object"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_server_is_told_by_its_name(tmp_path: Path, server: object, word: str) -> None:
    with pytest.raises(SettingsError, match=word) as raised:
        load(tmp_path, {"files": server})
    assert "files" in str(raised.value)


@pytest.mark.parametrize("name", ["my server", "a__b", ""])
def test_a_server_needs_a_name_that_models_can_call(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="no name"):
        load(tmp_path, {name: GOOD})


def test_a_name_stands_once_and_what_is_unknown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="twice"):
        load(tmp_path, {"dice": GOOD}, pythonTools={"dice": {"tools": ["*"]}})
    with pytest.raises(SettingsError, match="other"):
        load(tmp_path, {}, other={})


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_tool_file(tmp_path / "none.json")
    (tmp_path / "half.json").write_text("{")
    with pytest.raises(SettingsError, match="no JSON"):
        load_tool_file(tmp_path / "half.json")


@pytest.mark.parametrize(
    ("read_only", "acting", "reading", "acts"),
    [
        (True, "", "", False),
        (False, "", "", True),
        (None, "", "", True),
        (True, "it", "", True),
        (None, "", "it", False),
        (False, "", "*", False),
        (True, "*", "", True),
        (None, "it", "it", True),
    ],
)
def test_the_operator_s_word_goes_before_the_server_s(
    read_only: bool | None, acting: str, reading: str, *, acts: bool
) -> None:
    rules = ToolRules(frozenset("*"), frozenset(acting.split()), frozenset(reading.split()))
    assert rules.acts("it", read_only=read_only) is acts
