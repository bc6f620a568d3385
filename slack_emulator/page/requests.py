"""Carries out what a page asks for on behalf of its person.

page -> server   {"type": "post" | "edit" | "delete" | "react" | "press" | …, "channel", …}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from slack_emulator.errors import Refused
from slack_emulator.json_values import as_object
from slack_emulator.page.html.composition_objects import words_of
from slack_emulator.page.html.unchecked_json import text_of
from slack_emulator.state.message_edits import users_of
from slack_emulator.web_api.arguments import Arguments

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from slack_emulator.actors.interactions import Interactions
    from slack_emulator.json_values import Json

    Wish: TypeAlias = "Callable[[Interactions, str, PageWish], Awaitable[Json | None]]"

PLAIN = {
    "invalid_arguments": "The page sent something the workspace does not understand.",
    "no_text": "There is nothing to send yet.",
    "msg_too_long": "That message is too long.",
    "channel_not_found": "That conversation is no longer there.",
    "not_in_channel": "You are not in that conversation.",
    "message_not_found": "That message is no longer there.",
    "cant_update_message": "Only your own messages can be edited.",
    "cant_delete_message": "Only your own messages and an app's can be deleted.",
    "action_not_found": "The app has taken that button away.",
    "invalid_option": "That choice is no longer there.",
    "not_found": "That window is no longer open.",
    "operation_timeout": "The app did not answer in time. Try again.",
    "session_not_found": "There is nothing to stop any more.",
}


def in_words(refused: Refused) -> str:
    """Returns why something did not work, for the person on the page."""
    return PLAIN.get(refused.code, f"That did not work: {refused.code}.")


class PageWish(Arguments):
    """Holds what a page asks, and the `tab` of a browser that the page stands in; "" where nobody knows."""

    def __init__(self, values: Mapping[str, Any], tab: str = "") -> None:
        super().__init__(values)
        self.tab = tab


async def fulfil(people: Interactions, user: str, wish: PageWish) -> Json | None:
    """Do for `user` what the page asks, and answer the frame it waits for, if any; `Refused` where that cannot be done."""
    kind = wish.text("type")
    if kind not in WISHES:
        raise Refused("invalid_arguments")
    return await WISHES[kind](people, user, wish)


async def _post(people: Interactions, user: str, wish: PageWish) -> None:
    await people.say(wish.needed("channel"), user, wish.text("text") or "", wish.text("thread_ts"))


async def _edit(people: Interactions, user: str, wish: PageWish) -> None:
    await people.edit(wish.needed("channel"), wish.needed("ts"), wish.text("text") or "", user=user)


async def _delete(people: Interactions, user: str, wish: PageWish) -> None:
    await people.delete(wish.needed("channel"), wish.needed("ts"), user=user)


async def _react(people: Interactions, user: str, wish: PageWish) -> None:
    """Put an emoji there, or take one's own back."""
    channel, ts, name = wish.needed("channel"), wish.needed("ts"), wish.needed("name")
    is_there = user in users_of(people.state.message(channel, ts), name)
    await (people.unreact if is_there else people.react)(channel, ts, user, name)


async def _press(people: Interactions, user: str, wish: PageWish) -> None:
    """Use an element of a message, or of a view."""
    action, value, tab = wish.needed("action_id"), wish.values.get("value"), wish.tab
    if view_id := wish.text("view_id"):
        await people.press_in_view(view_id, user, action, value=value, tab=tab)
    else:
        await people.press(wish.needed("channel"), wish.needed("ts"), user, action, value=value, tab=tab)


async def _suggest(people: Interactions, user: str, wish: PageWish) -> Json:
    """The options that only the app knows."""
    view_id, action_id = wish.needed("view_id"), wish.needed("action_id")
    found = await people.suggestions(view_id, user, action_id, wish.text("typed") or "")
    options = [{"text": words_of(each.get("text")), "value": text_of(each.get("value"))} for each in found]
    return {"type": "suggestions", "view_id": view_id, "action_id": action_id, "options": options}


async def _submit(people: Interactions, user: str, wish: PageWish) -> None:
    given = as_object(wish.values.get("given")) or {}
    await people.submit(wish.needed("view_id"), user, given, tab=wish.tab)


async def _close_view(people: Interactions, user: str, wish: PageWish) -> None:
    await people.close_view(wish.needed("view_id"), user, everything=wish.flag("everything"))


async def _command(people: Interactions, user: str, wish: PageWish) -> None:
    await people.command(wish.needed("channel"), user, wish.needed("text"), tab=wish.tab)


async def _stop(people: Interactions, user: str, wish: PageWish) -> None:
    await people.stop_session(wish.needed("channel"), user, wish.needed("thread_ts"))


async def _visit(people: Interactions, user: str, wish: PageWish) -> None:
    """Look at an app's home, or at what was said with it."""
    other = people.place(wish.needed("channel")).other(user)
    app = people.state.app_of(other or "")
    if app is not None:
        await people.open_home(user, app, tab=wish.text("tab") or "messages")


async def _write_to(people: Interactions, user: str, wish: PageWish) -> Json:
    return {"type": "opened", "channel": await people.write_to(user, wish.needed("user"))}


WISHES: dict[str, Wish] = {
    "close_view": _close_view,
    "command": _command,
    "delete": _delete,
    "edit": _edit,
    "post": _post,
    "press": _press,
    "react": _react,
    "stop": _stop,
    "submit": _submit,
    "suggest": _suggest,
    "visit": _visit,
    "write_to": _write_to,
}
