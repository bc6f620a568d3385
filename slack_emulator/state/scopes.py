"""Says what an app has to be allowed before a method works for it: Slack's scopes, from the methods' pages, October 2026.

Where a method works on conversations, the scope is the one of that kind of conversation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

FAMILIES = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
READ, HISTORY, MANAGE, TOPIC = (
    ("read",),
    ("history",),
    ("manage", "write"),
    ("write.topic", "manage", "write"),
)

# One of these is enough; methods that are not here want none.
PLAIN: dict[str, tuple[str, ...]] = {
    "agents.sessions.rename": ("chat:write",),
    "agents.sessions.setStatus": ("chat:write",),
    "apps.connections.open": ("connections:write",),
    "assistant.threads.setStatus": ("chat:write", "assistant:write"),
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setTitle": ("assistant:write",),
    "bots.info": ("users:read",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.deleteScheduledMessage": ("chat:write",),
    "chat.meMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.scheduleMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.join": ("channels:join",),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "files.list": ("files:read",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.list": ("reactions:read",),
    "reactions.remove": ("reactions:write",),
    "team.info": ("team:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.getPresence": ("users:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "users.profile.get": ("users.profile:read", "users:read"),
    "users.setPresence": ("users:write",),
}
# By the kind of conversation: "channels:history" in a public channel, "im:history" in direct messages.
OF_KIND: dict[str, tuple[str, ...]] = {
    "conversations.archive": MANAGE,
    "conversations.close": ("write", "manage"),
    "conversations.create": MANAGE,
    "conversations.history": HISTORY,
    "conversations.info": READ,
    "conversations.invite": (*MANAGE, "write.invites"),
    "conversations.kick": MANAGE,
    "conversations.leave": MANAGE,
    "conversations.list": READ,
    "conversations.mark": MANAGE,
    "conversations.members": READ,
    "conversations.open": ("write",),
    "conversations.rename": MANAGE,
    "conversations.replies": HISTORY,
    "conversations.setPurpose": TOPIC,
    "conversations.setTopic": TOPIC,
    "conversations.unarchive": MANAGE,
    "users.conversations": READ,
}


# What an app has to be allowed to hear of an event; one of them is enough. From the events' pages.
EVENTS: dict[str, tuple[str, ...]] = {
    "agent_session_stopped": ("chat:write",),
    "agent_session_title_changed": ("chat:write",),
    "app_context_changed": ("assistant:write",),
    "app_mention": ("app_mentions:read",),
    "assistant_thread_started": ("assistant:write",),
    "channel_archive": ("channels:read",),
    "channel_created": ("channels:read",),
    "channel_rename": ("channels:read",),
    "channel_unarchive": ("channels:read",),
    "file_created": ("files:read",),
    "file_deleted": ("files:read",),
    "file_shared": ("files:read",),
    "group_archive": ("groups:read",),
    "group_unarchive": ("groups:read",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "message.im": ("im:history",),
    "message.mpim": ("mpim:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
}


def may_hear(event: str, granted: Collection[str]) -> bool:
    """Tells whether an app may be told of an event it has subscribed to. Slack lets nobody subscribe without the scope."""
    wanted = EVENTS.get(event)
    return wanted is None or bool(set(wanted) & set(granted))


def needed(method: str, kinds: Collection[str] = ()) -> tuple[str, ...]:
    """The scopes of which one is enough; for those kinds of conversations, or any where none is given."""
    if method not in OF_KIND:
        return PLAIN.get(method, ())
    families = [FAMILIES[kind] for kind in (kinds or FAMILIES)]
    return tuple(f"{family}:{right}" for family in families for right in OF_KIND[method])


def missing(method: str, kinds: Collection[str], granted: Collection[str]) -> str | None:
    """The scopes that would help, as Slack's `needed` has them; None where the app has one for every kind."""
    for wanted in [needed(method, [kind]) for kind in kinds] or [needed(method)]:
        if wanted and not set(wanted) & set(granted):
            return ",".join(wanted)
    return None
