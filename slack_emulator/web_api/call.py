"""One call of a Web API method, as the method sees it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from slack_emulator.errors import Refused
from slack_emulator.json_values import Json
from slack_emulator.state.changes import WorkspaceChange

if TYPE_CHECKING:
    from slack_emulator.state.models import App, Channel
    from slack_emulator.state.workspace import WorkspaceState
    from slack_emulator.web_api.arguments import Arguments

Item = TypeVar("Item")


@dataclass(slots=True)
class Call:
    """Says who calls, with what, when; and what came of it. `host` is the name the caller reached us by; `warnings` are
    Slack's, for an answer that is ok all the same.
    """

    args: Arguments
    app: App
    state: WorkspaceState
    now: float
    host: str = ""
    happened: list[WorkspaceChange] = field(default_factory=list[WorkspaceChange])
    warnings: list[str] = field(default_factory=list[str])

    def channel(self, name: str = "channel") -> Channel:
        """The channel named by an argument."""
        return self.state.channel(self.args.needed(name))

    def channel_inside(self, name: str = "channel") -> Channel:
        """The same, and the app has to be in it; somebody else's direct messages are not even there."""
        channel = self.channel(name)
        if self.app.bot_user_id in channel.members:
            return channel
        raise Refused("not_in_channel" if channel.public else "channel_not_found")


Method: TypeAlias = Callable[[Call], Json]


def page_of(
    items: Sequence[Item], key: Callable[[Item], str], call: Call, *, default: int, most: int
) -> tuple[list[Item], Json]:
    """One page of a listing, as `limit` and `cursor` ask, and the `response_metadata` that leads to the next.

    The cursor names the item the next page starts with, so that what comes in meanwhile moves nothing.
    """
    limit = call.args.whole("limit", default=default, most=most)
    start = _position(items, key, call.args.text("cursor"))
    rest = items[start + limit :]
    cursor = base64.b64encode(f"next:{key(rest[0])}".encode()).decode() if rest else ""
    return list(items[start : start + limit]), {"response_metadata": {"next_cursor": cursor}}


def _position(items: Sequence[Item], key: Callable[[Item], str], cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        wanted = base64.b64decode(cursor, validate=True).decode().removeprefix("next:")
    except ValueError:
        raise Refused("invalid_cursor") from None
    for index, item in enumerate(items):
        if key(item) == wanted:
            return index
    raise Refused("invalid_cursor")
