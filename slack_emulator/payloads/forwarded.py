"""A message that somebody forwards, as it hangs below the new one.

No page of Slack's describes it; the fields are those of payloads that people reported (slackapi/java-slack-sdk#1179,
slack-go/slack#282).
"""

from __future__ import annotations

from email.utils import formatdate
from typing import TYPE_CHECKING

from slack_emulator.payloads.object_payloads import message_json

if TYPE_CHECKING:
    from slack_emulator.json_values import Json
    from slack_emulator.state.models import Message
    from slack_emulator.state.workspace import WorkspaceState


def forwarded_json(message: Message, state: WorkspaceState) -> Json:
    """The attachment that shows `message` elsewhere, with its author, its blocks, its files and what hung below it."""
    told, author = message_json(message, state), state.user(message.user)
    channel = state.channel(message.channel)
    inner = {name: told[name] for name in ("blocks", "attachments") if name in told}
    block = {"team": state.team.id, "channel": message.channel, "ts": message.ts, "message": inner}
    date = formatdate(float(message.ts), usegmt=True)
    return {
        "id": 1,
        "ts": message.ts,
        "author_id": author.id,
        "author_name": author.real_name,
        "author_subname": author.real_name,
        "channel_id": message.channel,
        "channel_team": state.team.id,
        "is_msg_unfurl": True,
        "is_share": True,
        "message_blocks": [block],
        "files": told.get("files", []),
        "text": message.text,
        "fallback": f"[{date}] {author.name}: {message.text}",
        "from_url": f"{state.url}/archives/{message.channel}/p{message.ts.replace('.', '')}",
        "footer": f"Posted in #{channel.name}" if channel.name else "Direct message",
        "mrkdwn_in": ["text"],
    }
