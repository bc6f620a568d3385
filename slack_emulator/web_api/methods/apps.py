"""apps.* and auth.revoke: an app asks about itself, or goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.state.app_install import uninstall

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_emulator.json_values import Json
    from slack_emulator.state.models import App
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.call import Call, Method


class Apps:
    """Does what an app may ask about itself. `farewell` tells it of its end, over the way it has."""

    def __init__(
        self, teams: Teams, *, farewell: Callable[[App, WorkspaceState, tuple[Json, ...]], None]
    ) -> None:
        self._teams = teams
        self._farewell = farewell

    @property
    def methods(self) -> dict[str, Method]:
        return {
            "apps.event.authorizations.list": self.authorizations,
            "apps.uninstall": self.uninstall,
            "auth.revoke": self.revoke,
        }

    def authorizations(self, call: Call) -> Json:
        """Every workspace that the event of a context is for; here each that the app is in."""
        if not call.args.needed("event_context").startswith("4-"):
            raise Refused("invalid_event_context")
        found = [
            {
                "enterprise_id": None,
                "team_id": each.state.team.id,
                "user_id": each.app.bot_user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
            for each in self._teams.installed(call.app.id)
        ]
        return {"authorizations": found}

    def uninstall(self, call: Call) -> Json:
        """Leave a workspace."""
        client, secret = call.args.needed("client_id"), call.args.needed("client_secret")
        if (client, secret) != (call.app.client_id, call.app.client_secret):
            raise Refused("bad_client_secret")
        self.remove(call.state, call.app)
        return {}

    def revoke(self, call: Call) -> Json:
        """Give a token back."""
        if not call.args.flag("test"):
            self.remove(call.state, call.app)
        return {"revoked": not call.args.flag("test")}

    def remove(self, state: WorkspaceState, app: App) -> None:
        """Take the app out of the workspace; it is told, in the order in which Slack was seen to tell it."""
        self._teams.expiring[app.bot_token] = 0.0
        revoked: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [app.bot_user_id]}}
        self._farewell(app, state, (revoked, {"type": "app_uninstalled"}))
        uninstall(state, app)
        if next(self._teams.installed(app.id), None) is None:
            self._teams.distributed[app.id] = app  # it can be installed again
