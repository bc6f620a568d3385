"""The local Slack as one object: it wires the parts, and lets tests and the page act as people.

async with Workspace.start() as slack:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    ts = await slack.say("general", "ada", "@Teleprinter Write me a song about sparkling water.")
    await slack.wait_for(lambda: slack.messages("general", ts))
"""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import aiohttp

from slack_emulator.actors.interactions import Interactions
from slack_emulator.app import Components
from slack_emulator.control_api import Control
from slack_emulator.delivery.http_delivery import Addresses
from slack_emulator.delivery.retry_policy import RetryPolicy
from slack_emulator.delivery.transport import DeliveryContext
from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_object, as_objects
from slack_emulator.page.inspector import Inspector
from slack_emulator.page.websocket import Pages
from slack_emulator.runtime.allowed_hosts import guard
from slack_emulator.runtime.background_tasks import BackgroundTasks
from slack_emulator.runtime.clock import Clock
from slack_emulator.runtime.injected_failures import Fault, Faults
from slack_emulator.runtime.notifier import Notifier
from slack_emulator.runtime.ports import application, listen
from slack_emulator.runtime.traffic import Traffic
from slack_emulator.scenario.fault_script import read_script
from slack_emulator.scenario.fault_script_runner import LEAVING, ScenarioRunner
from slack_emulator.seeding.loader import install, made, sown
from slack_emulator.seeding.seed import Registration, Seed, granting, sparkling_seed
from slack_emulator.seeding.snapshots import exported, restored
from slack_emulator.state.token_mint import Mint
from slack_emulator.timed_changes import pass_time
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import AsyncGenerator, Callable, Sequence

    from slack_emulator.delivery.http_delivery import HttpEvents
    from slack_emulator.delivery.socket_mode import SocketMode
    from slack_emulator.json_values import Json
    from slack_emulator.runtime.traffic import Called
    from slack_emulator.scenario.fault_script import Step
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import App
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.rate_limits import MethodBudget

Found = TypeVar("Found")


