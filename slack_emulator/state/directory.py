"""Knows who is in a workspace, and where: people, apps, channels and direct messages.

Every change answers what happened, and raises `Refused` with Slack's error code where Slack would refuse.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from slack_emulator.errors import Refused
from slack_emulator.state.changes import HomeOpened, Joined, Left
from slack_emulator.state.models import Channel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import App, Team, User


class Directory:
    """One workspace without what was said in it. `url` is the server's address, for the links in what it answers."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self.url = "https://slack.invalid"
        self.users: dict[str, User] = {}
        self.apps: dict[str, App] = {}
        self.channels: dict[str, Channel] = {}
        self._last_micros = 0

    # --- looking ---

    def channel(self, channel: str) -> Channel:
        """The channel of that id; `channel_not_found` otherwise."""
        try:
            return self.channels[channel]
        except KeyError:
            raise Refused("channel_not_found") from None

    def user(self, user: str) -> User:
        """The user of that id; `user_not_found` otherwise."""
        try:
            return self.users[user]
        except KeyError:
            raise Refused("user_not_found") from None

    def app_of(self, user: str) -> App | None:
        """The app whose bot that user is."""
        return next((app for app in self.apps.values() if app.bot_user_id == user), None)

    def direct(self, *users: str) -> Channel | None:
        """The direct messages of these users, where they have any."""
        kind = "im" if len(set(users)) <= 2 else "mpim"
        named = frozenset(users)
        return next((c for c in self.channels.values() if c.kind == kind and c.members == named), None)

    # --- changing ---

    def next_ts(self, now: float) -> str:
        """A ts nobody has: later than all before it, and as near to `now` as that allows."""
        self._last_micros = max(self._last_micros + 1, int(now * 1_000_000))
        seconds, micros = divmod(self._last_micros, 1_000_000)
        return f"{seconds}.{micros:06d}"

    def later_than(self, ts: str) -> None:
        """Let every ts from now on be later than that one."""
        seconds, _, micros = ts.partition(".")
        self._last_micros = max(self._last_micros, int(seconds) * 1_000_000 + int(micros or 0))

    def add_user(self, user: User) -> None:
        self.users[user.id] = user

    def add_app(self, app: App, user: User) -> None:
        """Install an app; `user` is what its bot looks like."""
        self.add_user(user)
        self.apps[app.id] = app

    def add_channel(self, channel: Channel) -> list[WorkspaceChange]:
        """A channel as it is; no app is told."""
        self.channels[channel.id] = channel
        return [Joined(channel, member) for member in sorted(channel.members)]

    def open_direct(self, users: Iterable[str]) -> tuple[Channel, list[WorkspaceChange]]:
        """The direct messages of these users; they are made where there are none."""
        members = frozenset(self.user(user).id for user in users)
        found = self.direct(*members)
        if found is not None:
            return found, []
        kind, letter = ("im", "D") if len(members) <= 2 else ("mpim", "G")
        channel = Channel(id_of(letter, *sorted(members)), "", kind, members)
        return channel, self.add_channel(channel)

    def join(self, channel: str, user: str, *, now: float | None = None) -> list[WorkspaceChange]:
        """Nothing happens to somebody who is in already. Without `now` no app is told."""
        old = self.channel(channel)
        if user in old.members:
            return []
        new = self.put_channel(replace(old, members=old.members | {user}))
        return [Joined(new, user, "" if now is None else self.next_ts(now))]

    def leave(self, channel: str, user: str, now: float) -> list[WorkspaceChange]:
        """Nothing happens to somebody who is not in."""
        old = self.channel(channel)
        if user not in old.members:
            return []
        new = self.put_channel(replace(old, members=old.members - {user}))
        return [Left(new, user, self.next_ts(now))]

    def put_channel(self, channel: Channel) -> Channel:
        """Let a channel be as it is given."""
        self.channels[channel.id] = channel
        return channel

    def home_opened(self, app: App, user: str, tab: str, now: float) -> list[WorkspaceChange]:
        """`user` opened the app's home, or its direct messages."""
        channel = self.direct(user, app.bot_user_id)
        return [HomeOpened(app.id, user, channel.id if channel else "", tab, self.next_ts(now))]


def id_of(letter: str, *names: str) -> str:
    """An id like Slack's for what has these names: the same names, the same id."""
    digest = hashlib.blake2s("\n".join(names).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
    return f"{letter}0{digest[:9].upper()}"
