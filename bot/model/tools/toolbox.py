"""All tools that the settings name, open as long as the bot is."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from bot.errors import SettingsError
from bot.model.tools.tool_file import FILE, load_tool_file

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from pathlib import Path

    from bot.model.tools.offered_tool import OfferedTool, ToolSource
    from bot.model.tools.tool_file import ToolFile

EXTRA = 'pip install "teleprinter[tools]"'


class Toolbox:
    """The tools of all sources together."""

    def __init__(self, sources: Sequence[ToolSource]) -> None:
        self._sources = tuple(sources)
        self._seen: tuple[tuple[OfferedTool, ...], ...] = ()
        self._all: tuple[OfferedTool, ...] = ()

    @property
    def offers(self) -> tuple[OfferedTool, ...]:
        """Returns the tools that can be used now; the same object as long as nothing has changed."""
        seen = tuple(source.offers for source in self._sources)
        if any(new is not old for new, old in zip(seen, self._seen, strict=False)) or len(seen) != len(
            self._seen
        ):
            self._seen, self._all = seen, tuple(one for offers in seen for one in offers)
        return self._all


def check_toolbox(path: Path | None) -> None:
    """Raises SettingsError for a file of tools that will not do, without starting anything."""
    _check_packages(load_tool_file(path))


@asynccontextmanager
async def open_toolbox(path: Path | None) -> AsyncGenerator[Toolbox]:
    """The tools that the file names, as far as their servers can be reached by now; others come when they can.

    Raises SettingsError for a file that will not do.
    """
    named = load_tool_file(path)
    _check_packages(named)
    from bot.model.tools.python_tools import PythonTools

    packages = [PythonTools(spec) for spec in named.packages]
    if not named.servers:
        yield Toolbox(packages)
        return
    from bot.model.tools.mcp_server import McpServer

    servers = [McpServer(spec) for spec in named.servers]
    async with asyncio.TaskGroup() as tasks:
        owned = [tasks.create_task(server.run()) for server in servers]
        try:
            await asyncio.gather(*(server.tried() for server in servers))
            yield Toolbox([*servers, *packages])
        finally:
            for task in owned:
                task.cancel()


def _check_packages(named: ToolFile) -> None:
    if named.servers and find_spec("mcp") is None:
        raise SettingsError(f"{FILE} names MCP servers, for which a package is missing: {EXTRA}")
