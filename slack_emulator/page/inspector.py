"""Holds what the page's inspector shows: each call and each delivery as it goes over the wire, and what is left of each budget.

    page -> server   {"type": "inspect", "on": true | false}, {"type": "budgets"}
    server -> page   {"type": "wire", "rows": […]}        the latest, then each one as it happens
                     {"type": "budgets", "budgets": […]}

A delivery has a row for each of its steps, all with one key: the page shows the newest.
"""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING

from slack_emulator.runtime.traffic import Called

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_emulator.json_values import Json
    from slack_emulator.runtime.traffic import Delivered, Seen, Traffic
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.arguments import Arguments
    from slack_emulator.web_api.rate_limits import Limits

KEPT = 300  # rows a page that opens the inspector is shown at once


class Inspector:
    """Keeps the latest rows, and tells whoever looks on of each new one."""

    def __init__(
        self, state: WorkspaceState, traffic: Traffic, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self._state = state
        self._limits = limits
        self._clock = clock
        self._numbers = count(1)
        self._rows: deque[Json] = deque(maxlen=KEPT)
        self._watchers: list[Callable[[Json], None]] = []
        traffic.watch(self._saw)

    def asked(self, wish: Arguments, put: Callable[[Json], None]) -> bool:
        """Tells whether the wish was for the inspector; if so it is fulfilled, by way of `put`. Neither may wait or fail."""
        kind = wish.text("type")
        if kind == "budgets":
            put(self.budgets())
        elif kind == "inspect":
            self.unwatch(put)
            if wish.flag("on"):
                put(wire(*self._rows))
                self._watchers.append(put)
        return kind in ("budgets", "inspect")

    def unwatch(self, put: Callable[[Json], None]) -> None:
        """Show no more; nothing happens where nothing was shown."""
        if put in self._watchers:
            self._watchers.remove(put)

    def budgets(self) -> Json:
        """Returns what each app has left of what it has used, the scarcest first."""
        now, team = self._clock(), self._state.team.id
        found = [
            (app, name, left)
            for app in self._state.apps.values()
            for name, left in self._limits.left(team, app.id, now).items()
        ]
        found.sort(key=lambda each: each[2].left / each[2].calls)
        shown = [{"app": app.name, "name": self._named(name)} | left._asdict() for app, name, left in found]
        return {"type": "budgets", "budgets": shown}

    def _named(self, name: str) -> str:
        """A budget of one channel says which, by its name."""
        method, _, channel = name.partition(" ")
        place = self._state.channels.get(channel)
        return f"{method} in #{place.name or channel}" if place else name

    def _saw(self, seen: Seen) -> None:
        row = self._row(seen)
        self._rows.append(row)
        for put in tuple(self._watchers):
            put(wire(row))

    def _row(self, seen: Seen) -> Json:
        app = self._state.apps.get(seen.app_id)
        row = call_row(seen, next(self._numbers)) if isinstance(seen, Called) else delivery_row(seen)
        return row | {"app": app.name if app else "", "at": seen.at}


def wire(*rows: Json) -> Json:
    """The frame that carries rows to a page."""
    return {"type": "wire", "rows": list(rows)}


def call_row(call: Called, number: int) -> Json:
    """An app calls."""
    return {
        "key": f"call {number}",
        "kind": "call",
        "name": call.method,
        "ok": call.error is None,
        "outcome": str(call.status) if call.error is None else call.error,
        "sent": call.args,
        "answer": call.answer,
    }


def delivery_row(delivery: Delivered) -> Json:
    """An app is told."""
    return {
        "key": delivery.id,
        "kind": delivery.way,
        "name": told(delivery.payload),
        "ok": delivery.outcome in ("sent", "acked"),
        "outcome": delivery.outcome,
        "attempt": delivery.attempt,
        "sent": delivery.payload,
        "answer": None,
    }


def told(payload: Json) -> str:
    """Returns what a payload is about, in Slack's own word for it."""
    event: Json = payload.get("event") or payload
    return str(payload.get("command") or event.get("subtype") or event.get("type"))
