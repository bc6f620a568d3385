"""A scenario under a policy, in real time: the real SDK, real sockets, and a local workspace that counts as Slack does.

Other bots' policies call the workspace through Slack's own client. Ours is not rebuilt: the whole bot runs, people mention
it, and a scripted model answers. Words are seen when the workspace shows them, whoever put them there.

    bot or policy ── AsyncWebClient ──► away: so many seconds ──► Workspace ──► what its readers see
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from benchmarks.measure import Figures
from benchmarks.scenarios import LATENCY
from benchmarks.simulate import OURS, POLICIES, play
from benchmarks.slacks import Limited
from bot.app import running
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.settings import Settings
from slack_emulator.errors import WorkspaceError
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Changed, Posted
from slack_emulator.state.models import Channel

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence
    from typing import Any

    from benchmarks.measure import Answer
    from benchmarks.policies import Show, Words
    from benchmarks.scenarios import Scenario
    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.models import Message

ASKER = "U0000000ADA"
KEPT = ("Authorization", "Content-Type", "Retry-After")  # headers that mean something to Slack or to its SDK
GIVE_UP = 240.0  # seconds after an answer's end at which what nobody has seen yet counts as lost


class WireSlack:
    """The workspace as a policy sees it. Each answer has a channel of its own, and a question there to reply to."""

    def __init__(self, workspace: Workspace, client: AsyncWebClient) -> None:
        self.workspace = workspace
        self._client = client
        self._answers: dict[str, Answer] = {}
        self._questions: dict[str, str] = {}
        self._clock = asyncio.get_running_loop().time
        workspace.watch(self._see)

    @property
    def calls(self) -> int:
        return len(self._statuses())

    @property
    def limited(self) -> int:
        return self._statuses().count(429)

    def open(self, channel: str, answer: Answer) -> None:
        """A new channel of that id, for `answer` to be seen in."""
        members = frozenset({ASKER, self.workspace.app.bot_user_id})
        place = Channel(channel, channel.lower(), "channel", members)
        self.workspace.publish(self.workspace.state.add_channel(place))
        self._answers[channel] = answer

    async def post(self, channel: str, answer: Answer, text: str) -> str:
        sent = await self._call("chat.postMessage", **await self._thread(channel, answer), **_content(text))
        return str(sent["ts"])

    async def update(self, channel: str, ts: str, answer: Answer, text: str) -> None:
        await self._call("chat.update", channel=channel, ts=ts, **_content(text))

    async def start(self, channel: str, answer: Answer, more: str) -> str:
        recipient = {"recipient_user_id": ASKER, "recipient_team_id": self.workspace.state.team.id}
        thread = await self._thread(channel, answer)
        return str((await self._call("chat.startStream", **thread, **recipient, **_chunks(more)))["ts"])

    async def append(self, channel: str, ts: str, answer: Answer, more: str) -> None:
        await self._call("chat.appendStream", channel=channel, ts=ts, **_chunks(more))

    async def stop(self, channel: str, ts: str, answer: Answer, more: str) -> None:
        await self._call("chat.stopStream", channel=channel, ts=ts, **_chunks(more))

    async def _thread(self, channel: str, answer: Answer) -> dict[str, str]:
        if channel not in self._questions:
            self.open(channel, answer)
            self._questions[channel] = await self.workspace.say(channel, ASKER, "What is new?")
        return {"channel": channel, "thread_ts": self._questions[channel]}

    async def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return await self._client.api_call(method, json=arguments)
        except SlackApiError as error:
            if error.response.status_code != 429:
                raise
            raise Limited(float(error.response.headers["Retry-After"])) from error

    def _see(self, happening: WorkspaceChange) -> None:
        match happening:
            case Posted(message) | Changed(message) if message.app_id and message.channel in self._answers:
                self._answers[message.channel].shows(message.ts, _shown(message), self._clock())
            case _:
                pass

    def _statuses(self) -> list[int]:
        return [call.status for call in self.workspace.calls if call.method.startswith("chat.")]


def _content(text: str) -> dict[str, Any]:
    """As a block, though most peers send `text`: that would be refused above 4,000 characters."""
    return {"blocks": [{"type": "markdown", "text": text}], "text": "…"}


def _chunks(more: str) -> dict[str, Any]:
    return {"chunks": [{"type": "markdown_text", "text": more}]} if more else {}


def _shown(message: Message) -> str:
    """The words of a message: in its blocks, beside which `text` is for notifications only."""
    return " ".join(str(block["text"]) for block in message.blocks or () if block["type"] == "markdown")


class _Script:
    """A model that answers with the words which belong to the channel that the question names."""

    label, caution, window = "a scripted model", None, None
    takes_images = False

    def __init__(self) -> None:
        self.words: dict[str, Words] = {}
        self.done: set[str] = set()

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        channel = messages[-1].text.split()[-1]
        async for word in self.words[channel]:
            yield Text(word)
        self.done.add(channel)
        yield Finish(Reason.STOP)


@asynccontextmanager
async def whole_bot(slack: WireSlack, api_url: str) -> AsyncGenerator[Show]:
    """Teleprinter itself, while the block runs: to show an answer is to mention it and see what happens."""
    model, workspace = _Script(), slack.workspace
    settings = Settings(
        slack_bot_token=workspace.app.bot_token,
        slack_app_token=workspace.app.app_token,
        slack_api_url=api_url,
        database=None,
    )

    async def show(channel: str, answer: Answer, words: Words) -> None:
        slack.open(channel, answer)
        model.words[channel] = words
        await workspace.say(channel, ASKER, f"@Teleprinter What is new in {channel}")
        # What is still unseen when this gives up is counted as lost.
        with suppress(WorkspaceError):
            await workspace.wait_for(lambda: channel in model.done and not answer.lost, within=GIVE_UP)

    async with running(settings, model):
        yield show


@asynccontextmanager
async def away(api_url: str, seconds: float) -> AsyncGenerator[str]:
    """The Web API at `api_url`, so many seconds away: yields a base URL where every call takes that much longer."""
    async with aiohttp.ClientSession(api_url, auto_decompress=False) as session:

        async def forward(request: web.Request) -> web.Response:
            body = await request.read()
            await asyncio.sleep(seconds)
            kept = {name: request.headers[name] for name in KEPT if name in request.headers}
            async with session.request(
                request.method, request.match_info["method"], params=request.query, data=body, headers=kept
            ) as answer:
                back = {name: answer.headers[name] for name in KEPT if name in answer.headers}
                return web.Response(status=answer.status, body=await answer.read(), headers=back)

        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_route("*", "/api/{method}", forward)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
        finally:
            await runner.cleanup()


async def measure(scenario: Scenario, name: str, *, latency: float = LATENCY) -> Figures:
    """The figures of a scenario under the policy of that name, in real time."""
    async with (
        Workspace.start() as workspace,
        away(workspace.api_url, latency) as api_url,
        aiohttp.ClientSession() as session,
    ):
        token = workspace.app.bot_token
        client = AsyncWebClient(token, base_url=api_url, session=session, retry_handlers=[])
        slack = WireSlack(workspace, client)
        policy = whole_bot(slack, api_url) if name == OURS else POLICIES[name](slack)
        answers = await play(scenario, policy)
        return Figures.of(answers, calls=slack.calls, limited=slack.limited)
