"""Reads the file that names the tools: `mcpServers`, as other programs have it, and who may do what with them.

    {"mcpServers": {"time":  {"command": "mcp-server-time", "tools": ["get_current_time"]},
                    "files": {"command": "npx", "args": ["…"], "tools": ["*"], "acting": ["write_file"], "approvers": ["U012AB3CD"]},
                    "docs":  {"url": "https://…/mcp", "headers": {"Authorization": "Bearer ${DOCS_KEY}"}, "tools": ["search"]}},
     "pythonTools": {"dice": {"tools": ["*"]}}}

`tools` says which of its tools a server may offer: one that is not named there does not exist for the model. A tool that acts is asked
for first: those `acting`, and of the others all that are not `reading` and do not say of themselves that they only read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from bot.core.conversation.tool_names import is_server_name
from bot.environment.variables import is_address, shown
from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "TELEPRINTER_MCP_FILE"
ALL = "*"
CALL_SECONDS = 60.0
"""Seconds that one call may take, unless the file says otherwise."""
RESULT_CHARACTERS = 24_000
"""Characters of one result that the model reads, some 6,000 tokens, unless the file says otherwise."""

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_PERSON = re.compile(r"[UW][A-Z0-9]{2,}")
_RULES = frozenset(("tools", "acting", "reading", "approvers", "timeout", "resultCharacters"))
_KNOWN = (
    frozenset(("type", "transport", "command", "args", "env", "cwd", "url", "headers", "disabled")) | _RULES
)
_TYPES = frozenset(("", "stdio", "http", "streamable-http", "streamable_http", "streamableHttp"))


@dataclass(frozen=True, slots=True)
class ToolRules:
    """Holds what the operator has decided of the tools of one server. `tools` may be "*", all; without `approvers` whoever asked
    decides. `timeout` is in seconds."""

    tools: frozenset[str]
    acting: frozenset[str] = frozenset()
    reading: frozenset[str] = frozenset()
    approvers: frozenset[str] = frozenset()
    timeout: float = CALL_SECONDS
    result_characters: int = RESULT_CHARACTERS

    def allows(self, tool: str) -> bool:
        """Tells whether the model may know of a tool."""
        return ALL in self.tools or tool in self.tools

    def acts(self, tool: str, *, read_only: bool | None) -> bool:
        """Tells whether somebody is to be asked before a tool is used, which says of itself that it is `read_only`; None: nothing."""
        if tool in self.acting or ALL in self.acting:
            return True
        return tool not in self.reading and ALL not in self.reading and read_only is not True


@dataclass(frozen=True, slots=True)
class ServerSpec:
    """Holds how one server is reached: by a `command` that is started, or at a `url`; or, with neither, a Python package."""

    name: str
    rules: ToolRules
    command: str = ""
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    cwd: str | None = None
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ToolFile:
    """Holds what the file names: servers, and entry points of Python packages."""

    servers: tuple[ServerSpec, ...] = ()
    packages: tuple[ServerSpec, ...] = ()


def load_tool_file(path: Path | None, environ: Mapping[str, str] = os.environ) -> ToolFile:
    """Returns what the file names; nothing where there is none. Raises SettingsError for what is wrong with it, in one line."""
    if path is None:
        return ToolFile()
    try:
        read: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{FILE}={path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise SettingsError(f"{FILE}={path} is no JSON: {error}.") from None
    whole = _object(read, "it")
    if unknown := sorted(whole.keys() - {"mcpServers", "pythonTools"}):
        raise _wrong(f"{shown(unknown[0])} means nothing there: it holds mcpServers and pythonTools")
    servers = _object(whole.get("mcpServers", {}), "mcpServers")
    packages = _object(whole.get("pythonTools", {}), "pythonTools")
    if both := servers.keys() & packages.keys():
        raise _wrong(f"{min(both)} stands there twice")
    return ToolFile(
        tuple(_server(name, _object(one, name), environ) for name, one in servers.items() if _is_on(one)),
        tuple(_package(name, _object(one, name)) for name, one in packages.items()),
    )


def _is_on(server: object) -> bool:
    return not (isinstance(server, dict) and cast("dict[str, object]", server).get("disabled") is True)


def _server(name: str, said: dict[str, Any], environ: Mapping[str, str]) -> ServerSpec:
    rules = _rules(name, said, _KNOWN)
    kind = said.get("type", said.get("transport", ""))
    if kind not in _TYPES:
        raise _wrong(f"{name}: type may be stdio or http (streamable HTTP)")
    command, url = _text(name, said, "command"), _text(name, said, "url")
    if bool(command) is bool(url):
        raise _wrong(f"{name}: give it a command, which is started, or a url")
    if url and not is_address(url):
        raise _wrong(f"{name}: its url is none: write http:// or https:// and a host")
    env = {key: _filled(name, value, environ) for key, value in _texts(name, said, "env").items()}
    headers = {key: _filled(name, value, environ) for key, value in _texts(name, said, "headers").items()}
    if command and shutil.which(command, path=env.get("PATH", environ.get("PATH"))) is None:
        raise _wrong(
            f"{name}: there is no command {shown(command)} here: install it, or write its whole path"
        )
    args = tuple(_filled(name, one, environ) for one in _list(name, said, "args"))
    return ServerSpec(name, rules, command, args, env, _text(name, said, "cwd") or None, url, headers)


def _package(name: str, said: dict[str, Any]) -> ServerSpec:
    return ServerSpec(name, _rules(name, said, _RULES))


def _rules(name: str, said: dict[str, Any], known: frozenset[str]) -> ToolRules:
    if not is_server_name(name):
        raise _wrong(
            f"{shown(name)} is no name for a server: letters, digits and dashes, single underscores, at most 32"
        )
    if unknown := sorted(said.keys() - known):
        raise _wrong(f"{name}: {shown(unknown[0])} means nothing there")
    tools = frozenset(_list(name, said, "tools"))
    if not tools:
        raise _wrong(
            f'{name}: name its tools that may be used, "tools": ["…"], or all of them, "tools": ["*"]'
        )
    approvers = frozenset(_list(name, said, "approvers"))
    if strange := sorted(one for one in approvers if not _PERSON.fullmatch(one)):
        raise _wrong(f"{name}: approvers are ids of people (U…), and {shown(strange[0])} is none")
    acting, reading = (frozenset(_list(name, said, one)) for one in ("acting", "reading"))
    return ToolRules(
        tools,
        acting,
        reading,
        approvers,
        float(_number(name, said, "timeout", CALL_SECONDS)),
        int(_number(name, said, "resultCharacters", RESULT_CHARACTERS)),
    )


def _filled(name: str, value: str, environ: Mapping[str, str]) -> str:
    """The text with the environment's values for its ${NAMES}: so that no secret has to stand in the file."""

    def value_of(found: re.Match[str]) -> str:
        if found[1] not in environ:
            raise _wrong(f"{name}: ${{{found[1]}}} is not set in the environment")
        return environ[found[1]]

    return _VARIABLE.sub(value_of, value)


def _object(value: object, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(f"{name} is to be an object, {{…}}")
    return cast("dict[str, Any]", value)


def _text(name: str, said: dict[str, Any], field_name: str) -> str:
    value = said.get(field_name, "")
    if not isinstance(value, str):
        raise _wrong(f"{name}: {field_name} is to be a text")
    return value


def _list(name: str, said: dict[str, Any], field_name: str) -> list[str]:
    value: object = said.get(field_name, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in cast("list[object]", value)):
        raise _wrong(f"{name}: {field_name} is to be a list of texts")
    return cast("list[str]", value)


def _texts(name: str, said: dict[str, Any], field_name: str) -> dict[str, str]:
    value = _object(said.get(field_name, {}), f"{name}: {field_name}")
    if not all(isinstance(one, str) for one in value.values()):
        raise _wrong(f"{name}: {field_name} is to hold texts")
    return value


def _number(name: str, said: dict[str, Any], field_name: str, default: float) -> float:
    value: object = said.get(field_name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 1_000_000:
        raise _wrong(f"{name}: {field_name} is to be a number from 1 on")
    return value


def _wrong(what: str) -> SettingsError:
    return SettingsError(f"{FILE}: {what}.")
