"""One MCP server: a session that one task owns, enters, serves and leaves, and calls that never take anybody else with them.

    closed ──► opening ──► open ──► lost ──► (a pause, longer each time) ──► opening ...

What the library does when a server dies decides how this is built (mcp 1.30): a call may raise McpError, ClosedResourceError, an
ExceptionGroup or, over HTTP, a CancelledError out of a scope that is none of the caller's, or come to no end at all. A
CancelledError looks like a stop to whoever is in the middle of an answer. So each call is a task of its own, with a deadline, and
whatever ends it becomes a `ToolBroken`; a session that is no good any more is left by the task that entered it, and another is opened.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import httpx
from mcp import ClientSession, McpError, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from bot.core.backoff import Backoff
from bot.core.conversation.token_estimate import estimate_tokens
from bot.core.conversation.tool_names import is_tool_name, qualified_name
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer, ToolBroken
from bot.model.tools.tool_results import read_result
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
    from contextlib import AbstractAsyncContextManager
    from typing import TypeAlias

    from bot.model.tools.tool_file import ServerSpec

    OpenSession: TypeAlias = Callable[[ServerSpec], AbstractAsyncContextManager[ClientSession]]

OPENING = 30.0
"""Seconds that a server has to start and to name its tools; Python servers take two to import on a busy machine."""
REOPENING = 10.0
"""Seconds that a call waits for a server that is being opened again."""
ANSWERING = 10.0
"""Seconds that a server which did not answer in time has to say that it is still there."""
RETRY = Backoff(0.5, longest=60.0)
MOST_TOOLS = 200
"""Tools of one server that are looked at."""
CONNECTION_CLOSED = -32000  # mcp's own code for a session that has ended


class McpServer:
    """One server's tools; `run` has to be running while they are called."""

    def __init__(self, spec: ServerSpec, *, open_session: OpenSession | None = None) -> None:
        self.name = spec.name
        self.offers: tuple[OfferedTool, ...] = ()
        self._spec = spec
        self._open_session = open_session or _open_session
        self._session: ClientSession | None = None
        self._opened, self._tried = asyncio.Event(), asyncio.Event()
        self._broken = asyncio.Event()

    async def run(self) -> None:
        """Keeps a session open, until cancelled."""
        failures = 0
        while True:
            life = asyncio.create_task(self._live())
            try:
                await asyncio.wait({life})
            finally:
                # Entered and left in that task: only there may it be.
                life.cancel()
                await asyncio.gather(life, return_exceptions=True)
            was_open, self._session = self._session is not None, None
            self._opened.clear()
            failures = 1 if was_open else failures + 1
            tell(facts.McpServerLost(server=self.name, kind=_kind(life), opened=was_open, failures=failures))
            self._tried.set()
            await asyncio.sleep(RETRY.pause(failures))

    async def tried(self) -> None:
        """Returns when the server is open, or could not be opened."""
        await self._tried.wait()

    async def _live(self) -> None:
        """One session, from its beginning until it is no good any more."""
        self._broken.clear()
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(OPENING):
                session = await stack.enter_async_context(self._open_session(self._spec))
                await session.initialize()
                listed = await _list_tools(session)
            self._offer(listed)
            self._session = session
            self._opened.set()
            self._tried.set()
            await self._broken.wait()

    def _offer(self, listed: list[types.Tool]) -> None:
        rules = self._spec.rules
        allowed: list[OfferedTool] = []
        for tool in listed:
            name = qualified_name(self.name, tool.name)
            if rules.allows(tool.name) and is_tool_name(name):
                read_only = tool.annotations.readOnlyHint if tool.annotations else None
                acts = rules.acts(tool.name, read_only=read_only)
                allowed.append(
                    OfferedTool(
                        name,
                        tool.description or "",
                        tool.inputSchema,
                        acts,
                        rules,
                        self._caller(tool.name, acts=acts),
                    )
                )
        missing = rules.tools - {"*"} - {tool.name for tool in listed}
        told = "".join(f"{one.name}{one.description}{one.schema}" for one in allowed)
        tell(
            facts.McpServerOpened(
                server=self.name,
                tools=len(allowed),
                acting=sum(one.acts for one in allowed),
                tokens=estimate_tokens(told),
                missing=" ".join(sorted(missing)),
            )
        )
        if _signature(allowed) != _signature(self.offers):
            self.offers = tuple(allowed)

    def _caller(
        self, tool: str, *, acts: bool
    ) -> Callable[[Mapping[str, Any]], Coroutine[Any, Any, ToolAnswer]]:
        async def call(arguments: Mapping[str, Any]) -> ToolAnswer:
            if acts:
                return await self._act(tool, arguments)
            try:
                return await self._call(tool, arguments)
            except ToolBroken as error:
                if error.outcome != "lost":
                    raise
                # Its server had gone before, most likely: that shows with the next call only. To read again does no harm.
                return await self._call(tool, arguments)

        return call

    async def _act(self, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """A call that is made once: so it is asked first whether the server is still there."""
        if self._session is not None:
            await self._doubt(self._session)
        return await self._call(tool, arguments)

    async def _call(self, tool: str, arguments: Mapping[str, Any]) -> ToolAnswer:
        """Raises ToolBroken where the server gives no answer."""
        session, seconds = await self._wait_for_session(), self._spec.rules.timeout
        asked = session.call_tool(tool, dict(arguments), read_timeout_seconds=timedelta(seconds=seconds + 1))
        call = asyncio.create_task(asked)
        try:
            done, _ = await asyncio.wait({call}, timeout=seconds)
        finally:
            call.cancel()
            if not call.done():
                await asyncio.wait({call})
        if not done:
            await self._doubt(session)
            raise ToolBroken(f"{self.name} did not answer within {seconds:g} s.", outcome="too long")
        return self._read(call)

    def _read(self, call: asyncio.Task[types.CallToolResult]) -> ToolAnswer:
        error = asyncio.CancelledError() if call.cancelled() else call.exception()
        if error is None:
            return read_result(call.result(), most=self._spec.rules.result_characters)
        if isinstance(error, McpError) and error.error.code != CONNECTION_CLOSED:
            return ToolAnswer(f"The server refused that: {error.error.message}", failed=True)
        self._broken.set()
        raise ToolBroken(f"The connection to {self.name} broke.", outcome="lost")

    async def _wait_for_session(self) -> ClientSession:
        if self._broken.is_set():
            self._opened.clear()
        try:
            async with asyncio.timeout(min(REOPENING, self._spec.rules.timeout)):
                await self._opened.wait()
        except TimeoutError:
            pass
        if self._session is None or self._broken.is_set():
            raise ToolBroken(f"{self.name} is not there at the moment.", outcome="away", sent=False)
        return self._session

    async def _doubt(self, session: ClientSession) -> None:
        """Find out whether the session is any good, and have another opened where it is not."""
        ping = asyncio.create_task(session.send_ping())
        done, _ = await asyncio.wait({ping}, timeout=ANSWERING)
        ping.cancel()
        await asyncio.wait({ping})
        if not done or ping.cancelled() or ping.exception() is not None:
            self._broken.set()


@asynccontextmanager
async def _open_session(spec: ServerSpec) -> AsyncGenerator[ClientSession]:
    async with AsyncExitStack() as stack:
        if spec.url:
            client = await stack.enter_async_context(
                httpx.AsyncClient(headers=dict(spec.headers), timeout=httpx.Timeout(OPENING, read=None))
            )
            read, write, _ = await stack.enter_async_context(
                streamable_http_client(spec.url, http_client=client)
            )
        else:
            given = StdioServerParameters(
                command=spec.command, args=list(spec.args), env=dict(spec.env), cwd=spec.cwd
            )
            # What a server writes beside its answers may repeat what it was asked: it goes nowhere.
            quiet = stack.enter_context(Path(os.devnull).open("w"))  # noqa: ASYNC230, SIM115
            read, write = await stack.enter_async_context(stdio_client(given, errlog=quiet))
        yield await stack.enter_async_context(ClientSession(read, write))


async def _list_tools(session: ClientSession) -> list[types.Tool]:
    tools: list[types.Tool] = []
    cursor: str | None = None
    while len(tools) < MOST_TOOLS:
        page = await session.list_tools(params=types.PaginatedRequestParams(cursor=cursor))
        tools += page.tools
        cursor = page.nextCursor
        if not cursor:
            break
    return tools[:MOST_TOOLS]


def _signature(offers: tuple[OfferedTool, ...] | list[OfferedTool]) -> list[tuple[object, ...]]:
    return [(one.name, one.description, one.schema, one.acts) for one in offers]


def _kind(life: asyncio.Task[None]) -> str:
    """Names what ended a session; the words of an exception may repeat what was sent."""
    if life.cancelled():
        return "CancelledError"
    error: BaseException | None = life.exception()
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return type(error).__name__ if error else "closed"
