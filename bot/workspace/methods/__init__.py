"""The Web API's methods, one module an area. Each is a plain function: a `Call` in, the fields of Slack's answer out.

What a method changes it adds to `call.happened`; where Slack would answer `ok: false` it raises `Refused`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.workspace.methods import (
    channels,
    chat,
    conversations,
    files,
    people,
    reactions,
    sessions,
    streams,
    views,
)

if TYPE_CHECKING:
    from bot.workspace.calls import Method

METHODS: dict[str, Method] = {
    **channels.METHODS,
    **chat.METHODS,
    **conversations.METHODS,
    **files.METHODS,
    **people.METHODS,
    **reactions.METHODS,
    **sessions.METHODS,
    **streams.METHODS,
    **views.METHODS,
}
"""All that need nothing but a workspace."""
