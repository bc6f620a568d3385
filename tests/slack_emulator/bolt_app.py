"""A Slack app made with Bolt for Python alone: the same one as node/app.cjs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from slack_emulator.server import Workspace


def behind(app: AsyncApp) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The request URL of an app."""

    async def receive(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    return receive


def buttons(**named: str) -> dict[str, Any]:
    """A row of buttons: what each is called, by its action_id."""
    texts = {action: {"type": "plain_text", "text": text} for action, text in named.items()}
    elements = [{"type": "button", "action_id": action, "text": text} for action, text in texts.items()]
    return {"type": "actions", "block_id": "buttons", "elements": elements}


MODAL = {
    "type": "modal",
    "callback_id": "question",
    "title": {"type": "plain_text", "text": "A question"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Why?"},
            "element": {"type": "plain_text_input", "action_id": "because"},
        }
    ],
}


async def edit(client: AsyncWebClient, event: dict[str, Any], team: str) -> None:
    answer = await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text="0")
    for number in range(1, 6):
        await client.chat_update(channel=event["channel"], ts=answer["ts"], text=f"edited {number} times")


async def stream(client: AsyncWebClient, event: dict[str, Any], team: str) -> None:
    growing = await client.chat_stream(
        channel=event["channel"],
        thread_ts=event["ts"],
        recipient_user_id=event["user"],
        recipient_team_id=team,
        buffer_size=4,
    )
    for text in ("Water ", "is ", "**wet**"):
        await growing.append(markdown_text=text)
    await growing.stop(blocks=[buttons(good="Good")])


async def button(client: AsyncWebClient, event: dict[str, Any], team: str) -> None:
    blocks = [buttons(go="Go", ask="Ask")]
    await client.chat_postMessage(
        channel=event["channel"], thread_ts=event["ts"], text="press", blocks=blocks
    )


async def file(client: AsyncWebClient, event: dict[str, Any], team: str) -> None:
    await client.files_upload_v2(
        channel=event["channel"],
        thread_ts=event["ts"],
        filename="song.txt",
        title="A song",
        initial_comment="here it is",
        content="Water, water",
    )


ANSWERS = {"edit": edit, "stream": stream, "button": button, "file": file}


def made(slack: Workspace) -> AsyncApp:
    """The app, for that workspace."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    app = AsyncApp(client=client, signing_secret=slack.app.signing_secret)
    listens(app, client)
    asks(app, client)
    return app


def listens(app: AsyncApp, client: AsyncWebClient) -> None:
    """What it answers to what is said and pressed in messages."""

    @app.event("app_mention")
    async def mention(event: dict[str, Any], body: dict[str, Any]) -> None:
        await ANSWERS[event["text"].split()[-1]](client, event, body["team_id"])

    @app.event("message")
    async def message() -> None: ...

    @app.action("good")
    async def good(ack: Any) -> None:
        await ack()

    @app.action("go")
    async def go(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        await ack()
        await respond(replace_original=True, text=f"gone, thanks to {body['user']['name']}")


def asks(app: AsyncApp, client: AsyncWebClient) -> None:
    """Its modal, and its command."""

    @app.action("ask")
    async def ask(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    @app.view("question")
    async def question(ack: Any, view: dict[str, Any], body: dict[str, Any]) -> None:
        because = view["state"]["values"]["why"]["because"]["value"]
        if not because:
            await ack(response_action="errors", errors={"why": "Do say."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"because {because}")

    @app.command("/ask")
    async def command(ack: Any, command: dict[str, Any], respond: Any) -> None:
        await ack(response_type="ephemeral", text=f"asked {command['text']}")
        await respond(response_type="in_channel", text=f"{command['user_name']} asked {command['text']}")
