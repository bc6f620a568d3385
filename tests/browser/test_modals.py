"""An app's modals and its home, through real Bolt: what a person fills in, and what the app makes of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from scripts.gallery import FORM, ORDER, button, plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Locator, Page

    from slack_emulator.server import Workspace
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser

Json = dict[str, Any]


def modal(title: str, blocks: list[Json], **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "blocks": blocks, **more}


STREET = {
    "type": "input",
    "block_id": "street",
    "label": plain("Street"),
    "optional": True,
    "element": {"type": "external_select", "action_id": "street", "min_query_length": 0},
}


class Shop:
    """A Bolt app with an order form. `submitted` is what people filled in; "nobody" is refused as a name."""

    def __init__(self, slack: Workspace) -> None:
        client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
        self.bolt = AsyncApp(client=client, signing_secret=slack.app.signing_secret)
        self.client = client
        self.submitted: asyncio.Queue[Json] = asyncio.Queue()
        self.pressed: asyncio.Queue[Json] = asyncio.Queue()
        self.bolt.action("confirm")(self.open)
        self.bolt.action("further")(self.push)
        self.bolt.action("refresh")(self.press)
        self.bolt.view("order")(self.submit)
        self.bolt.options("street")(self.suggest)
        self.bolt.event("app_home_opened")(self.publish)
        self.bolt.event("message")(self.ignore)

    async def ignore(self) -> None:
        """What people say is no order."""

    async def open(self, ack: Any, body: Json) -> None:
        await ack()
        more = {"type": "actions", "elements": [button("Further…", "further")]}
        view = modal(
            "Order", [*FORM, STREET, more], callback_id="order", submit=plain("Send"), close=plain("Not now")
        )
        await self.client.views_open(trigger_id=body["trigger_id"], view=view)

    async def push(self, ack: Any, body: Json) -> None:
        await ack()
        words = {"type": "section", "text": plain("Nothing more to say.")}
        await self.client.views_push(trigger_id=body["trigger_id"], view=modal("Small print", [words]))

    async def submit(self, ack: Any, view: Json) -> None:
        values: Json = view["state"]["values"]
        if values["name"]["name"]["value"] == "nobody":
            await ack(response_action="errors", errors={"name": "Nobody orders nothing."})
            return
        await ack()
        await self.submitted.put(values)

    async def suggest(self, ack: Any) -> None:
        await ack(options=[{"text": plain("Lake Road"), "value": "lake"}])

    async def publish(self, event: Json) -> None:
        blocks = [
            {"type": "section", "text": plain("Your orders")},
            {"type": "actions", "elements": [button("Refresh", "refresh")]},
        ]
        await self.client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def press(self, ack: Any, body: Json) -> None:
        await ack()
        await self.pressed.put(body)


@pytest.fixture
async def shop(slack: Workspace) -> AsyncIterator[Shop]:
    shop = Shop(slack)
    handler = AsyncSocketModeHandler(shop.bolt, slack.app.app_token)

    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.wait_for(lambda: slack.links)
    yield shop
    await handler.close_async()  # type: ignore[no-untyped-call]


async def ordering(page: Page, shop: Shop) -> Locator:
    """The form, open."""
    await shop.client.chat_postMessage(channel="general", text="order", blocks=ORDER)
    await page.get_by_role("button", name="Confirm").click()
    form = page.get_by_role("dialog", name="Order")
    await expect(form.get_by_role("textbox", name="Name")).to_be_focused()
    return form


async def test_a_modal_is_filled_in_and_submitted(page: Page, slack: Workspace, shop: Shop) -> None:
    form = await ordering(page, shop)
    await form.get_by_role("textbox", name="Name").fill("Café Lindgren")
    await form.get_by_role("radio", name="0.33 l").check()
    await form.get_by_role("checkbox", name="Elderflower").check()
    await form.get_by_role("combobox", name="Brought by").select_option("Raj")
    await form.get_by_role("combobox", name="Street").focus()
    await form.get_by_role("combobox", name="Street").select_option("Lake Road")
    await form.get_by_role("button", name="Send").click()
    values = await asyncio.wait_for(shop.submitted.get(), 10)
    await expect(form).to_have_count(0)
    assert values["name"]["name"]["value"] == "Café Lindgren"
    assert values["words"]["words"]["value"] is None
    assert values["size"]["size"]["selected_option"]["value"] == "33"
    assert [each["value"] for each in values["kinds"]["kinds"]["selected_options"]] == ["elder"]
    assert values["who"]["who"]["selected_user"] == slack.person("raj").id
    assert values["street"]["street"]["selected_option"]["value"] == "lake"


async def test_what_is_missing_is_said_before_anything_is_sent(page: Page, shop: Shop) -> None:
    form = await ordering(page, shop)
    await form.get_by_role("button", name="Send").click()
    await expect(form.get_by_role("alert")).to_have_text(["Please fill this in."] * 2)
    await expect(form.get_by_role("textbox", name="Name")).to_be_focused()
    await expect(form.get_by_role("textbox", name="Name")).to_have_attribute("aria-invalid", "true")
    assert shop.submitted.empty()


async def test_what_the_app_does_not_accept_is_said_at_its_field(page: Page, shop: Shop) -> None:
    form = await ordering(page, shop)
    await form.get_by_role("combobox", name="Brought by").select_option("Raj")
    await form.get_by_role("textbox", name="Name").fill("nobody")
    await form.get_by_role("textbox", name="Name").press("Enter")
    await expect(form.get_by_role("alert")).to_have_text("Nobody orders nothing.")
    await form.get_by_role("textbox", name="Name").fill("somebody")
    await form.get_by_role("textbox", name="Name").press("Enter")
    await expect(form).to_have_count(0)
    assert (await shop.submitted.get())["name"]["name"]["value"] == "somebody"


async def test_a_modal_on_a_modal_is_closed_by_itself_or_with_all(page: Page, shop: Shop) -> None:
    form = await ordering(page, shop)
    await form.get_by_role("textbox", name="Name").fill("kept")
    await form.get_by_role("button", name="Further…").click()
    small = page.get_by_role("dialog", name="Small print")
    await expect(small).to_contain_text("Nothing more to say.")
    await small.get_by_test_id("modal-close").click()
    await expect(small).to_have_count(0)
    await expect(form.get_by_role("textbox", name="Name")).to_have_value("kept")
    await form.get_by_role("button", name="Further…").click()
    await expect(small).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("modal")).to_have_count(0)


async def test_an_open_modal_is_there_again_after_a_reload(page: Page, shop: Shop) -> None:
    await ordering(page, shop)
    await page.reload()
    form = page.get_by_role("dialog", name="Order")
    await expect(form).to_be_visible()
    await form.get_by_role("button", name="Not now").click()
    await expect(form).to_have_count(0)


async def test_an_open_modal_stands_in_the_browser_alone_that_it_was_opened_in(
    page: Page, readers: Readers, slack: Workspace, shop: Shop
) -> None:
    form = await ordering(page, shop)
    ada = slack.person("ada").id
    other = await readers.open(f"/?user={ada}")
    await expect(other.get_by_test_id("modal")).to_have_count(0)
    await form.get_by_role("button", name="Not now").click()
    await expect(form).to_have_count(0)


async def test_an_apps_home_is_published_when_somebody_looks(page: Page, shop: Shop) -> None:
    await page.get_by_test_id("place-Teleprinter").click()
    await page.get_by_test_id("tab-home").click()
    home = page.get_by_test_id("home")
    await expect(home).to_contain_text("Your orders")
    await home.get_by_role("button", name="Refresh").click()
    body = await asyncio.wait_for(shop.pressed.get(), 10)
    assert (body["container"]["type"], body["view"]["type"]) == ("view", "home")


async def test_an_app_that_does_not_answer_leaves_the_modal_open(
    page: Page, slack: Workspace, shop: Shop
) -> None:
    form = await ordering(page, shop)
    await form.get_by_role("textbox", name="Name").fill("Café Lindgren")
    await form.get_by_role("combobox", name="Brought by").select_option("Raj")
    slack.faults.lose_acks(1)
    await form.get_by_role("button", name="Send").click()
    await expect(page.get_by_test_id("toast")).to_have_text("The app did not answer in time. Try again.")
    await expect(form.get_by_role("button", name="Send")).to_be_enabled()
    await form.get_by_role("button", name="Send").click()
    await expect(form).to_have_count(0)
