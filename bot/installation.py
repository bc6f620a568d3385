"""Everything of ours that belongs to one workspace, opened by its team id when it is first needed.

A process serves as many workspaces as have installed the app. Each has a token, an identity, limits and a pace of its own; what
one is refused another does not feel. Turns are the process's: they ask here for the workspace that they are of.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import Context
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.errors import NotInstalled, SettingsError
from bot.language.catalogue import ENGLISH
from bot.observability import facts
from bot.observability.hooks import tell
from bot.turns.admission_desk import StandingDirectory
from bot.turns.approval_messages import ApprovalSurface
from bot.turns.control_actions import ControlSurface

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
    from contextlib import AbstractAsyncContextManager

    from bot.core.conversation.profiles import ChannelProfile
    from bot.delivery.errands import Errands
    from bot.language.catalogue import Language
    from bot.slack.identity import Identity, WorkspaceLogin
    from bot.turns.pipeline import Pipeline, TurnFiles


class WorkspaceTokens(Protocol):
    """Knows the ways to the workspaces that have installed us."""

    async def login(self, team: str) -> WorkspaceLogin | None:
        """Returns the way to the workspace `team`, or None where it has not installed us.

        Waits until Slack answers. Raises SettingsError where Slack refuses the token.
        """
        ...


class SingleWorkspaceToken:
    """The one workspace whose token stands in the environment, or all of its organisation where the token is good for all."""

    def __init__(self, login: WorkspaceLogin) -> None:
        self._login = login

    async def login(self, team: str) -> WorkspaceLogin | None:
        us = self._login.us
        return self._login if us.org_wide or team == us.team else None


class WorkspaceWorker(Protocol):
    """Works for a workspace until it is cancelled: see `bot.delivery.sender`, `bot.turns.agent_sessions`."""

    async def run(self) -> None: ...


class WorkspaceQuota(Protocol):
    """Shares a workspace's limits with other replicas; see `bot.durable.shared_budget`."""

    def open(self) -> AbstractAsyncContextManager[None]: ...
    async def look(self) -> None: ...


class WorkspaceSurface(ControlSurface, ApprovalSurface, Protocol):
    """Does in a workspace what presses and questions need; see `bot.slack.web_api_client`."""


class PeopleDirectory(StandingDirectory, Protocol):
    """Knows the people and channels of a workspace; see `bot.slack.workspace_directory`."""

    async def language(self, user: str) -> Language: ...
    async def channels(self, ids: Iterable[str], *, within: float) -> Mapping[str, ChannelProfile]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Installation:
    """One workspace at work. Its workers have to run as long as turns do; `quota` is None where no other replica spends anything."""

    us: Identity
    surface: WorkspaceSurface
    errands: Errands
    directory: PeopleDirectory
    pipeline: Pipeline
    workers: tuple[WorkspaceWorker, ...]
    quota: WorkspaceQuota | None


class Installations:
    """Holds the workspaces at work in this process. All but the constructor belongs inside the block of `open`."""

    def __init__(self, tokens: WorkspaceTokens, build: Callable[[WorkspaceLogin], Installation]) -> None:
        self._tokens = tokens
        self._build = build
        self._tasks = asyncio.TaskGroup()
        self._stack = AsyncExitStack()
        self._opening: dict[str, asyncio.Lock] = {}
        self._opened: dict[str, Installation] = {}
        self._logins: dict[str, WorkspaceLogin] = {}
        self._owned: dict[str, list[asyncio.Task[None]]] = {}

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Lets workspaces be opened while the block runs.

        Where the work for one of them breaks, the block is cancelled, and what it raised comes out in an ExceptionGroup.
        """
        async with AsyncExitStack() as self._stack, self._tasks:
            try:
                yield
            finally:
                for task in [task for tasks in self._owned.values() for task in tasks]:
                    task.cancel()

    @property
    def pipelines(self) -> list[Pipeline]:
        """Returns the pipelines of the workspaces that were needed so far."""
        return [one.pipeline for one in self._opened.values()]

    async def look(self) -> None:
        """Looks at what other replicas spend in each workspace."""
        quotas = [one.quota for one in self._opened.values() if one.quota is not None]
        await asyncio.gather(*(quota.look() for quota in quotas))

    async def get(self, team: str) -> Installation:
        """Returns the workspace `team`. Waits until Slack answers.

        Raises NotInstalled where it has not installed us, or where Slack refuses its token.
        """
        async with self._opening.setdefault(team, asyncio.Lock()):
            if team not in self._opened:
                self._opened[team] = await self._open(team)
        return self._opened[team]

    def renew(self, tokens: Mapping[str, str]) -> list[str]:
        """Works on with these tokens, by who has installed us. Returns those who have none any more, and whose workspaces are at work."""
        for login in self._logins.values():
            login.client.token = tokens.get(login.installer, login.client.token)
        return sorted({one.installer for one in self._logins.values()} - tokens.keys())

    def installed_by(self, installer: str) -> list[str]:
        """Returns the workspaces at work with the token of that workspace or organisation."""
        return [team for team, login in self._logins.items() if login.installer == installer]

    def drop(self, team: str) -> None:
        """Lets go of a workspace: nothing is sent there any more."""
        self._opened.pop(team, None)
        self._logins.pop(team, None)
        for task in self._owned.pop(team, ()):
            task.cancel()

    async def find(self, team: str) -> Installation | None:
        """Returns the workspace `team`, or None where it has not installed us."""
        try:
            return await self.get(team)
        except NotInstalled:
            return None

    async def pipeline(self, team: str) -> Pipeline | None:
        """Returns the way of a turn in the workspace `team`, or None where it has not installed us."""
        found = await self.find(team)
        return found.pipeline if found else None

    async def surface(self, team: str) -> WorkspaceSurface | None:
        """Returns the way into the workspace `team`, or None where it has not installed us."""
        found = await self.find(team)
        return found.surface if found else None

    async def files(self, team: str) -> TurnFiles | None:
        """Returns who reads files in the workspace `team`, or None where nobody does."""
        found = await self.find(team)
        return found.pipeline.files if found else None

    async def directory(self, team: str) -> PeopleDirectory | None:
        """Returns who knows the people of the workspace `team`, or None where it has not installed us."""
        found = await self.find(team)
        return found.directory if found else None

    def installer(self, team: str) -> str:
        """Returns which workspace or organisation has installed us in the workspace `team`, as far as it is at work."""
        login = self._logins.get(team)
        return login.installer if login else ""

    async def language(self, team: str, user: str) -> Language:
        """Returns the language of somebody in the workspace `team`; English where it is not known."""
        found = await self.find(team)
        return await found.directory.language(user) if found else ENGLISH

    async def identity(self, team: str) -> Identity | None:
        """Returns who we are in the workspace `team`, or None where it has not installed us."""
        found = await self.find(team)
        return found.us if found else None

    async def _open(self, team: str) -> Installation:
        try:
            login = await self._tokens.login(team)
        except SettingsError as error:
            # One workspace's token is nothing to the others.
            tell(facts.InstallationRefused(team=team, error=str(error)))
            raise NotInstalled(team) from error
        if login is None:
            raise NotInstalled(team)
        installation = self._build(login)
        if installation.quota is not None:
            await self._stack.enter_async_context(installation.quota.open())
        self._logins[team] = login
        # In no turn's context, though one may have opened it: they work for all.
        self._owned[team] = [
            self._tasks.create_task(worker.run(), context=Context()) for worker in installation.workers
        ]
        return installation
