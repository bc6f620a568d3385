"""What a server is made of, wired: the ways to apps, the Web API, and everything else that answers HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.deliveries import Deliveries
from bot.workspace.methods import METHODS
from bot.workspace.methods.apps import Apps
from bot.workspace.oauth import OAuth
from bot.workspace.responses import Responses
from bot.workspace.uploads import Uploads
from bot.workspace.web_api import WebApi

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import aiohttp
    from aiohttp import web

    from bot.workspace.happenings import Happening
    from bot.workspace.limits import Limits
    from bot.workspace.state import State
    from bot.workspace.teams import Teams
    from bot.workspace.traffic import Traffic
    from bot.workspace.ways import Post


class Parts:
    """All that knows Slack's side of a server; what it sees of a change it tells `publish`."""

    def __init__(
        self,
        teams: Teams,
        post: Post,
        *,
        limits: Limits,
        traffic: Traffic,
        session: aiohttp.ClientSession,
        publish: Callable[[State, Sequence[Happening]], None],
    ) -> None:
        clock = post.clock
        self.deliveries = Deliveries(teams, post, session=session)
        self._oauth = OAuth(teams, clock=clock)
        self._responses = Responses(teams, clock=clock, publish=publish)
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
