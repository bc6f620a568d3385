"""What people do that an app is asked about, and what comes of it. The app is Bolt's, over sockets."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.delivery.retry_policy import RetryPolicy
from slack_emulator.errors import Refused
from slack_emulator.seeding.seed import Seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import ViewGone, ViewShown
from slack_emulator.validation import checked
from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_emulator.state.changes import WorkspaceChange

TEXT = {"type": "plain_text", "text": "So?"}
WHY = {
    "type": "input",
    "block_id": "why",
    "label": TEXT,
    "element": {"type": "plain_text_input", "action_id": "w"},
}
WHO = {"type": "external_select", "action_id": "who"}
ROW = {"type": "actions", "elements": [{"type": "button", "action_id": "go", "text": TEXT}, WHO]}
MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "m",
    "title": TEXT,
    "submit": TEXT,
    "blocks": [WHY, ROW],
}
MANIFEST = {
    "features": {
        "slash_commands": [{"command": "/ask"}],
        "shortcuts": [
            {"callback_id": "anywhere", "name": "Anywhere", "type": "global"},
            {"callback_id": "here", "name": "Here", "type": "message"},
        ],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
}
HOMES = [{"name": "Still", "people": [{"name": "ada"}, {"name": "raj"}], "channels": [{"name": "general"}]}]
SEED = checked(Seed, {"workspaces": HOMES, "apps": [{"name": "Mixer", "manifest": MANIFEST}]}, "seed")


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    patience = RetryPolicy(deadline=5.0)
    async with Workspace.start(seed=SEED, limits=Limits.off(), patience=patience) as workspace:
        yield workspace


@pytest.fixture
def app(slack: Workspace) -> AsyncApp:
    return AsyncApp(client=AsyncWebClient(slack.app.bot_token, base_url=slack.api_url))


@asynccontextmanager
async def at_work(slack: Workspace, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.app.app_token)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await slack.wait_for(lambda: slack.links == 1)
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


async def opened(slack: Workspace, app: AsyncApp) -> str:
    """The id of a modal that the app has opened in front of Ada, at a global shortcut."""

    @app.shortcut("anywhere")
    async def anywhere(ack: Any, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)

    async with at_work(slack, app):
        await slack.choose_shortcut("ada", "anywhere")
        (view,) = await slack.wait_for(lambda: list(slack.state.views.open.values()))
    return view.id


async def test_a_shortcut_of_a_message_tells_which_message(slack: Workspace, app: AsyncApp) -> None:
    chosen: list[dict[str, Any]] = []

    @app.shortcut("here")
    async def here(ack: Any, body: dict[str, Any]) -> None:
        chosen.append(body)
        await ack()

    ts = await slack.say("general", "raj", "water is wet")
    async with at_work(slack, app):
        await slack.choose_shortcut("ada", "here", message=("general", ts))
    assert (chosen[0]["message"]["text"], chosen[0]["user"]["name"]) == ("water is wet", "ada")


@pytest.mark.parametrize(
    ("answer", "happens", "left"),
    [
        ({}, [ViewGone], 0),
        ({"response_action": "clear"}, [ViewGone], 0),
        ({"response_action": "update", "view": MODAL | {"callback_id": "n"}}, [ViewShown], 1),
        ({"response_action": "push", "view": MODAL | {"callback_id": "n"}}, [ViewShown], 2),
    ],
)
async def test_what_an_app_says_to_a_modal_is_done(
    slack: Workspace, app: AsyncApp, answer: dict[str, Any], happens: list[type], left: int
) -> None:
    view = await opened(slack, app)

    @app.view("m")
    async def submitted(ack: Any) -> None:
        await ack(**answer)

    happened: list[WorkspaceChange] = []
    slack.watch(happened.append)
    async with at_work(slack, app):
        await slack.submit(view, "ada", {"w": "so"})
    assert [type(each) for each in happened] == happens
    assert len(slack.state.views.open) == left


async def test_a_button_in_a_modal_and_the_options_of_a_select(slack: Workspace, app: AsyncApp) -> None:
    view, pressed = await opened(slack, app), list[str]()

    @app.action("go")
    async def go(ack: Any, body: dict[str, Any]) -> None:
        pressed.append(body["view"]["id"])
        await ack()

    @app.options("who")
    async def who(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=[{"text": TEXT, "value": f"{body['value']}aj"}])

    async with at_work(slack, app):
        await slack.press_in_view(view, "ada", "go")
        options = await slack.suggestions(view, "ada", "who", "r")
    assert pressed == [view]
    assert [option["value"] for option in options] == ["raj"]


async def test_closing_a_modal_is_told_where_the_app_asked_for_it(slack: Workspace, app: AsyncApp) -> None:
    view, closed = await opened(slack, app), list[bool]()
    slack.state.views.update(slack.state.views.open[view], MODAL | {"notify_on_close": True})

    @app.view_closed("m")
    async def gone(ack: Any, body: dict[str, Any]) -> None:
        closed.append(body["is_cleared"])
        await ack()

    async with at_work(slack, app):
        await slack.close_view(view, "ada")
    assert closed == [False]
    assert slack.state.views.open == {}


async def test_a_modal_may_be_closed_without_anybody_being_told(slack: Workspace, app: AsyncApp) -> None:
    view = await opened(slack, app)
    await slack.close_view(view, "ada", everything=True)
    assert slack.state.views.open == {}


async def test_a_trigger_opens_one_modal_only(slack: Workspace, app: AsyncApp) -> None:
    await opened(slack, app)
    payloads = [delivery.payload for delivery in slack.traffic.deliveries]
    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await app.client.views_open(trigger_id=payloads[-1]["trigger_id"], view=MODAL)


async def test_a_command_may_be_answered_with_nothing(slack: Workspace, app: AsyncApp) -> None:
    @app.command("/ask")
    async def ask(ack: Any) -> None:
        await ack()

    async with at_work(slack, app):
        await slack.command("general", "ada", "/ask")
    assert slack.messages("general") == []


async def test_who_gets_no_answer_is_told_so(slack: Workspace) -> None:
    with pytest.raises(Refused, match=r"operation_timeout: Mixer did not answer"):
        await slack.command("general", "ada", "/ask why?")


async def test_what_is_not_there_cannot_be_used(slack: Workspace, app: AsyncApp) -> None:
    view = await opened(slack, app)
    for wrong, error in (
        (slack.command("general", "ada", "/sing"), "invalid_command"),
        (slack.choose_shortcut("ada", "nowhere"), "invalid_shortcut"),
        (slack.press_in_view(view, "ada", "dance"), "action_not_found"),
        (slack.suggestions(view, "ada", "dance", ""), "action_not_found"),
        (slack.submit("V9", "ada"), "not_found"),
        (slack.submit(view, "raj"), "not_found"),
    ):
        with pytest.raises(Refused, match=error):
            await wrong
