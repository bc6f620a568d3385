"""Does for people what they do in the workspace: write, change their minds, attach files, forward, react, open and stop.

A channel may be named by its id, "general" or "#general", a person by id or handle. Text is what somebody types:
`@Teleprinter` becomes a mention, & < > are escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from slack_emulator.blocks.typed_text import composed
from slack_emulator.errors import Refused
from slack_emulator.payloads.forwarded import forwarded_json
from slack_emulator.state.changes import Posted, Told
from slack_emulator.state.models import Channel, File, Message, MessageEdit, mimetype_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import App, User
    from slack_emulator.state.workspace import WorkspaceState

DEED = "/me "
MOST_TEXT = 12_000  # characters; Slack's own composer takes as many


class People:
    """Acts for people. Async throughout, as a call to a workspace is; none of it waits."""

    def __init__(
        self,
        state: WorkspaceState,
        *,
        clock: Callable[[], float],
        publish: Callable[[Sequence[WorkspaceChange]], None],
    ) -> None:
        self.state = state
        self._clock = clock
        self._publish = publish

    # --- acting ---

    async def say(self, channel: str, user: str, text: str, thread_ts: str | None = None) -> str:
        """Post a message as a person; answers its ts. What begins with `/me` is a deed of theirs, as on Slack."""
        if text.startswith(DEED):
            return self._say(channel, user, text.removeprefix(DEED), thread_ts, subtype="me_message")
        return self._say(channel, user, text, thread_ts)

    async def say_through(
        self, app: App, channel: str, user: str, text: str, thread_ts: str | None = None
    ) -> str:
        """Post a message as a person, with their own token, through an app: Slack marks it as that app's as well."""
        return self._say(channel, user, text, thread_ts, app_id=app.id)

    async def upload(
        self,
        channel: str,
        user: str,
        name: str,
        text: str = "",
        thread_ts: str | None = None,
        *,
        content: bytes = b"(no more than its name)",
    ) -> str:
        """Post a message with a file attached."""
        return await self.share(channel, user, {name: content}, text, thread_ts)

    async def share(
        self,
        channel: str,
        user: str,
        contents: Mapping[str, bytes],
        text: str = "",
        thread_ts: str | None = None,
    ) -> str:
        """Post a message with files attached, by their names."""
        files = tuple(self._file(channel, user, name, content) for name, content in contents.items())
        ts = self._say(channel, user, text, thread_ts, files=files, subtype="file_share")
        for file, content in zip(files, contents.values(), strict=True):
            self.state.files[file.id], self.state.contents[file.id] = file, content
        return ts

    async def forward(
        self,
        channel: str,
        user: str,
        what: tuple[str, str],
        text: str = "",
        thread_ts: str | None = None,
    ) -> str:
        """Post a message that shows another one, by its channel and ts, below what the person says to it."""
        place, ts = what
        message = self.state.message(self._inside(place, user), ts)
        below = (forwarded_json(message, self.state),)
        return self._say(channel, user, text, thread_ts, attachments=below)

    def _file(self, channel: str, user: str, name: str, content: bytes) -> File:
        return File(
            id=f"F{uuid4().hex[:10].upper()}",
            name=name,
            mimetype=mimetype_of(name),
            size=len(content),
            user=self.person(user).id,
            created=int(self._clock()),
            channels=(self.place(channel).id,),
        )

    def _say(
        self,
        channel: str,
        user: str,
        text: str,
        thread_ts: str | None,
        *,
        files: tuple[File, ...] = (),
        attachments: tuple[Json, ...] = (),
        subtype: str | None = None,
        app_id: str | None = None,
    ) -> str:
        draft = Message(
            channel=self._inside(channel, user),
            ts="",
            user=self.person(user).id,
            text=self._composed(text, may_be_empty=bool(files or attachments)),
            thread_ts=thread_ts or None,
            app_id=app_id,
            client_msg_id=None if app_id else str(uuid4()),
            files=files,
            attachments=attachments,
            subtype=subtype,
        )
        happened = self.state.post(draft, self._clock())
        self._publish(happened)
        return next(each.message.ts for each in happened if isinstance(each, Posted))

    async def edit(self, channel: str, ts: str, text: str, *, user: str | None = None) -> None:
        """Change a message; its author does, or `user` tries to."""
        message = self.state.message(self.place(channel).id, ts)
        by = self.person(user).id if user else message.user
        change = MessageEdit(text=self._composed(text), blocks=())
        self._publish(self.state.update(message.channel, ts, change, by=by, now=self._clock()))

    async def delete(self, channel: str, ts: str, *, user: str | None = None) -> None:
        """Delete a message; its author does, or `user`. What an app said is deleted by a person, too."""
        message = self.state.message(self.place(channel).id, ts)
        by = user or (self._anybody() if message.app_id else message.user)
        self._publish(self.state.delete(message.channel, ts, by=self.person(by).id, now=self._clock()))

    async def react(self, channel: str, ts: str, user: str, name: str) -> None:
        """Put an emoji under a message."""
        place, person = self.place(channel).id, self.person(user).id
        self._publish(self.state.react(place, ts, name, by=person, now=self._clock()))

    async def unreact(self, channel: str, ts: str, user: str, name: str) -> None:
        """Take it back."""
        place, person = self.place(channel).id, self.person(user).id
        self._publish(self.state.unreact(place, ts, name, by=person, now=self._clock()))

    async def open_home(self, user: str, app: App, *, tab: str = "home") -> None:
        """Look at an app's home, or at its direct messages (`tab="messages"`)."""
        self._publish(self.state.home_opened(app, self.person(user).id, tab, self._clock()))

    async def write_to(self, user: str, *others: str) -> str:
        """Open the direct messages of a person with others; answers their id."""
        channel, happened = self.state.open_direct(self.person(each).id for each in (user, *others))
        self._publish(happened)
        return channel.id

    async def stop_session(self, channel: str, user: str, thread_ts: str) -> None:
        """Press Stop under an agent's answer: its streams end, and the app is told; the rest is the app's to do."""
        place, person = self.place(channel).id, self.person(user).id
        self._publish(self.state.stop_session(place, thread_ts, by=person, now=self._clock()))

    async def begin_thread(self, user: str, app: App, *, looking_at: str = "") -> str:
        """Open a new thread with an app that has the older assistant's view; answers the ts of its root."""
        person, direct = self.person(user).id, self.direct(user, app)
        root = Message(
            direct, "", app.bot_user_id, "New thread", subtype="assistant_app_thread", app_id=app.id
        )
        happened = self.state.post(root, self._clock())
        ts = next(each.message.ts for each in happened if isinstance(each, Posted))
        context = (
            {"channel_id": self.place(looking_at).id, "team_id": self.state.team.id} if looking_at else {}
        )
        thread = {"user_id": person, "context": context, "channel_id": direct, "thread_ts": ts}
        event = {"type": "assistant_thread_started", "assistant_thread": thread, "event_ts": ts}
        self._publish([*happened, Told(event, app.id)])
        return ts

    async def look_at(self, user: str, app: App, channel: str | None) -> None:
        """Go to a channel (None: nowhere) while an agent's direct messages stay open beside it. What is written to it from
        then on says so as well."""
        entity = channel and {"type": "slack#/types/channel_id", "value": self.place(channel).id}
        context = {"entities": [entity | {"team_id": self.state.team.id}]} if entity else {}
        self.state.opened[self.direct(user, app)] = context
        event = {
            "type": "app_context_changed",
            "channel": self.direct(user, app),
            "user": self.person(user).id,
            "context": context,
            "event_ts": self.state.next_ts(self._clock()),
        }
        self._publish([Told(event, app.id)])

    # --- looking ---

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """Returns what a channel shows, oldest first; or the replies in one of its threads, without the parent."""
        place = self.place(channel).id
        return self.state.replies(place, thread_ts) if thread_ts else self.state.history(place)

    def direct(self, user: str, app: App) -> str:
        """The id of a person's direct messages with an app."""
        channel = self.state.direct(self.person(user).id, app.bot_user_id)
        if channel is None:
            raise Refused("channel_not_found", f"{user} has no direct messages with {app.name}")
        return channel.id

    def place(self, name: str) -> Channel:
        """The channel of that id or name."""
        wanted = name.removeprefix("#")
        named = (channel for channel in self.state.channels.values() if channel.name == wanted)
        return next(named, None) or self.state.channel(name)

    def person(self, name: str) -> User:
        """The user of that id or handle."""
        named = (user for user in self.state.users.values() if user.name == name.lower())
        return next(named, None) or self.state.user(name)

    def _inside(self, channel: str, user: str) -> str:
        place = self.place(channel)
        if self.person(user).id not in place.members:
            raise Refused("not_in_channel")
        return place.id

    def _anybody(self) -> str:
        return next(user.id for user in self.state.users.values() if not user.is_bot)

    def _composed(self, text: str, *, may_be_empty: bool = False) -> str:
        typed = text.strip()
        if not typed and not may_be_empty:
            raise Refused("no_text")
        if len(typed) > MOST_TEXT:
            raise Refused("msg_too_long")
        return composed(typed, self.state.users.values())
