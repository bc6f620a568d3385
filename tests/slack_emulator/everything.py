"""One of everything: a workspace in which each method answers once, and each event and payload is sent once."""

from __future__ import annotations

import json
import time
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from slack_emulator.seeding.seed import Seed
from slack_emulator.server import Workspace
from slack_emulator.state.models import SCOPES
from slack_emulator.validation import checked
from slack_emulator.web_api.rate_limits import Limits
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_emulator.json_values import Json

EVENTS = (
    "agent_session_stopped",
    "agent_session_title_changed",
    "app_context_changed",
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "assistant_thread_started",
    "channel_archive",
    "channel_created",
    "channel_rename",
    "channel_unarchive",
    "file_created",
    "file_deleted",
    "file_shared",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
    "reaction_removed",
    "tokens_revoked",
)
MANIFEST = {
    "features": {
        "agent_view": {},
        "slash_commands": [{"command": "/ask"}],
        "shortcuts": [
            {"callback_id": "anywhere", "name": "Anywhere", "type": "global"},
            {"callback_id": "here", "name": "Here", "type": "message"},
        ],
    },
    "settings": {"event_subscriptions": {"bot_events": list(EVENTS)}},
}
PEOPLE = [{"name": "ada", "email": "ada@still.example"}, {"name": "raj"}, {"name": "eve"}]
GENERAL, ADA, RAJ = "C000GENERAL", "U0000000ADA", "U0000000RAJ"
TEXT = {"type": "plain_text", "text": "Go"}
BUTTONS = {
    "type": "actions",
    "block_id": "b",
    "elements": [{"type": "button", "action_id": "go", "text": TEXT}],
}
WHY = {"type": "plain_text_input", "action_id": "because"}
WHO = {"type": "external_select", "action_id": "who"}
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "question",
    "title": TEXT,
    "submit": TEXT,
    "notify_on_close": True,
    "blocks": [
        {"type": "input", "block_id": "why", "label": TEXT, "element": WHY},
        {"type": "input", "block_id": "whom", "label": TEXT, "element": WHO, "optional": True},
        BUTTONS,
    ],
}
HOME = {"type": "home", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}}, BUTTONS]}


def seed() -> Seed:
    app = {"name": "Mixer", "manifest": MANIFEST | {"oauth_config": {"scopes": {"bot": list(SCOPES)}}}}
    homes = [{"name": "Still", "people": PEOPLE, "channels": [{"name": "general"}]}]
    return checked(Seed, {"workspaces": homes, "apps": [app]}, "seed")


async def take(request: web.Request) -> web.Response:
    """What the app does with whatever it is sent: it takes it, and offers one option where it is asked for some."""
    if request.content_type == "application/json":
        return web.json_response({"challenge": (await request.json()).get("challenge")})
    return web.json_response({"options": [{"text": TEXT, "value": RAJ}]})


