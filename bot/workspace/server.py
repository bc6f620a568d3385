"""The local Slack as one object: it wires the parts, and lets tests and the page act as people.

async with Workspace.start() as slack:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    ts = await slack.say("general", "ada", "@Teleprinter Write me a song about sparkling water.")
    await slack.wait_for(lambda: slack.messages("general", ts))
"""

from __future__ import annotations

import asyncio
import errno
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import aiohttp
from aiohttp import web

from bot.workspace import seed
from bot.workspace.background import Background
from bot.workspace.bell import Bell
from bot.workspace.deliveries import Deliveries
from bot.workspace.errors import WorkspaceError
from bot.workspace.faults import Fault, Faults
from bot.workspace.limits import Limits
from bot.workspace.methods import assistant, chat, conversations, people, streams
from bot.workspace.page_socket import Pages
from bot.workspace.patience import Patience
from bot.workspace.people import People
from bot.workspace.web_api import Called, WebApi

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import AsyncGenerator, Callable, Sequence

    from bot.workspace.records import App, Happening

Found = TypeVar("Found")

CLOSING = 2.0  # seconds the last answers have when the workspace closes
LEAVING = 10.0  # seconds an app has to leave a socket by itself: Slack's warning comes about that early


class Workspace(People):
    """A running workspace. `url` is its page, `api_url` the SDKs' base URL; `app` has Teleprinter's tokens and ids."""

    def __init__(
        self,
        *,
        limits: Limits,
        clock: Callable[[], float],
        patience: Patience,
        background: Background,
        session: aiohttp.ClientSession,
    ) -> None:
        super().__init__(seed.sparkling(clock()), clock=clock, publish=self.publish)
        self.url = ""
        self.app: App = next(iter(self.state.apps.values()))
        self._bell = Bell()
        self._watchers: list[Callable[[Happening], None]] = []
        self._faults = Faults()
        self._pages = Pages(self.state, self)
        self._deliveries = Deliveries(
            self.state,
            patience=patience,
            clock=clock,
            bell=self._bell,
            background=background,
            session=session,
        )
        methods = (
            chat.METHODS,
            streams.METHODS,
            conversations.METHODS,
            people.METHODS,
            assistant.METHODS,
            self._deliveries.methods,
        )
        self._web_api = WebApi(
            self.state,
            {name: method for area in methods for name, method in area.items()},
            limits=limits,
            faults=self._faults,
            clock=clock,
            publish=self.publish,
        )

    # --- running ---

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        patience: Patience | None = None,
    ) -> AsyncGenerator[Workspace]:
        """Serve a fresh workspace until the block ends. Port 0: any free one. Slack's limits hold where none are given.

        `clock` tells seconds since the epoch: for timestamps, limits and signatures, not for waiting.
        """
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            background = await stack.enter_async_context(Background())
            workspace = cls(
                limits=limits or Limits.strict(),
                clock=clock,
                patience=patience or Patience(),
                background=background,
                session=session,
            )
            runner = web.AppRunner(workspace._application(), access_log=None, shutdown_timeout=CLOSING)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            workspace.url = await _listen(runner, host, port)
            background.start(workspace._expire_statuses())
            yield workspace

    def _application(self) -> web.Application:
        application = web.Application(client_max_size=8 * 1024 * 1024)
        self._web_api.add_routes(application)
        self._deliveries.add_routes(application)
        self._pages.add_routes(application)
        application.on_shutdown.append(self._close)
        return application

    async def _close(self, _: web.Application) -> None:
        await self.close_pages()
        await self._deliveries.close()

    async def _expire_statuses(self) -> None:
        """Take status lines away when their time is over, for as long as the workspace runs."""
        while True:
            soonest = min((status.until for status in self.state.statuses.values()), default=None)
            await self._bell.next_ring(within=None if soonest is None else max(0.0, soonest - self._clock()))
            if over := self.state.expire(self._clock()):
                self.publish(over)

    def publish(self, happened: Sequence[Happening]) -> None:
        """Tell pages, apps and whoever waits what happened. Never waits itself."""
        for happening in happened:
            self._pages.publish(happening)
            self._deliveries.publish(happening)
            for watcher in self._watchers:
                watcher(happening)
        self._bell.ring()

    @property
    def api_url(self) -> str:
        """The SDKs' `base_url`."""
        return f"{self.url}/api/"

    @property
    def calls(self) -> deque[Called]:
        """The latest calls of the Web API, oldest first."""
        return self._web_api.calls

    @property
    def links(self) -> int:
        """How many sockets the app has open."""
        return self._deliveries.sockets(self.app).links

    # --- for tests ---

    def watch(self, watcher: Callable[[Happening], None]) -> None:
        """Tell `watcher` of everything that happens, at the moment it does. It must neither wait nor fail."""
        self._watchers.append(watcher)

    async def wait_for(self, look: Callable[[], Found], *, within: float = 10.0) -> Found:
        """Wait until `look()` finds something, looking again at every change; answers what it found."""
        try:
            async with asyncio.timeout(within):
                return await self._bell.until(look)
        except TimeoutError:
            raise WorkspaceError(
                f"what was waited for did not happen within {within:g} s: see `calls` for what did"
            ) from None

    def fail_next(
        self,
        method: str,
        *,
        status: int = 500,
        error: str | None = None,
        retry_after: int | None = None,
        drop: bool = False,
        carried_out: bool = False,
        times: int = 1,
    ) -> None:
        """Let the next `times` calls of a method fail: see `faults.Fault`."""
        fault = Fault(status, error, retry_after, drop=drop, carried_out=carried_out, times=times)
        self._faults.add(method, fault)

    async def redeliver(self, ts: str, *, times: int = 1) -> int:
        """Deliver again what the apps were told of the message of that ts; answers how many deliveries began."""
        return self._deliveries.redeliver(ts, times)

    async def close_sockets(
        self, reason: str | None = "refresh_requested", *, grace: float = LEAVING
    ) -> None:
        """End the app's sockets for a reason of Slack's, "warning", "refresh_requested" or "link_disabled", giving it
        `grace` seconds to leave by itself; None cuts them as a broken network would."""
        await self._deliveries.sockets(self.app).close(reason, grace=grace)

    async def close_pages(self) -> None:
        """Close every open page's socket, as a workspace does that goes away."""
        await self._pages.close()

    async def use_request_url(self, url: str | None, *, app: App | None = None) -> None:
        """Deliver events over HTTP, to a URL that answers Slack's challenge; None: over sockets again."""
        await self._deliveries.use_request_url(app or self.app, url)

    def install(self, name: str) -> App:
        """Add a second app, with a bot in every channel. Its limits are its own."""
        handle = name.lower().replace(" ", "-")
        app, user = seed.teleprinter(name=name, handle=handle, code=handle.replace("-", "").upper())
        self.publish(seed.install(self.state, app, user))
        return app


async def _listen(runner: web.AppRunner, host: str, port: int) -> str:
    """Open the port; answers the page's address."""
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        raise WorkspaceError(mend(error, host, port)) from error
    bound: int = runner.addresses[0][1]
    return f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{bound}"  # noqa: S104


def mend(error: OSError, host: str, port: int) -> str:
    """Why the workspace cannot listen, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken: stop what listens there, or choose another port (0 takes any free one)"
    if error.errno == errno.EACCES:
        return f"port {port} is not ours to open: choose one above 1023 (0 takes any free one)"
    return f"cannot listen on {host}: {error.strerror or error}; 127.0.0.1 is this computer"
