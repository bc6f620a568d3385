"""All workspaces of one server, and whose token is whose. An app may be in several of them, with a bot in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from slack_emulator.errors import Refused, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from slack_emulator.state.models import App
    from slack_emulator.state.workspace import WorkspaceState

NO_TEAM = "there is no workspace {}: choose among {}"


class Installed(NamedTuple):
    """An app, and one workspace it is in."""

    state: WorkspaceState
    app: App


class Teams:
    """The workspaces by their ids, the first one first."""

    def __init__(self, *states: WorkspaceState) -> None:
        self._states = {state.team.id: state for state in states}
        self.expiring: dict[str, float] = {}  # tokens that end, and when; revoked ones ended at 0
        self.distributed: dict[str, App] = {}  # apps that can be installed, in no workspace yet

    def __iter__(self) -> Iterator[WorkspaceState]:
        return iter(self._states.values())

    def __getitem__(self, team: str) -> WorkspaceState:
        """The workspace of that id or name."""
        for state in self._states.values():
            if team in (state.team.id, state.team.name, state.team.domain):
                return state
        raise WorkspaceError(
            NO_TEAM.format(team, ", ".join(state.team.name for state in self._states.values()))
        )

    @property
    def first(self) -> WorkspaceState:
        return next(iter(self._states.values()))

    def replace(self, *states: WorkspaceState) -> None:
        """Let these be all workspaces."""
        self._states = {state.team.id: state for state in states}

    def installed(self, app_id: str | None = None) -> Iterator[Installed]:
        """Every app in every workspace; or that app, wherever it is."""
        for state in self._states.values():
            for app in state.apps.values():
                if app_id in (None, app.id):
                    yield Installed(state, app)

    def known(self) -> Iterator[Installed]:
        """Every app, in a workspace or not; who is in none counts to the first."""
        yield from self.installed()
        for app in self.distributed.values():
            yield Installed(self.first, app)

    @property
    def first_app(self) -> App:
        """The app that was declared first. WorkspaceError where there is none."""
        found = next(self.known(), None)
        if found is None:
            raise WorkspaceError("there is no app here: declare one under `apps` in the seed")
        return found.app

    def app(self, app_id: str) -> App:
        """An app as it is in the first workspace that has it: its secrets and its subscriptions are the same in all."""
        found = next(self.installed(app_id), None)
        if found is None:
            raise WorkspaceError(f"there is no app {app_id}")
        return found.app

    def bearer(self, token: str, now: float) -> tuple[Installed, bool]:
        """Returns who a token belongs to, and whether it is an app-level one; refused where it is nobody's, or over."""
        for installed in self.installed():
            if token in (installed.app.bot_token, installed.app.app_token):
                if self.expiring.get(token, now) < now:
                    raise Refused("token_expired")
                return installed, token == installed.app.app_token
        raise Refused("token_revoked" if token in self.expiring else "invalid_auth")
