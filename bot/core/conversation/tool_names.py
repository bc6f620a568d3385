"""Names tools: as models call them, behind the name of their server, and as people read them."""

from __future__ import annotations

import re

BETWEEN = "__"
"""Between a server's name and its tool's. What a model may call consists of letters, digits, _ and -."""
LONGEST = 64
"""Characters of a name that OpenAI and Anthropic take."""

_NAME = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def qualified_name(server: str, tool: str) -> str:
    """Returns what the model calls a server's tool."""
    return f"{server}{BETWEEN}{tool}"


def split_name(name: str) -> tuple[str, str]:
    """Returns the names of a tool's server and of the tool by itself; "" and the name as it is where no server stands before it."""
    server, _, tool = name.partition(BETWEEN)
    return (server, tool) if server and tool else ("", name)


def is_server_name(name: str) -> bool:
    """Tells whether a server may be called so: the name of its tool is found behind it again."""
    return bool(_NAME.fullmatch(name)) and BETWEEN not in f"{name}_" and len(name) <= LONGEST // 2


def is_tool_name(name: str) -> bool:
    """Tells whether models can call a tool by this name."""
    return bool(_NAME.fullmatch(name)) and len(name) <= LONGEST


def readable_name(name: str) -> str:
    """Returns a tool's name for people: `time: convert_time`, or the name as it is where no server stands before it."""
    server, tool = split_name(name)
    return f"{server}: {tool}" if server else tool
