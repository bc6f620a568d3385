"""`python -m benchmarks.workspace`: how the local workspace bears 50 people who look on and 20 messages a second.

The server is a process of its own; here are the people's pages, an app on a socket that acknowledges everything, and a bot
that posts by the clock, whether or not its last post is answered yet.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

import aiohttp
import click

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

CHANNEL = "C000GENERAL"
WORDS = "Sparkling water, and what else there is to say about it before lunch. " * 3
LAST_WORDS = 5.0  # seconds that the last messages have to reach everybody


@dataclass
class Load:
    """What went in, and what came of it: seconds of each call, and until everybody had seen each message."""

    answered: list[float] = field(default_factory=list[float])
    sent: dict[int, float] = field(default_factory=dict[int, float])
    seen: dict[int, list[float]] = field(default_factory=dict[int, list[float]])
    awaited: int = 0  # sights of messages that are still to come
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def sees(self, number: int) -> None:
        """One reader sees a message."""
        self.seen.setdefault(number, []).append(time.perf_counter() - self.sent[number])
        self.awaited -= 1
        if self.awaited == 0:
            self.over.set()

    def shown(self, readers: int) -> list[float]:
        """Until the last of the readers had seen each message that all of them saw."""
        return [max(times) for times in self.seen.values() if len(times) == readers]


@dataclass(frozen=True)
class Server:
    """A workspace in a process of its own."""

    url: str
    bot_token: str
    app_token: str
    pid: int

    def memory(self) -> float:
        """Megabytes it holds now."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise LookupError("this system does not tell how much memory a process holds")

    def processor(self) -> float:
        """Seconds of a processor it has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100


@asynccontextmanager
async def served(people: int) -> AsyncGenerator[Server]:
    """A workspace with so many people."""
    names = ", ".join(f"{{name: reader{number}}}" for number in range(people))
    seed = f"workspaces: [{{name: Busy, people: [{names}], channels: [{{name: general}}]}}]\napps: [{{name: Busy}}]\n"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "seed.yml")
        await asyncio.to_thread(path.write_text, seed)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "slack_emulator", "--port", "0", "--no-limits", "--seed", str(path)),
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        try:
            lines = [(await process.stdout.readline()).decode().strip() for _ in range(5)]
            said = dict(line.split("=", 1) for line in lines if "=" in line)
            url = lines[0].removeprefix("A local Slack: ")
            yield Server(url, said["SLACK_BOT_TOKEN"], said["SLACK_APP_TOKEN"], process.pid)
        finally:
            process.terminate()
            await process.wait()


async def look_on(socket: aiohttp.ClientWebSocketResponse, load: Load) -> None:
    """One person's page: notes when each message came."""
    async for message in socket:
        # Looked for, not parsed: fifty readers in this one process would be slower than the server.
        _, found, rest = str(message.data).partition("message number ")
        if found:
            load.sees(int(rest.partition(":")[0]))


async def acknowledge(socket: aiohttp.ClientWebSocketResponse) -> None:
    """The app: takes what it is sent."""
    async for message in socket:
        envelope = message.json()
        if "envelope_id" in envelope:
            await socket.send_json({"envelope_id": envelope["envelope_id"]})


async def post(session: aiohttp.ClientSession, server: Server, number: int, load: Load) -> None:
    """One message."""
    load.sent[number] = began = time.perf_counter()
    body = {"channel": CHANNEL, "text": f"message number {number}: {WORDS}"}
    headers = {"Authorization": f"Bearer {server.bot_token}"}
    async with session.post(f"{server.url}/api/chat.postMessage", json=body, headers=headers) as response:
        answer = await response.json()
    if not answer["ok"]:
        raise click.ClickException(f"the workspace refused a message: {answer['error']}")
    load.answered.append(time.perf_counter() - began)


async def connected(stack: AsyncExitStack, server: Server, readers: int, load: Load) -> aiohttp.ClientSession:
    """Everybody's sockets, read until the stack ends."""
    session = await stack.enter_async_context(aiohttp.ClientSession())
    tasks = await stack.enter_async_context(asyncio.TaskGroup())
    for number in range(readers):
        url = f"{server.url}/page/socket?user=U{f'READER{number}'.rjust(10, '0')}"
        socket = await stack.enter_async_context(session.ws_connect(url, max_msg_size=0))
        tasks.create_task(look_on(socket, load))
    headers = {"Authorization": f"Bearer {server.app_token}"}
    async with session.post(f"{server.url}/api/apps.connections.open", headers=headers) as response:
        ticket = (await response.json())["url"]
    tasks.create_task(acknowledge(await stack.enter_async_context(session.ws_connect(ticket))))
    return session


async def measured(*, readers: int, rate: float, seconds: float) -> tuple[Load, list[str]]:
    """Post so many messages a second for so long; what came of it, and how it went for the server."""
    count = round(rate * seconds)
    load = Load(awaited=count * readers)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(served(readers))
        session = await connected(stack, server, readers, load)
        before, used, began = server.memory(), server.processor(), time.perf_counter()
        async with asyncio.TaskGroup() as posts:
            for number in range(count):
                await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
                posts.create_task(post(session, server, number, load))
        with suppress(TimeoutError):  # what is missing then is reported
            await asyncio.wait_for(load.over.wait(), LAST_WORDS)
        took = time.perf_counter() - began
        cost = [
            f"memory     {before:.0f} MB before, {server.memory():.0f} MB after",
            f"processor  {100 * (server.processor() - used) / took:.0f} % of one",
        ]
    return load, cost


def figures(seconds: Sequence[float]) -> str:
    """Median, 99th percentile and worst, in milliseconds."""
    last = quantiles(seconds, n=100, method="inclusive")[98]
    return f"median {median(seconds) * 1000:.1f} ms, 99th percentile {last * 1000:.1f} ms, worst {max(seconds) * 1000:.0f} ms"


def report(load: Load, readers: int, cost: Sequence[str]) -> str:
    """What is printed."""
    shown = load.shown(readers)
    lines = [
        f"answered   {figures(load.answered)}",
        f"seen       {figures(shown)}, by all {readers}"
        if len(shown) > 1
        else f"seen       by all {readers}: none",
        f"lost       {len(load.sent) - len(shown)} of {len(load.sent)} messages",
        *cost,
    ]
    return "\n".join(lines)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--readers", default=50, help="People who look on (50).")
@click.option("--rate", default=20.0, help="Messages a second (20).")
@click.option("--seconds", default=60.0, help="For so long (60).")
def cli(*, readers: int, rate: float, seconds: float) -> None:
    """How the local workspace bears people and messages: answers of its Web API, what readers see, and memory."""
    click.echo(f"{readers} people look on, {rate:g} messages a second for {seconds:g} s ...")
    load, cost = asyncio.run(measured(readers=readers, rate=rate, seconds=seconds))
    click.echo(report(load, readers, cost))


if __name__ == "__main__":
    cli()
