"""Installing an app: the page that asks for it, the code it answers, and the token that code is good for.

    /oauth/v2/authorize ──code──► redirect_uri ──► oauth.v2.access ──► a bot token   (rotating: twelve hours, then a new one)

Nobody is asked: whoever opens the page agrees. `team=` names the workspace; the first one otherwise.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

from aiohttp import web

from slack_emulator.errors import Refused, WorkspaceError
from slack_emulator.state.app_install import bot_user, installed_in

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.runtime.clock import Clock
    from slack_emulator.state.models import App
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.call import Call, Method

CODE_FOR = 600.0  # seconds a code is good for: the OAuth page
TOKEN_FOR = 43_200  # seconds of a rotating token: the page on token rotation


@dataclass(frozen=True, slots=True)
class Code:
    """Holds what an agreement gave an app: scopes in one workspace, for a while."""

    app_id: str
    team: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str
    user: str
    until: float


class OAuth:
    """Agreements, and what is made of them."""

    def __init__(self, teams: Teams, *, clock: Clock) -> None:
        self._teams = teams
        self._clock = clock
        self._codes: dict[str, Code] = {}
        self._refresh: dict[str, tuple[str, str]] = {}  # refresh token -> app and workspace

    @property
    def methods(self) -> dict[str, Method]:
        return {"oauth.v2.access": self.access}

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/oauth/v2/authorize", self.authorize)

    async def authorize(self, request: web.Request) -> web.Response:
        """Agree, and go back to the app with a code."""
        asked = request.query
        app = next(
            (each.app for each in self._teams.known() if each.app.client_id == asked.get("client_id")), None
        )
        if app is None:
            raise web.HTTPBadRequest(text="invalid_client_id: no app here has it")
        try:
            state = self._teams[asked["team"]] if asked.get("team") else self._teams.first
        except WorkspaceError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        code = f"{uuid4().int % 10**13}.{uuid4().hex}"
        self._codes[code] = Code(
            app.id,
            state.team.id,
            tuple(filter(None, asked.get("scope", "").split(","))),
            asked.get("redirect_uri", ""),
            asked.get("code_challenge", ""),
            next(user.id for user in state.users.values() if not user.is_bot),
            self._clock() + CODE_FOR,
        )
        back = urlencode({"code": code, "state": asked.get("state", "")})
        raise web.HTTPFound(f"{asked.get('redirect_uri', '/')}?{back}")

    def access(self, call: Call) -> Json:
        """A code, or a refresh token, for a bot token."""
        app = self._app(call)
        if call.args.text("grant_type") == "refresh_token":
            return self._refreshed(call, app)
        code = self._codes.pop(call.args.text("code") or "", None)
        if code is None or code.app_id != app.id:
            raise Refused("invalid_code")
        if self._clock() > code.until:
            raise Refused("code_expired")
        if code.redirect_uri != (call.args.text("redirect_uri") or code.redirect_uri):
            raise Refused("bad_redirect_uri")
        if code.challenge and code.challenge != _challenge(call.args.text("code_verifier") or ""):
            raise Refused("invalid_code_verifier")
        state = self._teams[code.team]
        return self._granted(self._install(app, state, code.scopes), state, code.user)

    def _app(self, call: Call) -> App:
        client, secret = call.args.text("client_id"), call.args.text("client_secret")
        app = next((each.app for each in self._teams.known() if each.app.client_id == client), None)
        if app is None or not client:
            raise Refused("invalid_client_id")
        if app.client_secret != secret:
            raise Refused("bad_client_secret")
        return app

    def _install(self, app: App, state: WorkspaceState, scopes: tuple[str, ...]) -> App:
        """The app in that workspace, with those scopes; it is added where it is not there yet."""
        there = state.apps.get(app.id)
        if there is None:
            there = installed_in(state, app)
            state.add_app(there, bot_user(there))
            self._teams.expiring.pop(there.bot_token, None)  # revoked, when it was here before
        widened = replace(
            there, scopes=tuple(dict.fromkeys((*there.scopes, *scopes))) if scopes else there.scopes
        )
        state.apps[app.id] = widened
        return widened

    def _granted(self, app: App, state: WorkspaceState, user: str) -> Json:
        return self._token(app, state) | {
            "token_type": "bot",
            "scope": ",".join(app.scopes),
            "bot_user_id": app.bot_user_id,
            "app_id": app.id,
            "team": {"id": state.team.id, "name": state.team.name},
            "enterprise": None,
            "authed_user": {"id": user},
            "is_enterprise_install": False,
        }

    def _token(self, app: App, state: WorkspaceState) -> Json:
        if not app.rotates_tokens:
            return {"access_token": app.bot_token}
        token, again = f"xoxe.xoxb-1-{uuid4().hex}", f"xoxe-1-{uuid4().hex}"
        state.apps[app.id] = replace(app, bot_token=token)
        self._teams.expiring[token] = self._clock() + TOKEN_FOR
        self._refresh[again] = (app.id, state.team.id)
        return {"access_token": token, "refresh_token": again, "expires_in": TOKEN_FOR}

    def _refreshed(self, call: Call, app: App) -> Json:
        app_id, team = self._refresh.pop(call.args.text("refresh_token") or "", ("", ""))
        if app_id != app.id:
            raise Refused("invalid_refresh_token")
        state = self._teams[team]
        return self._granted(state.apps[app.id], state, next(iter(state.users)))


def _challenge(verifier: str) -> str:
    """PKCE's S256."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
