"""The pages by which a workspace installs us: Bolt's own OAuth flow, served beside the events.

GET /slack/install         a page with Slack's button, and a cookie that holds the state
GET /slack/oauth_redirect  Slack sends the browser back with a code, which is good for a token
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to
from bot.slack.identity import INSTALL_PATH, REDIRECT_PATH

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from slack_bolt.response import BoltResponse
    from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
    from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
    from slack_sdk.web.async_client import AsyncWebClient

# Bolt would log the code that somebody came with.
_quiet = logging.getLogger(f"{__name__}.flow")
_quiet.addHandler(logging.NullHandler())
_quiet.propagate = False


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """Names our app to Slack. `public_url` is where browsers reach us, without a slash at its end."""

    client_id: str
    client_secret: str
    public_url: str
    scopes: tuple[str, ...]


class OAuthPages:
    """Serves both pages. `client` has no token."""

    def __init__(
        self,
        app: OAuthApp,
        store: AsyncInstallationStore,
        states: AsyncOAuthStateStore,
        client: AsyncWebClient,
    ) -> None:
        settings = AsyncOAuthSettings(
            client_id=app.client_id,
            client_secret=app.client_secret,
            scopes=list(app.scopes),
            user_scopes=[],
            redirect_uri=f"{app.public_url}{REDIRECT_PATH}",
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            authorization_url=authorization_url(client.base_url),
            installation_store=store,
            state_store=states,
            logger=_quiet,
        )
        self._flow = AsyncOAuthFlow(client=client, logger=_quiet, settings=settings)

    def routes(self) -> Iterable[web.RouteDef]:
        """Returns what they are served by."""
        return (
            web.get(INSTALL_PATH, self._serving(self._flow.handle_installation)),
            web.get(REDIRECT_PATH, self._serving(self._flow.handle_callback)),
        )

    def _serving(
        self, handle: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            wanted = AsyncBoltRequest(body="", query=request.query_string, headers=dict(request.headers))
            try:
                return await to_aiohttp_response(await handle(wanted))
            except Exception as error:
                # Whoever installs us can try again, and the operator has to know why.
                tell(facts.InstallationFailed(way=way_to(error)))
                raise web.HTTPServiceUnavailable(
                    text="The installation did not work just now. Please open the page again in a moment."
                ) from error

        return serve


def authorization_url(api_url: str) -> str:
    """Returns where Slack asks people whether they want us, beside its Web API at `api_url`."""
    return f"{api_url.rstrip('/').removesuffix('/api')}/oauth/v2/authorize"
