"""The workspace's own HTTP API, `/control/…`: what a test in any language needs besides Slack's. docs/workspace.md lists it.

Bodies are JSON or YAML. What cannot be done answers 400 with one line that names the mend.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

import yaml
from aiohttp import web

from slack_emulator.delivery.http_delivery import Addresses
from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_list, as_object
from slack_emulator.scenario.fault_script import read_script

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_emulator.json_values import Json
    from slack_emulator.server import Workspace


MOST_TIMES = 100  # deliveries of one message again


class Control:
    """Serves the control API of one server."""

    def __init__(self, workspace: Workspace) -> None:
        self._slack = workspace

    def add_routes(self, app: web.Application) -> None:
        for (verb, name), work in ROUTES.items():
            app.router.add_route(verb, f"/control/{name}", _answering(partial(work, self)))

    # --- state ---

    async def apps(self, _: web.Request) -> Any:
        """Returns what an app needs to connect, for every app in every workspace."""
        return [
            {
                "team_id": state.team.id,
                "app_id": app.id,
                "name": app.name,
                "bot_token": app.bot_token,
                "app_token": app.app_token,
                "signing_secret": app.signing_secret,
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "sockets": self._slack.sockets(app).links,
            }
            for state, app in self._slack.teams.installed()
        ]

    async def state(self, _: web.Request) -> Any:
        """Everything, as JSON."""
        return self._slack.export()

    async def restore(self, request: web.Request) -> Any:
        """Make everything as it was."""
        await self._slack.restore(await _body(request))
        return {"ok": True}

    async def reset(self, _: web.Request) -> Any:
        """Begin again with the seed."""
        await self._slack.reset()
        return {"ok": True}

    # --- what goes wrong ---

    async def script(self, request: web.Request) -> Any:
        """Begin to carry out a script."""
        steps = read_script(await _body(request))
        self._slack.run(steps)
        return {"ok": True, "steps": len(steps)}

    async def faults(self, _: web.Request) -> Any:
        """Returns what has yet to go wrong."""
        waiting = [{"method": method} | asdict(fault) for method, fault in self._slack.faults.waiting]
        return {"calls": waiting, "lost_acks": self._slack.faults.lost_acks}

    async def clear(self, _: web.Request) -> Any:
        """Call it off."""
        self._slack.director.clear()
        return {"ok": True}

    async def time(self, _: web.Request) -> Any:
        """The workspaces' time, and how fast it runs."""
        return {"now": self._slack.clock(), "speed": self._slack.clock.speed}

    async def set_time(self, request: web.Request) -> Any:
        """Advance it by seconds, or let it run at another speed."""
        wanted = _object(await _body(request))
        if unknown := set(wanted) - {"speed", "advance"}:
            raise WorkspaceError(f"time has no {min(unknown)}: set its speed, or advance it by seconds")
        self._slack.run(read_script([{name: value} for name, value in wanted.items()]))
        return await self.time(request)

    # --- the record ---

    async def calls(self, request: web.Request) -> Any:
        """The latest calls of the Web API, or of one method."""
        method = request.query.get("method")
        return [asdict(call) for call in self._slack.traffic.calls if method in (None, call.method)]

    async def deliveries(self, _: web.Request) -> Any:
        """The latest steps of deliveries to apps."""
        return [asdict(delivery) for delivery in self._slack.traffic.deliveries]

    async def limits(self, _: web.Request) -> Any:
        """Returns what each app has left of what it has used, by workspace and app."""
        return {
            f"{state.team.id} {app.id}": {
                name: budget._asdict() for name, budget in self._slack.budgets(state, app).items()
            }
            for state, app in self._slack.teams.installed()
        }

    # --- deliveries, and people ---

    async def redeliver(self, request: web.Request) -> Any:
        """Deliver again what was told of a message."""
        wanted = _object(await _body(request))
        times = wanted.get("times", 1)
        if not isinstance(times, int) or not 0 < times <= MOST_TIMES:
            raise WorkspaceError(f"times is a whole number from 1 to {MOST_TIMES}")
        return {"sent": await self._slack.redeliver(str(wanted.get("ts")), times=times)}

    async def request_url(self, request: web.Request) -> Any:
        """Deliver to an app over HTTP, or over sockets again."""
        wanted = _object(await _body(request))
        app = self._slack.teams.app(str(wanted.get("app", self._slack.app.id)))
        urls = {
            name: str(wanted[name]) for name in ("events", "interactivity", "commands") if wanted.get(name)
        }
        if urls and "events" not in urls:
            raise WorkspaceError("events is needed: the address that answers Slack's challenge")
        await self._slack.use_addresses(app, Addresses(**urls) if urls else None)
        return {"ok": True}

    async def people(self, request: web.Request) -> Any:
        """Let a person do something: the name of what, and its arguments, as the Python API has them."""
        wanted = _object(await _body(request))
        people = self._slack.people(str(wanted.pop("team", self._slack.state.team.id)))
        name = str(wanted.pop("do", None))
        if name not in DOABLE:
            raise WorkspaceError(f"people cannot {name}: choose among {', '.join(sorted(DOABLE))}")
        work = getattr(people, name)
        _check_kinds(name, work, wanted)
        try:
            return {"ok": True, "result": await work(**wanted)}
        except TypeError as error:
            raise WorkspaceError(f"{name}: {error}") from None


