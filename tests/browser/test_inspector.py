"""The inspector: what goes over the wire, and what is left of each budget."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits, Rate

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """A workspace that takes three edits in five minutes."""
    async with Workspace.start(limits=Limits.strict(chat_update=Rate(3, 300))) as workspace:
        yield workspace


@pytest.fixture
def client(slack: Workspace) -> AsyncWebClient:
    return AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)


async def test_every_call_is_shown_as_it_happens(page: Page, client: AsyncWebClient) -> None:
    await client.auth_test()
    await page.get_by_test_id("wire").click()
    lines = page.get_by_test_id("wire-line")
    await expect(lines).to_have_count(1)
    await expect(page.get_by_test_id("tab-wire")).to_be_focused()
    await client.chat_postMessage(channel="general", text="Seen by all")
    await expect(lines.filter(has_text="chat.postMessage")).to_contain_text(
        re.compile("chat.postMessage.*Seen by all.*Teleprinter.*200")
    )
    await expect(lines.filter(has_text="chat.postMessage")).to_contain_text("→")


async def test_a_call_can_be_looked_into(page: Page, client: AsyncWebClient) -> None:
    await page.keyboard.press("Alt+i")
    await client.chat_postMessage(channel="general", text="Look *here*")
    lines, detail = page.get_by_test_id("wire-line"), page.get_by_test_id("wire-detail")
    await lines.filter(has_text="chat.postMessage").click()
    await expect(detail).to_contain_text('text: "Look *here*"')
    await expect(detail).to_contain_text("ok: true")
    await expect(detail).not_to_contain_text("xoxb")
    await detail.get_by_role("button", name="Close what was said").click()
    await expect(detail).to_be_hidden()


async def test_the_lines_are_walked_with_the_arrow_keys(page: Page, client: AsyncWebClient) -> None:
    await page.keyboard.press("Alt+i")
    await client.auth_test()
    await client.users_list()
    lines = page.get_by_test_id("wire-line")
    await expect(lines).to_have_count(2)
    await page.get_by_role("listbox", name="Calls and deliveries").focus()
    await page.keyboard.press("ArrowDown")
    await expect(lines.first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_test_id("wire-detail")).to_contain_text("users.list")
    await page.keyboard.press("End")
    await expect(lines.last).to_have_attribute("aria-selected", "true")


async def test_lines_are_filtered_paused_and_cleared(page: Page, client: AsyncWebClient) -> None:
    await page.keyboard.press("Alt+i")
    shown = page.get_by_test_id("wire-line").locator("visible=true")
    await client.auth_test()
    await client.chat_postMessage(channel="general", text="needle")
    await expect(shown.filter(has_text="chat.postMessage")).to_have_count(1)
    await page.get_by_test_id("wire-filter").fill("needle")
    await expect(page.get_by_test_id("wire-line").filter(has_text="auth.test")).to_be_hidden()
    await page.get_by_test_id("wire-filter").fill("")
    await page.get_by_test_id("wire-pause").click()
    await client.auth_test()
    await expect(page.get_by_test_id("wire-pause")).to_have_text("Go on (1)")
    await page.get_by_test_id("wire-clear").click()
    await expect(shown).to_have_count(0)
    await page.get_by_test_id("wire-pause").click()
    await client.users_list()
    await expect(shown).to_have_count(1)


async def test_a_budget_empties_and_says_when_the_next_call_may_come(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    await page.keyboard.press("Alt+i")
    posted = await client.chat_postMessage(channel="general", text="one")
    general = slack.place("general").id
    await client.chat_update(channel=general, ts=str(posted["ts"]), text="two")
    await page.keyboard.press("ArrowRight")
    budget = page.get_by_test_id("budget").filter(has_text="chat.update")
    await expect(budget).to_contain_text("2 of 3 left in 300 s")
    await client.chat_update(channel=general, ts=str(posted["ts"]), text="three")
    await client.chat_update(channel=general, ts=str(posted["ts"]), text="four")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_update(channel=general, ts=str(posted["ts"]), text="five")
    await expect(budget).to_contain_text(re.compile(r"none of 3 left, the next in \d+ s"))
    await expect(budget.get_by_role("meter")).to_have_attribute("aria-valuenow", "0")
    await page.get_by_test_id("tab-wire").click()
    await expect(page.get_by_test_id("wire-line").filter(has_text="ratelimited")).to_have_count(1)


async def test_escape_closes_the_inspector_and_it_comes_back_after_a_lost_connection(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    await page.keyboard.press("Alt+i")
    await slack.close_pages()
    await client.auth_test()
    await expect(page.get_by_test_id("wire-line")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("inspector")).to_be_hidden()
    await expect(page.get_by_test_id("channel-composer")).to_be_focused()


async def test_what_if_slack_refuses_the_next_edit(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel="general", text="one")
    await page.keyboard.press("Alt+i")
    await page.get_by_test_id("tab-what-if").click()
    await page.get_by_test_id("set-fault").click()
    faults = page.get_by_test_id("faults")
    await expect(faults).to_have_text("chat.update answers 429, come back in 30 s, once")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await client.chat_update(channel=slack.place("general").id, ts=str(posted["ts"]), text="two")
    await expect(faults).to_be_hidden()


async def test_what_goes_wrong_can_be_written_as_a_script(page: Page, slack: Workspace) -> None:
    await page.keyboard.press("Alt+i")
    await page.get_by_test_id("tab-what-if").click()
    await page.get_by_test_id("script").fill("- {fail: chat.update, nth: 3, status: 500}\n- {lose_acks: 2}")
    await page.get_by_test_id("run-script").click()
    faults = page.get_by_test_id("faults").get_by_role("listitem")
    await expect(faults).to_have_text(
        ["chat.update, after 2 more, answers 500 once", "the next 2 acknowledgements are lost"]
    )
    await page.get_by_test_id("clear-faults").click()
    await expect(faults).to_have_count(0)
    assert slack.faults.lost_acks == 0


async def test_a_delivery_tells_when_it_was_acknowledged_and_when_not(page: Page, slack: Workspace) -> None:
    await page.keyboard.press("Alt+i")
    await slack.say("general", "ada", "@Teleprinter hello")
    line = page.get_by_test_id("wire-line").filter(has_text="app_mention")
    await expect(line).to_contain_text("no connection")
    await expect(line).to_have_class(re.compile("is-bad"))
