"""The Web API's methods, one module an area. Each is a plain function: a `Call` in, the fields of Slack's answer out.

What a method changes it adds to `call.happened`; where Slack would answer `ok: false` it raises `Refused`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.web_api.methods import (
    channels,
    chat,
    conversations,
    files,
    reactions,
    sessions,
    streams,
    views,
)
from slack_emulator.web_api.methods import users as people

if TYPE_CHECKING:
    from slack_emulator.web_api.call import Method

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
