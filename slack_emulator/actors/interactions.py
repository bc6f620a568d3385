"""Does for people what an app is asked about: pressing, opening, submitting, choosing, commanding; and what comes of it.

What an app opens for it stands in the `tab` of a browser where it was done; "", where no browser is in it, for wherever its person looks.
Each waits for the app's acknowledgement as Slack does, three seconds at most, save a button, whose presser waits for
nothing. `operation_timeout` where the app did not answer: the person is told so, and does it again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from slack_emulator.actors.people import People
from slack_emulator.blocks.interactive_elements import elements, used, values_of
from slack_emulator.delivery.transport import COMMANDS, INTERACTIVE, DeliveryFailed
from slack_emulator.errors import Refused
from slack_emulator.json_values import as_object, as_objects
from slack_emulator.payloads import interaction_payloads as interactions
from slack_emulator.payloads.object_payloads import with_ids
from slack_emulator.state.changes import ViewGone, ViewRefused, ViewShown
from slack_emulator.state.triggers import ResponseUrl
from slack_emulator.web_api.response_urls import answered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_emulator.delivery.retry_policy import RetryPolicy
    from slack_emulator.delivery.transport import Transport
    from slack_emulator.json_values import Json
    from slack_emulator.runtime.background_tasks import BackgroundTasks
    from slack_emulator.runtime.clock import Clock
    from slack_emulator.state.changes import Pressed, WorkspaceChange
    from slack_emulator.state.models import App, Command, Shortcut, View
    from slack_emulator.state.workspace import WorkspaceState

log = logging.getLogger(__name__)


class Interactions(People):
    """Acts for people, towards apps too."""

    def __init__(
        self,
        state: WorkspaceState,
        *,
        clock: Clock,
        publish: Callable[[Sequence[WorkspaceChange]], None],
        way: Callable[[str], Transport],
        background: BackgroundTasks,
        patience: RetryPolicy,
    ) -> None:
        super().__init__(state, clock=clock, publish=publish)
        self._way = way
        self._time = clock
        self._background = background
        self._patience = patience

    # --- messages ---

    async def press(
        self, channel: str, ts: str, user: str, action_id: str, *, value: object = None, tab: str = ""
    ) -> None:
        """Use an element of an app's message. `value` is what was chosen; a button brings its own."""
        pressed = self._pressed(channel, ts, user, action_id, value)
        app = self.state.apps[pressed.message.app_id or ""]
        payload = interactions.block_actions(pressed, app, self.state, self._until(), tab)
        self._publish([pressed])
        self._background.start(self._tell(app, payload))

    async def choose_shortcut(
        self, user: str, callback_id: str, *, message: tuple[str, str] | None = None
    ) -> None:
        """Choose a shortcut: a global one, or one of a message, by channel and ts."""
        app, chosen = self._shortcut(callback_id)
        person, at, until = self.person(user), self.state.next_ts(self._time()), self._until()
        if message is None:
            payload = interactions.shortcut(chosen, app, person, self.state, ts=at, until=until)
        else:
            about = self.state.message(self.place(message[0]).id, message[1])
            payload = interactions.message_action(chosen, about, app, person, self.state, ts=at, until=until)
        await self._ask(app, payload)

    async def command(self, channel: str, user: str, typed: str, *, tab: str = "") -> None:
        """Type a slash command: `/ask why?`. What the app answers at once appears in the channel."""
        name, _, text = typed.partition(" ")
        app, command = self._command(name)
        place, person, now = self.place(channel), self.person(user), self._time()
        payload = interactions.command(
            command, text.strip(), app, person, place, self.state, now=now, until=self._until(), tab=tab
        )
        answer = await self._ask(app, payload, COMMANDS)
        if answer.get("text") or answer.get("blocks"):
            where = ResponseUrl(app.id, person.id, place.id, now)
            self._publish(answered(self.state, where, answer, self._time()))

    # --- views ---

    async def press_in_view(
        self, view_id: str, user: str, action_id: str, *, value: object = None, tab: str = ""
    ) -> None:
        """Use an element of a modal, or of an app's home."""
        view, app = self._view(view_id, user)
        for block, element in elements(with_ids(view.content["blocks"])):
            if element.get("action_id") == action_id:
                action = used(block, element, value, self.state.next_ts(self._time()))
                payload = interactions.view_actions(view, action, app, self.state, self._until(), tab)
                await self._ask(app, payload)
                return
        raise Refused("action_not_found", f"the view has no element with the action_id {action_id}")

    async def suggestions(self, view_id: str, user: str, action_id: str, typed: str) -> list[Json]:
        """The options an app offers for what was typed into one of its selects."""
        view, app = self._view(view_id, user)
        for block, element in elements(with_ids(view.content["blocks"])):
            if element.get("action_id") == action_id:
                block_id = block["block_id"]
                answer = await self._ask(
                    app,
                    interactions.block_suggestion(
                        view, block_id, action_id, typed, app=app, state=self.state
                    ),
                )
                return as_objects(answer.get("options"))
        raise Refused("action_not_found", f"the view has no element with the action_id {action_id}")

    async def submit(
        self, view_id: str, user: str, given: Mapping[str, object] | None = None, *, tab: str = ""
    ) -> None:
        """Submit a modal with what was put into it, by block_id or action_id. The app closes it, or says what is wrong."""
        view, app = self._view(view_id, user)
        values = values_of(with_ids(view.content["blocks"]), given or {})
        view = self.state.views.fill(view, values)
        payload = interactions.view_submission(view, app, self.state, self._until(), tab)
        answer = await self._ask(app, payload)
        self._publish(self._submitted(view, answer))

    def _submitted(self, view: View, answer: Json) -> list[WorkspaceChange]:
        """Returns what the app's answer makes of a modal: it goes, unless the answer says otherwise."""
        action, views = answer.get("response_action"), self.state.views
        content = as_object(answer.get("view")) or {}
        if action == "errors":
            return [ViewRefused(view, view.user, as_object(answer.get("errors")) or {})]
        if action == "update":
            return [ViewShown(views.update(view, content), view.user)]
        if action == "push":
            return [ViewShown(views.show(view.app_id, view.user, content, on=view), view.user)]
        return [ViewGone(each, view.user) for each in views.close(view, everything=action == "clear")]

    async def close_view(self, view_id: str, user: str, *, everything: bool = False) -> None:
        """Close a modal, or all of that app's; the app is told where it asked for that."""
        view, app = self._view(view_id, user)
        gone = self.state.views.close(view, everything=everything)
        self._publish([ViewGone(each, view.user) for each in gone])
        for each in gone:
            if each.content.get("notify_on_close"):
                await self._ask(app, interactions.view_closed(each, app, self.state, cleared=everything))

    # --- asking ---

    def _until(self) -> float:
        return self._time.in_real(self._patience.trigger)

    async def _ask(self, app: App, payload: Json, kind: str = INTERACTIVE) -> Json:
        try:
            return await self._way(app.id).ask(payload, kind)
        except DeliveryFailed as failure:
            log.warning("interaction.failed", extra={"app": app.id, "kind": kind, "reason": failure.reason})
            raise Refused("operation_timeout", f"{app.name} did not answer ({failure.reason})") from failure

    async def _tell(self, app: App, payload: Json) -> None:
        """Ask, and leave it at that where the app does not answer: the warning is logged."""
        try:
            await self._ask(app, payload)
        except Refused:
            return

    def _pressed(self, channel: str, ts: str, user: str, action_id: str, value: object) -> Pressed:
        place, person = self.place(channel).id, self.person(user).id
        return self.state.press(place, ts, action_id, value, by=person, now=self._time())

    def _view(self, view_id: str, user: str) -> tuple[View, App]:
        person = self.person(user).id
        for view in (*self.state.views.open.values(), *self.state.views.homes.values()):
            if view.id == view_id and view.user == person:
                return view, self.state.apps[view.app_id]
        raise Refused("not_found", f"{user} has no view {view_id} open")

    def _command(self, name: str) -> tuple[App, Command]:
        for app in self.state.apps.values():
            for command in app.commands:
                if command.name == name:
                    return app, command
        raise Refused("invalid_command", f"{name} is not a command of any app here")

    def _shortcut(self, callback_id: str) -> tuple[App, Shortcut]:
        for app in self.state.apps.values():
            for each in app.shortcuts:
                if each.callback_id == callback_id:
                    return app, each
        raise Refused("invalid_shortcut", f"no app here has a shortcut {callback_id}")
