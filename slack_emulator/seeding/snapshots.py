"""A workspace as JSON, whole: to keep, to look at, and to make the same workspace of again.

What is under way (deliveries, trigger ids, calls counted against limits) is no part of it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from slack_emulator.disputed_rules import STRICT, Compat
from slack_emulator.json_values import Json
from slack_emulator.state.models import (
    App,
    Channel,
    File,
    Message,
    Scheduled,
    Session,
    Status,
    Team,
    User,
    View,
)
from slack_emulator.state.pending_posts import PendingPosts
from slack_emulator.state.workspace import WorkspaceState
from slack_emulator.validation import checked


@dataclass(frozen=True)
class Prompts:
    """Holds what can be asked with one press, in a channel or in a thread."""

    channel: str
    thread_ts: str
    prompts: list[Json]


@dataclass(frozen=True)
class Snapshot:
    """All that a workspace holds. Messages in the order of their ts; the bytes of files in base64, by their ids."""

    team: Team
    users: list[User]
    apps: list[App]
    channels: list[Channel]
    messages: list[Message]
    statuses: list[Status] = field(default_factory=list[Status])
    sessions: list[Session] = field(default_factory=list[Session])
    prompts: list[Prompts] = field(default_factory=list[Prompts])
    views: list[View] = field(default_factory=list[View])
    files: list[File] = field(default_factory=list[File])
    contents: dict[str, str] = field(default_factory=dict[str, str])
    scheduled: list[Scheduled] = field(default_factory=list[Scheduled])
    groups: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    readings: Compat = STRICT


def exported(state: WorkspaceState) -> Json:
    """The workspace as it is."""
    snapshot = Snapshot(
        team=state.team,
        users=list(state.users.values()),
        apps=list(state.apps.values()),
        channels=list(state.channels.values()),
        messages=sorted(state.messages(), key=lambda message: message.ts),
        statuses=list(state.statuses.values()),
        sessions=list(state.sessions.values()),
        prompts=[Prompts(*key, list(prompts)) for key, prompts in state.prompts.items()],
        views=[*state.views.open.values(), *state.views.homes.values()],
        files=list(state.files.values()),
        contents={file: base64.b64encode(content).decode() for file, content in state.contents.items()},
        scheduled=list(state.pending),
        groups={group: sorted(members) for group, members in state.groups.items()},
        readings=state.readings,
    )
    found: Json = TypeAdapter(Snapshot).dump_python(snapshot, mode="json")
    # Sets have no order; the same workspace is to be the same text.
    for unordered in [
        *(each["members"] for each in found["channels"]),
        *(each["subscriptions"] for each in found["apps"]),
    ]:
        unordered.sort()
    return found


def restored(value: object) -> WorkspaceState:
    """The workspace that an export is of; WorkspaceError says what is wrong with it."""
    snapshot = checked(Snapshot, value, "the exported workspace")
    state = WorkspaceState(snapshot.team, readings=snapshot.readings)
    state.users = {user.id: user for user in snapshot.users}
    state.apps = {app.id: app for app in snapshot.apps}
    state.channels = {channel.id: channel for channel in snapshot.channels}
    state.statuses = {(status.channel, status.thread_ts): status for status in snapshot.statuses}
    state.sessions = {(session.channel, session.thread_ts): session for session in snapshot.sessions}
    state.prompts = {(each.channel, each.thread_ts): tuple(each.prompts) for each in snapshot.prompts}
    state.files = {file.id: file for file in snapshot.files}
    state.contents = {file: base64.b64decode(content) for file, content in snapshot.contents.items()}
    state.pending = PendingPosts(snapshot.scheduled)
    state.groups = {group: frozenset(members) for group, members in snapshot.groups.items()}
    for message in snapshot.messages:
        state.put_back(message)
    for view in snapshot.views:
        state.views.put(view)
    return state
