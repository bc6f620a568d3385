"""One MCP server: what its calls say, and what happens when it dies."""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import pytest
from mcp import McpError, types

from bot.model.tools.mcp_server import CONNECTION_CLOSED, McpServer
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer, ToolBroken
from bot.model.tools.tool_file import ServerSpec, ToolRules, load_tool_file
from tests.clock import VIRTUAL

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable

in_virtual_time = pytest.mark.parametrize("anyio_backend", [VIRTUAL], ids=["virtual time"])
RULES = ToolRules(frozenset({"look", "write"}), timeout=20.0)
CLOSED = McpError(types.ErrorData(code=CONNECTION_CLOSED, message="Connection closed"))
REFUSED = McpError(types.ErrorData(code=-32602, message="no such zone"))


def tool(name: str, *, read_only: bool | None = None) -> types.Tool:
    hints = types.ToolAnnotations(readOnlyHint=read_only)
    return types.Tool(name=name, description="Does it.", inputSchema={"type": "object"}, annotations=hints)


async def fine() -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(type="text", text="7")])


async def hang() -> types.CallToolResult:
    await asyncio.sleep(1e6)
    return await fine()


def raising(error: BaseException) -> Callable[[], Awaitable[types.CallToolResult]]:
    async def call() -> types.CallToolResult:
        raise error

    return call


@dataclass
class FakeServer:
    """A server as its sessions show it: it does `next` with each call, then what comes behind that."""

    tools: list[types.Tool] = field(
        default_factory=lambda: [tool("look", read_only=True), tool("write"), tool("other")]
    )
    calls: list[Callable[[], Awaitable[types.CallToolResult]]] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refuses: int = 0  # times that it cannot be opened
    dead: bool = False

    @asynccontextmanager
    async def open(self, spec: ServerSpec) -> AsyncGenerator[Any]:
        self.opened.append(asyncio.get_running_loop().time())
        if len(self.opened) <= self.refuses:
            raise BaseExceptionGroup("unhandled errors", [ConnectionError("refused")])
        self.dead = False
        yield self

    async def initialize(self) -> None: ...

    async def list_tools(self, *, params: types.PaginatedRequestParams) -> types.ListToolsResult:
        half = len(self.tools) // 2
        if params.cursor is None:
            return types.ListToolsResult(tools=self.tools[:half], nextCursor="more")
        return types.ListToolsResult(tools=self.tools[half:])

    async def call_tool(self, name: str, arguments: dict[str, Any], **_: Any) -> types.CallToolResult:
        self.asked.append(name)
        return await (self.calls.pop(0) if self.calls else fine)()

    async def send_ping(self) -> None:
        if self.dead:
            raise anyio.ClosedResourceError


@asynccontextmanager
async def running(fake: FakeServer, rules: ToolRules = RULES) -> AsyncGenerator[McpServer]:
    server = McpServer(ServerSpec("some", rules), open_session=fake.open)
    task = asyncio.create_task(server.run())
    try:
        await server.tried()
        yield server
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def offered(server: McpServer, name: str) -> OfferedTool:
    return next(one for one in server.offers if one.name == f"some__{name}")


@in_virtual_time
async def test_the_tools_that_the_file_allows_are_offered_behind_the_server_s_name() -> None:
    async with running(FakeServer()) as server:
        assert [(one.name, one.acts) for one in server.offers] == [
            ("some__look", False),
            ("some__write", True),
        ]


@in_virtual_time
async def test_what_the_file_names_and_the_server_has_not_is_told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="bot")
    async with running(FakeServer(tools=[tool("look")])):
        [opened] = [one for one in caplog.records if one.message == "mcp.opened"]
    assert vars(opened)["missing"] == "write"
    assert vars(opened)["tokens"] > 0


@in_virtual_time
async def test_a_call_gives_what_the_tool_says() -> None:
    async with running(FakeServer()) as server:
        assert await offered(server, "look").call({}) == ToolAnswer("7")


@in_virtual_time
async def test_what_the_server_refuses_is_an_answer_and_its_session_stays() -> None:
    fake = FakeServer(calls=[raising(REFUSED)])
    async with running(fake) as server:
        answer = await offered(server, "look").call({})
        await offered(server, "look").call({})
    assert (answer.failed, "no such zone" in answer.text, len(fake.opened)) == (True, True, 1)