class Everything:
    """An app's calls, and what they were answered."""

    def __init__(self, slack: Workspace, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.answers: dict[str, Json] = {}
        self._session = session

    async def call(self, method: str, *, token: str | None = None, **arguments: Any) -> Json:
        """Call a method as the JavaScript SDK does; what it answers is kept, and has to be ok."""
        fields = {
            name: value if isinstance(value, str) else json.dumps(value) for name, value in arguments.items()
        }
        headers = {"Authorization": f"Bearer {token or self.slack.app.bot_token}"}
        url = f"{self.slack.api_url}{method}"
        async with self._session.post(url, data=fields, headers=headers) as response:
            answer: Json = await response.json()
        assert answer["ok"], (method, answer)
        self.answers[method] = answer
        return answer

    async def happen(self) -> None:
        """Let everything happen."""
        asked = await self.slack.say("general", "ada", "@Mixer *hi*, see https://still.example")
        for part in (
            self._talk,
            self._stream,
            self._channels,
            self._people,
            self._files,
            self._views,
            self._agent,
        ):
            await part(asked)
        await self._go()

    async def _talk(self, asked: str) -> None:
        there = {"channel": GENERAL}
        blocks = [{"type": "markdown", "text": "**hi**"}, BUTTONS]
        metadata = {"event_type": "answer", "event_payload": {"id": "7"}}
        posted = await self.call(
            "chat.postMessage", **there, thread_ts=asked, text="hi", blocks=blocks, metadata=metadata
        )
        one = there | {"ts": posted["ts"]}
        await self.slack.say(self.slack.direct("ada", self.slack.app), "ada", "between us")
        await self.call("chat.update", **one, text="ho", blocks=blocks)
        await self.call("chat.postMessage", **there, thread_ts=asked, text="to all", reply_broadcast=True)
        await self.slack.say("general", "raj", "and I say", asked)
        await self.slack.press("general", posted["ts"], "ada", "go")
        await self.call("reactions.add", **there, timestamp=asked, name="eyes")
        await self.slack.react("general", asked, "raj", "+1")
        await self.call("reactions.get", **there, timestamp=asked)
        await self.call("reactions.list")
        await self.call("reactions.remove", **there, timestamp=asked, name="eyes")
        await self.call("conversations.history", **there)
        await self.call("conversations.replies", **there, ts=asked)
        await self.call("chat.getPermalink", **there, message_ts=posted["ts"])
        await self.call("chat.postEphemeral", **there, user=ADA, text="psst")
        await self.call("chat.meMessage", **there, text="waves")
        later = await self.call(
            "chat.scheduleMessage", **there, text="later", post_at=str(int(time.time()) + 60)
        )
        await self.call("chat.scheduledMessages.list")
        id_ = later["scheduled_message_id"]
        await self.call("chat.deleteScheduledMessage", **there, scheduled_message_id=id_)
        await self.slack.edit("general", asked, "@Mixer hi, as I said")
        await self.call("chat.delete", **one)

    async def _stream(self, asked: str) -> None:
        to = {"recipient_user_id": ADA, "recipient_team_id": self.slack.state.team.id}
        chunks = [
            {"type": "plan_update", "title": "How"},
            {"type": "task_update", "id": "t1", "title": "Look", "status": "in_progress", "details": "so"},
        ]
        there = {"channel": GENERAL}
        plan = {"task_display_mode": "plan"}
        started = await self.call("chat.startStream", **there, thread_ts=asked, chunks=chunks, **to, **plan)
        one = there | {"ts": started["ts"]}
        await self.call("chat.appendStream", **one, markdown_text="**water**")
        await self.call("chat.stopStream", **one, blocks=[BUTTONS])

    async def _channels(self, _: str) -> None:
        made = (await self.call("conversations.create", name="new"))["channel"]["id"]
        one = {"channel": made}
        await self.call("conversations.invite", **one, users=f"{ADA},{RAJ}")
        await self.call("conversations.kick", **one, user=RAJ)
        await self.call("conversations.setTopic", **one, topic="water")
        await self.call("conversations.setPurpose", **one, purpose="to drink")
        await self.call("conversations.rename", **one, name="newer")
        await self.call("conversations.info", **one, include_num_members=True)
        await self.call("conversations.members", **one)
        said = await self.slack.say("newer", "ada", "hi")
        await self.call("conversations.mark", **one, ts=said)
        await self.call("conversations.archive", **one)
        await self.call("conversations.unarchive", **one)
        await self.call("conversations.leave", **one)
        await self.call("conversations.join", **one)
        secret = (await self.call("conversations.create", name="secret", is_private=True))["channel"]["id"]
        await self.call("conversations.invite", channel=secret, users=ADA)
        await self.slack.say(secret, "ada", "psst")
        await self.call("conversations.list", types="public_channel,private_channel,im,mpim")
        await self.call("users.conversations")
        few = (await self.call("conversations.open", users=f"{ADA},{RAJ}", return_im=True))["channel"]["id"]
        await self.slack.say(few, "ada", "we three")
        await self.call("conversations.close", channel=few)

    async def _people(self, _: str) -> None:
        await self.call("api.test", foo="bar")
        await self.call("auth.test")
        await self.call("bots.info", bot=self.slack.app.bot_id)
        await self.call("team.info")
        self.slack.state.groups["S1"] = frozenset({ADA})
        await self.call("usergroups.users.list", usergroup="S1")
        await self.call("users.info", user=ADA)
        await self.call("users.list")
        await self.call("users.lookupByEmail", email="ada@still.example")
        await self.call("users.profile.get", user=ADA)
        await self.call("users.getPresence", user=ADA)
        await self.call("users.setPresence", presence="auto")
        await self.call("blocks.validate", blocks=[BUTTONS])

    async def _files(self, asked: str) -> None:
        begun = await self.call("files.getUploadURLExternal", filename="song.txt", length=5)
        async with self._session.post(begun["upload_url"], data=b"water"):
            pass
        files = [{"id": begun["file_id"], "title": "A song"}]
        await self.call("files.completeUploadExternal", files=files, channel_id=GENERAL, thread_ts=asked)
        await self.call("files.info", file=begun["file_id"])
        await self.call("files.list")
        await self.call("files.delete", file=begun["file_id"])
        await self.slack.upload("general", "ada", "heron.png", "look", content=b"...")

    async def _views(self, asked: str) -> None:
        await self.call("views.publish", user_id=ADA, view=HOME)
        await self.slack.open_home("ada", self.slack.app)
        home = self.slack.state.views.homes[self.slack.app.id, ADA]
        await self.slack.press_in_view(home.id, "ada", "go")
        await self.slack.command("general", "ada", "/ask why?")
        await self.slack.choose_shortcut("ada", "here", message=("general", asked))
        await self.slack.choose_shortcut("ada", "anywhere")
        opened = await self.call("views.open", trigger_id=self._trigger(), view=MODAL)
        id_ = opened["view"]["id"]
        await self.slack.press_in_view(id_, "ada", "go")
        pushed = await self.call("views.push", trigger_id=self._trigger(), view=MODAL)
        await self.slack.close_view(pushed["view"]["id"], "ada")
        await self.call("views.update", view_id=id_, view=MODAL, hash=opened["view"]["hash"])
        await self.slack.suggestions(id_, "ada", "who", "r")
        await self.slack.submit(id_, "ada", {"because": "so", "who": RAJ})

    def _trigger(self) -> str:
        """The latest trigger id that was delivered."""
        payloads = [delivery.payload for delivery in self.slack.traffic.deliveries]
        return str([payload["trigger_id"] for payload in payloads if "trigger_id" in payload][-1])

    async def _agent(self, asked: str) -> None:
        here = {"channel_id": GENERAL, "thread_ts": asked}
        prompt = {"title": "A song", "message": "Write one"}
        await self.call("assistant.threads.setStatus", **here, status="is thinking…")
        await self.call("assistant.threads.setTitle", **here, title="Water")
        await self.call("assistant.threads.setSuggestedPrompts", **here, prompts=[prompt])
        await self.call("agents.sessions.setStatus", **here, status="processing", title="Wetter")
        await self.call("agents.sessions.rename", **here, title="Water again")
        await self.slack.stop_session("general", "ada", asked)
        await self.slack.begin_thread("ada", self.slack.app, looking_at="general")
        await self.slack.look_at("ada", self.slack.app, "general")

    async def _go(self) -> None:
        app = self.slack.app
        delivered = [delivery.payload for delivery in self.slack.traffic.deliveries]
        context = next(payload["event_context"] for payload in delivered if "event_context" in payload)
        await self.call("apps.connections.open", token=app.app_token)
        await self.call("apps.event.authorizations.list", token=app.app_token, event_context=context)
        back = f"{self.slack.url}/oauth/v2/authorize?client_id={app.client_id}&scope=chat:write"
        async with self._session.get(back, allow_redirects=False) as agreed:
            code = agreed.headers["Location"].partition("code=")[2].partition("&")[0]
        secrets = {"client_id": app.client_id, "client_secret": app.client_secret}
        await self.call("oauth.v2.access", code=code, **secrets)
        await self.call("auth.revoke", test=True)
        await self.call("apps.uninstall", **secrets)


@asynccontextmanager
async def everything() -> AsyncIterator[Everything]:
    """A workspace in which everything has happened, and was taken by its app."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(Workspace.start(seed=seed(), limits=Limits.off()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        await slack.use_request_url(await stack.enter_async_context(served(take)))
        all_of_it = Everything(slack, session)
        await all_of_it.happen()
        deliveries = slack.traffic.deliveries
        sent = {delivery.id for delivery in deliveries}
        await slack.wait_for(lambda: sent == {each.id for each in deliveries if each.outcome == "acked"})
        yield all_of_it
