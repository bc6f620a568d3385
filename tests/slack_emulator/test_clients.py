"""Slack's own SDKs as independent clients: what Bolt for Python and Bolt for JavaScript live through here.

Four apps, each over Socket Mode and over HTTP, that do the same when they are asked. None of them shares a line with the
workspace, or knows that it is not Slack.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

from slack_emulator.seeding.seed import Seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import Changed, ViewGone, ViewRefused, ViewShown, Whispered
from slack_emulator.validation import checked
from slack_emulator.web_api.rate_limits import Limits
from tests.slack_emulator import npm
from tests.slack_emulator.bolt_app import behind, made
from tests.slack_emulator.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_emulator.state.changes import WorkspaceChange


MANIFEST = {
    "features": {"agent_view": {}, "slash_commands": [{"command": "/ask"}]},
    "oauth_config": {
        "scopes": {
            "bot": [
                "app_mentions:read",
                "channels:history",
                "chat:write",
                "commands",
                "files:write",
                "users:read",
            ]
        }
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_mention", "message.channels"]}},
}
SEED = checked(
    Seed,
    {
        "workspaces": [{"name": "Still", "people": [{"name": "ada"}], "channels": [{"name": "general"}]}],
        "apps": [{"name": "Mixer", "manifest": MANIFEST}],
    },
    "seed",
)


@asynccontextmanager
async def python_sockets(slack: Workspace) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(made(slack), slack.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def python_http(slack: Workspace) -> AsyncIterator[None]:
    async with served(behind(made(slack))) as url:
        await slack.use_request_url(url)
        yield


@asynccontextmanager
async def javascript(slack: Workspace, port: str = "") -> AsyncIterator[None]:
    """Bolt for JavaScript, in a process of its own."""
    environment = npm.environment(
        SLACK_API_URL=slack.api_url,
        SLACK_BOT_TOKEN=slack.app.bot_token,
        SLACK_APP_TOKEN=slack.app.app_token,
        SLACK_SIGNING_SECRET=slack.app.signing_secret,
        PORT=port,
    )
    script = str(npm.NODE / "app.cjs")
    process = await asyncio.create_subprocess_exec(
        npm.node(), script, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"ready\n"
        yield
    finally:
        process.kill()
        rest, _ = await process.communicate()
    assert rest.decode() == "", "a listener failed"


@asynccontextmanager
async def javascript_http(slack: Workspace, port: int) -> AsyncIterator[None]:
    async with javascript(slack, str(port)):
        await slack.use_request_url(f"http://127.0.0.1:{port}/slack/events")
        yield


@pytest.fixture(params=["python sockets", "python http", "javascript sockets", "javascript http"])
async def slack(request: pytest.FixtureRequest, unused_port: int) -> AsyncIterator[Workspace]:
    """A workspace, and one of the apps at work in it."""
    async with AsyncExitStack() as stack:
        workspace = await stack.enter_async_context(Workspace.start(seed=SEED, limits=Limits.off()))
        ways = {
            "python sockets": lambda: python_sockets(workspace),
            "python http": lambda: python_http(workspace),
            "javascript sockets": lambda: javascript(workspace),
            "javascript http": lambda: javascript_http(workspace, unused_port),
        }
        await stack.enter_async_context(ways[request.param]())
        yield workspace


async def asked(slack: Workspace, word: str) -> str:
    """The ts of a mention with that word."""
    return await slack.say("general", "ada", f"@Mixer {word}")


def texts(slack: Workspace, ts: str) -> list[str]:
    return [message.text for message in slack.messages("general", ts)]


async def test_a_mention_is_answered_with_five_edits(slack: Workspace) -> None:
    shown: list[str] = []

    def see(happening: WorkspaceChange) -> None:
        if isinstance(happening, Changed):
            shown.append(happening.message.text)

    slack.watch(see)
    ts = await asked(slack, "edit")
    await slack.wait_for(lambda: texts(slack, ts) == ["edited 5 times"])
    assert shown == [f"edited {number} times" for number in range(1, 6)]


async def test_a_native_stream_grows_and_ends(slack: Workspace) -> None:
    ts = await asked(slack, "stream")
    await slack.wait_for(
        lambda: any(each.streaming_state == "completed" for each in slack.messages("general", ts))
    )
    (message,) = slack.messages("general", ts)
    assert message.text == "Water is **wet**"
    assert [block["type"] for block in message.blocks or ()] == ["markdown", "actions"]
    assert {"chat.startStream", "chat.appendStream", "chat.stopStream"} <= {
        call.method for call in slack.calls
    }


async def test_a_button_pressed_is_answered_over_its_response_url(slack: Workspace) -> None:
    ts = await asked(slack, "button")
    (message,) = await slack.wait_for(lambda: slack.messages("general", ts))
    await slack.press("general", message.ts, "ada", "go")
    await slack.wait_for(lambda: texts(slack, ts) == ["gone, thanks to ada"])


async def test_a_button_opens_a_modal_that_is_refused_and_then_taken(slack: Workspace) -> None:
    happened: list[WorkspaceChange] = []
    slack.watch(happened.append)
    ts = await asked(slack, "button")
    (message,) = await slack.wait_for(lambda: slack.messages("general", ts))
    await slack.press("general", message.ts, "ada", "ask")
    (view,) = await slack.wait_for(lambda: list(slack.state.views.open.values()))
    await slack.submit(view.id, "ada")
    await slack.submit(view.id, "ada", {"because": "it rains"})
    direct = slack.direct("ada", slack.app)
    await slack.wait_for(lambda: [each.text for each in slack.messages(direct)] == ["because it rains"])
    views = [each for each in happened if isinstance(each, ViewShown | ViewRefused | ViewGone)]
    assert [type(each) for each in views] == [ViewShown, ViewRefused, ViewGone]
    assert slack.state.views.open == {}


async def test_a_file_is_uploaded_and_shared(slack: Workspace) -> None:
    ts = await asked(slack, "file")
    (message,) = await slack.wait_for(lambda: slack.messages("general", ts))
    (file,) = message.files
    assert (message.text, file.name, file.title) == ("here it is", "song.txt", "A song")
    assert slack.state.contents[file.id] == b"Water, water"


async def test_a_command_is_answered_to_one_and_then_to_all(slack: Workspace) -> None:
    whispered: list[str] = []

    def see(happening: WorkspaceChange) -> None:
        if isinstance(happening, Whispered):
            whispered.append(happening.message.text)

    slack.watch(see)
    await slack.command("general", "ada", "/ask why?")
    await slack.wait_for(lambda: [each.text for each in slack.messages("general")] == ["ada asked why?"])
    await slack.wait_for(lambda: whispered == ["asked why?"])
