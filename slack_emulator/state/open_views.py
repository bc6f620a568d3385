"""Modals and app homes: what is open in front of whom.

views.open ──► shown ──views.push──► another on top of it ──submit or close──► gone
                 └──views.update (its hash must be the newest)──► shown
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from slack_emulator.blocks.block_kit import VIEW_BLOCKS, block_flaws
from slack_emulator.errors import Refused
from slack_emulator.json_values import as_objects
from slack_emulator.state.models import View

if TYPE_CHECKING:
    from collections.abc import Container

    from slack_emulator.json_values import Json
    from slack_emulator.state.triggers import Trigger

MOST_STACKED = 3  # modals on top of each other: the modals page
MOST_SIZE = 250_000  # bytes of a view's JSON: the methods' pages


class Views:
    """All views of a workspace. `homes` are by app and person."""

    def __init__(self) -> None:
        self.open: dict[str, View] = {}
        self.homes: dict[tuple[str, str], View] = {}

    def show(self, app_id: str, user: str, content: Json, *, on: View | None = None, tab: str = "") -> View:
        """Open a modal in front of a person, in that tab; or push one `on` another, where that stands."""
        check_view(content, "modal")
        self._check_external_id(app_id, content)
        tab = tab if on is None else on.tab
        if len(self.stack(app_id, user, tab)) >= MOST_STACKED:
            raise Refused("push_limit_reached")
        new = replace(_view(app_id, user, content), tab=tab)
        if on is not None:
            new = replace(new, root_id=on.root_id, previous_id=on.id)
        self.open[new.id] = new
        return new

    def stack(self, app_id: str, user: str, tab: str = "") -> list[View]:
        """The modals of one app that a person has open in one tab, the uppermost last."""
        key = app_id, user, tab
        return [view for view in self.open.values() if (view.app_id, view.user, view.tab) == key]

    def below(self, trigger: Trigger) -> View | None:
        """The modal that another is pushed on by that trigger: the uppermost where it came from. None where there is none."""
        origin = self.open.get(trigger.view_id or "")
        stack = self.stack(trigger.app_id, trigger.user, origin.tab if origin else trigger.tab)
        return stack[-1] if stack and trigger.view_id else None

    def abandon(self, user: str, present: Container[str]) -> None:
        """Forget the modals of a person in tabs that are not `present` any more."""
        self.open = {
            key: view
            for key, view in self.open.items()
            if view.user != user or not view.tab or view.tab in present
        }

    def seen_by(self, user: str) -> list[View]:
        """All that a person sees: the homes, and the modals that are open, the uppermost last."""
        return [view for view in (*self.homes.values(), *self.open.values()) if view.user == user]

    def update(self, old: View, content: Json, *, hash_: str | None = None) -> View:
        """Give a view a new content. With a hash, only while nobody else has done so."""
        if hash_ is not None and hash_ != old.hash:
            raise Refused("hash_conflict")
        check_view(content, old.content["type"])
        new = replace(old, content=content, hash=_hash())
        self.put(new)
        return new

    def put(self, view: View) -> None:
        """Let a view be as it is given."""
        if view.content["type"] == "home":
            self.homes[view.app_id, view.user] = view
        else:
            self.open[view.id] = view

    def fill(self, view: View, values: Json) -> View:
        """A view with what a person has put into it."""
        filled = replace(view, values=values)
        self.put(filled)
        return filled

    def publish(self, app_id: str, user: str, content: Json, *, hash_: str | None = None) -> View:
        """Let a person see that in the app's home."""
        check_view(content, "home")
        old = self.homes.get((app_id, user))
        if old is not None:
            return self.update(old, content, hash_=hash_)
        self.homes[app_id, user] = new = _view(app_id, user, content)
        return new

    def close(self, view: View, *, everything: bool = False) -> list[View]:
        """Take a modal away, and what is on top of it; or all of that app's in its tab. Answers what went, uppermost first."""
        stack = self.stack(view.app_id, view.user, view.tab)
        going = stack if everything else stack[stack.index(view) :]
        for each in going:
            del self.open[each.id]
        return going[::-1]

    def forget(self, app_id: str) -> None:
        """Take away all views of an app that is no longer there."""
        self.open = {key: view for key, view in self.open.items() if view.app_id != app_id}
        self.homes = {key: view for key, view in self.homes.items() if view.app_id != app_id}

    def named(self, app_id: str, *, view_id: str | None, external_id: str | None) -> View:
        """The view of that id, or of that id of the app's own; `not_found` otherwise."""
        for view in (*self.open.values(), *self.homes.values()):
            own = external_id and view.content.get("external_id") == external_id
            if view.app_id == app_id and (view.id == view_id or own):
                return view
        raise Refused("not_found")

    def _check_external_id(self, app_id: str, content: Json) -> None:
        wanted = content.get("external_id")
        taken = [view.content.get("external_id") for view in self.open.values() if view.app_id == app_id]
        if wanted and wanted in taken:
            raise Refused("duplicate_external_id")


def _view(app_id: str, user: str, content: Json) -> View:
    id_ = f"V{uuid4().hex[:10].upper()}"
    return View(id_, app_id, user, content, _hash(), root_id=id_)


def _hash() -> str:
    return f"{uuid4().int % 10**10}.{uuid4().hex[:8]}"


def check_view(content: Json, kind: str) -> None:
    """Refuse a view Slack would refuse: of another type, too large, a modal without a title or a way to submit."""
    if content.get("type") != kind:
        raise _flaw(f"a view of type {kind} is needed", "/view/type")
    if len(json.dumps(content).encode()) > MOST_SIZE:
        raise Refused("view_too_large")
    if kind == "modal" and not content.get("title"):
        raise _flaw("missing required field: title", "/view")
    if not isinstance(content.get("blocks"), list):
        raise _flaw("missing required field: blocks", "/view")
    if flaw := next(block_flaws(as_objects(content["blocks"]), VIEW_BLOCKS), None):
        raise _flaw(flaw.words, f"/view{flaw.pointer}")
    inputs = any(block.get("type") == "input" for block in as_objects(content["blocks"]))
    if kind == "modal" and inputs and not content.get("submit"):
        raise _flaw("a modal with input blocks needs a submit button", "/view/submit")


def _flaw(words: str, place: str) -> Refused:
    return Refused("invalid_arguments", f"[ERROR] {words} [json-pointer:{place}]")