ROUTES: dict[tuple[str, str], Callable[[Control, web.Request], Awaitable[Any]]] = {
    ("GET", "apps"): Control.apps,
    ("GET", "state"): Control.state,
    ("PUT", "state"): Control.restore,
    ("POST", "reset"): Control.reset,
    ("POST", "script"): Control.script,
    ("GET", "faults"): Control.faults,
    ("DELETE", "faults"): Control.clear,
    ("GET", "time"): Control.time,
    ("POST", "time"): Control.set_time,
    ("GET", "calls"): Control.calls,
    ("GET", "deliveries"): Control.deliveries,
    ("GET", "limits"): Control.limits,
    ("POST", "redeliver"): Control.redeliver,
    ("POST", "request_url"): Control.request_url,
    ("POST", "people"): Control.people,
}
DOABLE = frozenset(
    {
        "choose_shortcut",
        "close_view",
        "command",
        "delete",
        "edit",
        "forward",
        "press",
        "press_in_view",
        "react",
        "say",
        "stop_session",
        "submit",
        "suggestions",
        "unreact",
    }
)


def _check_kinds(name: str, work: Callable[..., object], given: Json) -> None:
    """WorkspaceError where an argument is not of the kind that the Python API says."""
    for each in signature(work).parameters.values():
        what, fits = KINDS.get(str(each.annotation).removesuffix(" | None"), ANYTHING)
        value = given.get(each.name)
        if value is not None and not fits(value):
            raise WorkspaceError(f"{name}: {each.name} has to be {what}")


def _are_two_texts(value: object) -> bool:
    texts = as_list(value)
    return texts is not None and [type(each) for each in texts] == [str, str]


ANYTHING: tuple[str, Callable[[object], bool]] = ("anything", lambda _: True)
KINDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "str": ("text", lambda value: isinstance(value, str)),
    "bool": ("true or false", lambda value: isinstance(value, bool)),
    "tuple[str, str]": ("a channel and a ts", _are_two_texts),
    "Mapping[str, object]": ("an object", lambda value: as_object(value) is not None),
}
"""Says what an argument may be, by its annotation."""


def _answering(
    work: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await work(request))
        except WorkspaceError as error:
            return web.json_response({"ok": False, "error": str(error)}, status=400)

    return answer


async def _body(request: web.Request) -> Any:
    try:
        text = await request.text()
        # YAML would read JSON as well, but takes seconds for an export.
        return json.loads(text) if request.content_type == "application/json" else yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        raise WorkspaceError(f"the body is neither JSON nor YAML: {' '.join(str(error).split())}") from None


def _object(value: Any) -> Json:
    found = as_object(value)
    if found is None:
        raise WorkspaceError("the body has to be an object")
    return found
