"""The page by keyboard, and the marks that say what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.page import PHONE
from tests.browser.test_page import composer, messages, say

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


async def test_ctrl_k_goes_to_a_channel_or_a_person(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await expect(page.get_by_test_id("switcher-field")).to_be_focused()
    await page.keyboard.type("#sup")
    await expect(page.get_by_test_id("switcher-option")).to_have_text("support")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("support")
    await expect(page.get_by_test_id("switcher")).to_be_hidden()
    await page.keyboard.press("Control+k")
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_test_id("switcher-option").last).to_have_attribute("aria-selected", "true")
    await page.keyboard.type("nobody")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("switcher-option")).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("switcher")).to_be_hidden()


async def test_a_place_is_chosen_with_the_mouse(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.get_by_test_id("switcher-option").filter(has_text="random").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("random")


async def test_somebody_is_written_to_for_the_first_time(page: Page, slack: Workspace) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("raj")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Raj")
    await expect(page.get_by_test_id("empty-conversation")).to_contain_text("Only you and Raj can read this.")
    await say(page, "Tea?")
    await expect(page.get_by_role("list", name="Direct messages").get_by_role("link")).to_have_text("RRaj")
    direct = slack.state.direct(slack.person("ada").id, slack.person("raj").id)
    assert direct is not None
    assert [message.text for message in slack.messages(direct.id)] == ["Tea?"]


async def test_alt_and_an_arrow_go_from_channel_to_channel(page: Page, slack: Workspace) -> None:
    title = page.get_by_role("heading", level=1)
    await page.keyboard.press("Alt+ArrowDown")
    await expect(title).to_have_text("random")
    await page.keyboard.press("Alt+ArrowUp")
    await page.keyboard.press("Alt+ArrowUp")
    await expect(title).to_have_text("Teleprinter")
    await slack.say("support", "raj", "Somebody?")
    await expect(page.get_by_test_id("place-support").get_by_test_id("unread")).to_have_text("1")
    await page.keyboard.press("Alt+Shift+ArrowDown")
    await expect(title).to_have_text("support")
    await page.keyboard.press("Alt+Shift+ArrowDown")
    await expect(title).to_have_text("support")


async def test_a_question_mark_lists_the_keys_but_not_while_somebody_writes(page: Page) -> None:
    await composer(page).press("?")
    await expect(page.get_by_test_id("help")).to_have_count(0)
    await composer(page).press("ArrowLeft")
    await composer(page).fill("")
    await messages(page).last.focus()
    await page.keyboard.press("?")
    await expect(page.get_by_test_id("help")).to_contain_text("Mark as unread from here")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("help")).to_have_count(0)


async def test_f6_goes_from_part_to_part(page: Page, slack: Workspace) -> None:
    await expect(composer(page)).to_be_focused()
    await page.keyboard.press("F6")
    await expect(page.get_by_test_id("place-general")).to_be_focused()
    await page.keyboard.press("Shift+F6")
    await expect(composer(page)).to_be_focused()


async def test_a_message_has_keys_of_its_own(page: Page) -> None:
    said = await say(page, "Hello")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("e")
    await expect(page.get_by_test_id("editor")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("r")
    await expect(page.get_by_test_id("emoji-search")).to_be_focused()
    await page.keyboard.press("Escape")
    await said.focus()
    await page.keyboard.press("Delete")
    await page.get_by_test_id("confirm-delete").click()
    await expect(said).to_have_count(0)


async def test_a_line_stands_above_the_news(page: Page, slack: Workspace) -> None:
    await slack.say("random", "raj", "First")
    await slack.say("random", "raj", "Second")
    await page.get_by_test_id("place-random").click()
    row = page.get_by_test_id("new-line")
    await expect(row).to_have_text("New")
    following = row.locator("xpath=following-sibling::li[1]")
    await expect(following).to_contain_text("First")
    await say(page, "Hello Raj")
    await expect(row).to_have_count(1)
    await page.get_by_test_id("place-general").click()
    await page.get_by_test_id("place-random").click()
    await expect(page.get_by_test_id("new-line")).to_have_count(0)


async def test_a_message_can_be_marked_as_unread(page: Page, slack: Workspace) -> None:
    await slack.say("general", "raj", "Think about it")
    await expect(messages(page).last).to_contain_text("Think about it")
    await messages(page).last.focus()
    await page.keyboard.press("u")
    mark = page.get_by_test_id("place-general").get_by_test_id("unread")
    await expect(mark).to_have_text("1")
    await expect(page.get_by_test_id("new-line")).to_have_count(1)
    await page.get_by_test_id("place-random").click()
    await expect(mark).to_have_text("1")
    await page.get_by_test_id("place-general").click()
    await expect(mark).to_be_hidden()


async def test_what_is_meant_for_me_stands_out(readers: Readers, slack: Workspace) -> None:
    page = await readers.open(viewport=PHONE)
    await page.get_by_test_id("open-sidebar").click()
    mark = page.get_by_test_id("place-random").get_by_test_id("unread")
    await slack.say("random", "raj", "Tea?")
    await expect(mark).to_have_class("news")
    await slack.say("random", "raj", "@Ada tea?")
    await expect(mark).to_have_class("news is-for-me")
    await expect(mark).to_have_text("2")
