"""Wires what a server is made of: the ways to apps, the Web API, and everything else that answers HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.delivery.router import DeliveryRouter
from slack_emulator.web_api.dispatch import WebApi
from slack_emulator.web_api.methods import METHODS
from slack_emulator.web_api.methods.apps import Apps
from slack_emulator.web_api.oauth import OAuth
from slack_emulator.web_api.response_urls import ResponseUrls
from slack_emulator.web_api.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import aiohttp
    from aiohttp import web

    from slack_emulator.delivery.transport import DeliveryContext
    from slack_emulator.runtime.traffic import Traffic
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.rate_limits import Limits


class Components:
    """All that knows Slack's side of a server; what it sees of a change it tells `publish`."""

    def __init__(
        self,
        teams: Teams,
        post: DeliveryContext,
        *,
        limits: Limits,
        traffic: Traffic,
        session: aiohttp.ClientSession,
        publish: Callable[[WorkspaceState, Sequence[WorkspaceChange]], None],
    ) -> None:
        clock = post.clock
        self.deliveries = DeliveryRouter(teams, post, session=session)
        self._oauth = OAuth(teams, clock=clock)
        self._responses = ResponseUrls(teams, clock=clock, publish=publish)
        self._uploads = Uploads(teams, clock=clock)
        apps = Apps(teams, farewell=self.deliveries.farewell)
        self._web_api = WebApi(
            teams,
            METHODS | self.deliveries.methods | apps.methods | self._oauth.methods,
            limits=limits,
            faults=post.faults,
            clock=clock,
            traffic=traffic,
            publish=publish,
        )

    def add_routes(self, app: web.Application) -> None:
        """Answer what an app may ask for."""
        for part in (self._web_api, self.deliveries, self._oauth, self._responses, self._uploads):
            part.add_routes(app)
