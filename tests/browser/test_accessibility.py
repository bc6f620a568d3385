"""axe looks at the page in every light and on a phone, and finds nothing that keeps somebody out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from scripts.gallery import ANSWER, FORM, NEWER, ORDER, plain
from slack_emulator.state.changes import ViewShown
from tests.browser.page import DESK, PHONE

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": DESK},
    "dark": {"color_scheme": "dark", "viewport": DESK},
    "phone": {"color_scheme": "light", "viewport": PHONE},
}


@pytest.fixture(
    params=[look if look == "light" else pytest.param(look, marks=pytest.mark.slow) for look in LOOKS]
)
async def page(request: pytest.FixtureRequest, readers: Readers, slack: Workspace) -> Page:
    """A channel with everything in it that a message can hold, in each look."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    ts = await slack.say("general", "raj", "Look at *this*, @Ada: `code` and https://example.org")
    await slack.react("general", ts, "ada", "eyes")
    await slack.upload("general", "grace", "plan.pdf", thread_ts=ts)
    await client.chat_postMessage(channel="general", text="blocks", blocks=[*ORDER, *NEWER])
    fields = [{**block, "dispatch_action": True} for block in FORM]
    await client.chat_postMessage(channel="general", text="blocks", blocks=[*ANSWER, *fields])
    return await readers.open(**LOOKS[request.param])


async def faults(page: Page) -> dict[str, list[str]]:
    """What axe objects to: its rule, and the elements it means. Minor is what HTML's grammar of roles has no word for: a
    field of several lines that offers names, as Slack's does."""
    found: Any = (await Axe().run(page)).response
    return {
        f"{each['id']} ({each['impact']})": [node["html"][:160] for node in each["nodes"]]
        for each in found["violations"]
        if each["impact"] != "minor"
    }


async def test_a_channel_with_all_there_is(page: Page) -> None:
    assert await faults(page) == {}


async def test_a_thread_beside_it(page: Page) -> None:
    await page.get_by_test_id("thread-line").last.click()
    await expect(page.get_by_test_id("thread-composer")).to_be_focused()
    assert await faults(page) == {}


@pytest.mark.parametrize("tab", ["wire", "budgets", "what-if"])
async def test_the_inspector(page: Page, tab: str) -> None:
    await page.keyboard.press("Alt+i")
    await page.get_by_test_id(f"tab-{tab}").click()
    await expect(page.get_by_test_id(f"tab-{tab}")).to_have_attribute("aria-selected", "true")
    assert await faults(page) == {}


async def test_a_call_looked_into(page: Page) -> None:
    await page.keyboard.press("Alt+i")
    await page.get_by_test_id("wire-line").last.click()
    await expect(page.get_by_test_id("wire-detail")).to_be_visible()
    assert await faults(page) == {}


@pytest.mark.parametrize("keys", ["Control+k", "Shift+?"])
async def test_what_stands_over_the_page(page: Page, keys: str) -> None:
    await page.get_by_test_id("channel-messages").get_by_test_id("message").last.focus()
    await page.keyboard.press(keys)
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await faults(page) == {}


async def test_the_board_of_emoji(page: Page) -> None:
    await page.get_by_test_id("channel-messages").get_by_test_id("message").last.focus()
    await page.keyboard.press("r")
    await expect(page.get_by_test_id("emoji-search")).to_be_focused()
    assert await faults(page) == {}


async def test_a_modal(page: Page, slack: Workspace) -> None:
    view = {"type": "modal", "title": plain("Order"), "submit": plain("Send"), "blocks": FORM}
    slack.publish(
        [
            ViewShown(
                slack.state.views.show(slack.app.id, slack.person("ada").id, view), slack.person("ada").id
            )
        ]
    )
    await page.get_by_test_id("modal-submit").click()
    await expect(page.get_by_role("alert").first).to_be_visible()
    assert await faults(page) == {}


async def test_an_apps_home(page: Page, slack: Workspace) -> None:
    ada = slack.person("ada").id
    slack.publish(
        [ViewShown(slack.state.views.publish(slack.app.id, ada, {"type": "home", "blocks": ORDER}), ada)]
    )
    await page.goto(f"{slack.url}/#/{slack.direct('ada', slack.app)}/home")
    await expect(page.get_by_test_id("home")).to_contain_text("Order 4711")
    assert await faults(page) == {}


async def test_the_app_beside_a_channel(page: Page) -> None:
    await page.get_by_test_id("open-agent").click()
    await expect(page.get_by_test_id("agent-intro")).to_be_visible()
    assert await faults(page) == {}