class Workspace(Interactions):
    """A running server. It acts for the people of its first workspace; `people(team)` does for another's.

    `url` is its page, `api_url` the SDKs' base URL; `app` is the first app, with its tokens and ids.
    """

    def __init__(
        self,
        seed: Seed,
        post: DeliveryContext,
        *,
        mint: Mint,
        limits: Limits,
        traffic: Traffic,
        session: aiohttp.ClientSession,
    ) -> None:
        self.clock = post.clock
        self.faults = post.faults
        self.traffic = traffic
        self.teams = sown(seed, post.clock(), mint)
        self.url = ""
        self._seed = seed
        self._mint = mint
        self._limits = limits
        self._bell = post.bell
        self._watchers: list[Callable[[WorkspaceChange], None]] = []
        self._parts = Components(
            self.teams, post, limits=limits, traffic=traffic, session=session, publish=self.publish_in
        )
        self._deliveries = self._parts.deliveries
        super().__init__(
            self.teams.first,
            clock=post.clock,
            publish=self.publish,
            way=self._deliveries.way,
            background=post.background,
            patience=post.patience,
        )
        self._pages = Pages(self.state, self, Inspector(self.state, traffic, limits, post.clock))
        self.director = ScenarioRunner(self, post, self._deliveries)

    # --- running ---

    @classmethod
    @asynccontextmanager
    async def start(
        cls,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        seed: Seed | None = None,
        manifest: Json | None = None,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.time,
        patience: RetryPolicy | None = None,
        tokens: str | None = None,
        names: Sequence[str] = (),
    ) -> AsyncGenerator[Workspace]:
        """Serve the workspaces of a seed, Sparkling where none is given, until the block ends. Port 0: any free one.
        Slack's limits hold where neither `limits` nor the seed say otherwise. The apps may do what `manifest` grants, where
        one is given.

        `clock` tells seconds since the epoch: for timestamps, limits and signatures, not for waiting. Tokens are new at each
        start; where `tokens` are words, the same words make the same tokens. `names` are other names of this computer.
        """
        seed, bell, traffic = seed or sparkling_seed(), Notifier(), Traffic()
        seed = seed if manifest is None else granting(manifest, seed)
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            background = await stack.enter_async_context(BackgroundTasks())
            ticking = Clock(clock, bell=bell)
            post = DeliveryContext(
                patience or RetryPolicy(), ticking, bell, Faults(), background, traffic.delivered
            )
            chosen = limits or Limits.of(seed.limits)
            workspace = cls(seed, post, mint=Mint(tokens), limits=chosen, traffic=traffic, session=session)
            control = Control(workspace)
            parts = (workspace._parts, control, workspace._pages)
            runner = application(*parts, guard=guard(host, names), on_close=workspace._close)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            workspace._serve_at(await listen(runner, host, port))
            background.start(pass_time(workspace.teams, ticking, workspace.publish_in))
            workspace.run(read_script(seed.script))
            yield workspace

    def _serve_at(self, url: str) -> None:
        self.url = url
        for state in self.teams:
            state.url = url

    async def _close(self) -> None:
        await self.close_pages()
        await self._deliveries.close("warning")

    def publish(self, happened: Sequence[WorkspaceChange]) -> None:
        """Tell pages, apps and whoever waits what happened in the first workspace. Never waits itself."""
        self.publish_in(self.state, happened)

    def publish_in(self, state: WorkspaceState, happened: Sequence[WorkspaceChange]) -> None:
        """The same for any workspace. The page shows the first one."""
        for happening in happened:
            if state is self.state:
                self._pages.publish(happening)
            self._deliveries.publish(happening, state)
            self.director.saw(happening)
            for watcher in self._watchers:
                watcher(happening)
        self._bell.ring()

    @property
    def app(self) -> App:
        """The first app, as it is now; one that was taken out of every workspace is still the first."""
        return self.teams.first_app

    @property
    def api_url(self) -> str:
        """The SDKs' `base_url`."""
        return f"{self.url}/api/"

    @property
    def calls(self) -> deque[Called]:
        """The latest calls of the Web API, oldest first."""
        return self.traffic.calls

    @property
    def links(self) -> int:
        """Returns how many sockets the app has open."""
        return self.sockets(self.app).links

    def sockets(self, app: App) -> SocketMode:
        """An app's side of Socket Mode."""
        return self._deliveries.sockets(app.id)

    def http(self, app: App) -> HttpEvents | None:
        """An app's request URL, where it has one."""
        return self._deliveries.http(app.id)

    def budgets(self, state: WorkspaceState, app: App) -> dict[str, MethodBudget]:
        """Returns what an app has left of each limit that it has used some of."""
        return self._limits.left(state.team.id, app.id, self.clock())

    # --- state ---

    def people(self, team: str) -> Interactions:
        """The people of another workspace, by its id or name."""
        state = self.teams[team]
        if state is self.state:
            return self
        publish = partial(self.publish_in, state)
        return Interactions(
            state,
            clock=self.clock,
            publish=publish,
            way=self._deliveries.way,
            background=self._background,
            patience=self._patience,
        )

    def export(self) -> Json:
        """All workspaces, as JSON."""
        return {"workspaces": [exported(state) for state in self.teams]}

    async def restore(self, value: object) -> None:
        """Let the workspaces be as they were when `value` was exported. Faults and limits stay as they are."""
        workspaces = as_objects((as_object(value) or {}).get("workspaces"))
        if not workspaces:
            raise WorkspaceError("an export has a list of workspaces")
        await self._become([restored(each) for each in workspaces])

    async def reset(self) -> None:
        """Begin again with the seed: nothing said, no fault waiting, no call counted."""
        self.director.clear()
        self._limits.clear()
        await self._become(list(sown(self._seed, self.clock(), self._mint)))

    async def _become(self, states: list[WorkspaceState]) -> None:
        self.teams.expiring.clear()
        self.state.become(states[0])
        self.teams.replace(self.state, *states[1:])
        self._serve_at(self.url)
        # Who looked on looks anew: their page comes back at once and is sent all there is.
        await self.close_pages()
        self._bell.ring()

    # --- for tests ---

    def run(self, steps: Sequence[Step]) -> None:
        """Begin to carry out a script: see `script`."""
        self.director.run(steps)

    def watch(self, watcher: Callable[[WorkspaceChange], None]) -> None:
        """Tell `watcher` of everything that happens, at the moment it does. It must neither wait nor fail."""
        self._watchers.append(watcher)

    async def wait_for(self, look: Callable[[], Found], *, within: float = 120.0) -> Found:
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
        self.faults.add(method, fault)

    async def redeliver(self, ts: str, *, times: int = 1) -> int:
        """Deliver again what the apps were told of the message of that ts; answers how many deliveries began."""
        return self._deliveries.redeliver(ts, times)

    async def close_sockets(
        self, reason: str | None = "refresh_requested", *, grace: float = LEAVING
    ) -> None:
        """End the app's sockets for a reason of Slack's, "warning", "refresh_requested" or "link_disabled", giving it
        `grace` seconds to leave by itself; None cuts them as a broken network would."""
        await self.sockets(self.app).close(reason, grace=grace)

    def announce(self, text: str, share: float | None = None) -> None:
        """Show a line on every page until another takes its place; see `Pages.announce`."""
        self._pages.announce(text, share)

    async def close_pages(self) -> None:
        """Close every open page's socket, as a workspace does that goes away."""
        await self._pages.close()

    async def use_request_url(self, url: str | None, *, app: App | None = None) -> None:
        """Deliver everything over HTTP, to a URL that answers Slack's challenge; None: over sockets again."""
        await self.use_addresses(app or self.app, None if url is None else Addresses(url))

    async def use_addresses(self, app: App, addresses: Addresses | None) -> None:
        """The same, with an address for each kind."""
        await self._deliveries.use_addresses(app, addresses)

    def install(self, name: str) -> App:
        """Add one more app to the first workspace, with a bot in every channel. Its limits are its own."""
        app = made(Registration(name), self._mint)
        self.publish(install(self.state, app))
        return app