@in_virtual_time
@pytest.mark.parametrize(
    "error",
    [CLOSED, anyio.ClosedResourceError(), asyncio.CancelledError(), BaseExceptionGroup("", [OSError()])],
    ids=lambda one: type(one).__name__,
)
async def test_a_dead_server_is_opened_again_and_what_only_reads_is_asked_once_more(
    error: BaseException,
) -> None:
    fake = FakeServer(calls=[raising(error)])
    async with running(fake) as server:
        assert await offered(server, "look").call({}) == ToolAnswer("7")
    assert len(fake.opened) == 2


@in_virtual_time
@pytest.mark.parametrize("error", [CLOSED, asyncio.CancelledError()], ids=["closed", "cancelled"])
async def test_what_acts_is_never_asked_twice(error: BaseException) -> None:
    fake = FakeServer(calls=[raising(error)])
    async with running(fake) as server:
        with pytest.raises(ToolBroken) as raised:
            await offered(server, "write").call({})
    assert (raised.value.outcome, raised.value.sent, fake.asked) == ("lost", True, ["write"])


@in_virtual_time
async def test_what_acts_asks_first_whether_its_server_is_still_there() -> None:
    fake = FakeServer(calls=[fine])
    async with running(fake) as server:
        fake.dead = True
        assert await offered(server, "write").call({}) == ToolAnswer("7")
    assert (len(fake.opened), fake.asked) == (2, ["write"])


@in_virtual_time
@pytest.mark.parametrize(("dead", "opened"), [(False, 1), (True, 2)], ids=["alive", "dead"])
async def test_a_call_has_a_deadline_and_a_session_that_is_dead_behind_it_is_left(
    *, dead: bool, opened: int
) -> None:
    fake = FakeServer(calls=[hang])
    async with running(fake) as server:
        began = asyncio.get_running_loop().time()
        fake.dead = dead
        with pytest.raises(ToolBroken) as raised:
            await offered(server, "look").call({})
        assert asyncio.get_running_loop().time() - began == 20.0
        await asyncio.sleep(1)
    assert (raised.value.outcome, len(fake.opened)) == ("too long", opened)


@in_virtual_time
async def test_a_server_that_cannot_be_opened_is_tried_again_after_longer_and_longer() -> None:
    fake = FakeServer(refuses=3)
    async with running(fake) as server:
        assert server.offers == ()
        await asyncio.sleep(60)
        assert len(server.offers) == 2
    assert fake.opened == [0.0, 0.5, 1.5, 3.5]


@in_virtual_time
async def test_a_call_waits_for_a_server_only_so_long() -> None:
    fake = FakeServer()
    async with running(fake) as server:
        look = offered(server, "look")
        fake.refuses, fake.calls = 1000, [raising(CLOSED)]
        with pytest.raises(ToolBroken) as raised:
            await look.call({})
    assert (raised.value.outcome, raised.value.sent) == ("away", False)


@in_virtual_time
async def test_whoever_stops_a_call_ends_it_and_not_the_session() -> None:
    fake = FakeServer(calls=[hang])
    async with running(fake) as server:
        call = asyncio.ensure_future(offered(server, "look").call({}))
        await asyncio.sleep(1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert call.cancelled()
        assert await offered(server, "look").call({}) == ToolAnswer("7")
    assert len(fake.opened) == 1


@in_virtual_time
async def test_tools_that_are_the_same_after_a_reopening_are_the_same_to_the_agent() -> None:
    fake = FakeServer(calls=[raising(CLOSED)])
    async with running(fake) as server:
        before = server.offers
        await offered(server, "look").call({})
        assert server.offers is before


async def test_a_real_server_is_started_asked_and_ended(tmp_path: Path) -> None:
    command = str(Path(sys.executable).parent / "mcp-server-time")
    file = tmp_path / "tools.json"
    file.write_text(json.dumps({"mcpServers": {"time": {"command": command, "tools": ["convert_time"]}}}))
    [spec] = load_tool_file(file).servers
    server = McpServer(spec)
    task = asyncio.create_task(server.run())
    await server.tried()
    [convert] = server.offers
    asked = {"source_timezone": "Europe/Berlin", "time": "12:00", "target_timezone": "Asia/Tokyo"}
    answer, wrong = await convert.call(asked), await convert.call({**asked, "time": "noon"})
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (convert.name, convert.acts) == ("time__convert_time", False)
    assert "Asia/Tokyo" in answer.text
    assert (answer.failed, wrong.failed) == (False, True)
