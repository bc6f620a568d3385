"""The app as somebody to talk to: its home, its direct messages, and a conversation beside a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from slack_emulator.state.changes import HomeOpened
from tests.browser.page import PHONE
from tests.browser.test_page import messages, say

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace
    from tests.browser.answerer import Answerer
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


async def test_the_app_is_asked_beside_the_channel(page: Page, slack: Workspace, bot: Answerer) -> None:
    await page.get_by_role("button", name="Ask Teleprinter beside this").click()
    side = page.get_by_test_id("thread-pane")
    await expect(side.get_by_test_id("agent-intro")).to_contain_text("Ask Teleprinter")
    await side.get_by_test_id("suggestion").nth(1).click()
    direct = slack.direct("ada", slack.app)
    question = await bot.asked(direct, "song")
    await bot.begins(direct, question, "La la la")
    await expect(side.get_by_test_id("message-body")).to_have_text(
        ["Write me a song about sparkling water.", "La la la"]
    )
    await expect(page.get_by_role("heading", level=1)).to_have_text("general")
    await expect(side.get_by_test_id("thread-title")).to_have_text("Teleprinter")
    assert page.url.endswith(f"#/{slack.place('general').id}/@{direct}/{question}")


async def test_earlier_conversations_are_there_to_go_on_with(
    page: Page, slack: Workspace, bot: Answerer
) -> None:
    direct = slack.direct("ada", slack.app)
    question = await slack.say(direct, "ada", "How deep is the lake?")
    await bot.begins(direct, question, "Ten metres.")
    await page.get_by_test_id("open-agent").click()
    side = page.get_by_test_id("thread-pane")
    await side.get_by_test_id("earlier").filter(has_text="How deep is the lake?").click()
    await expect(side.get_by_test_id("message-body").last).to_have_text("Ten metres.")
    await side.get_by_test_id("thread-composer").fill("And how cold?")
    await side.get_by_test_id("thread-composer").press("Enter")
    await expect(side.get_by_test_id("message-body").last).to_have_text("And how cold?")
    await side.get_by_test_id("all-conversations").click()
    await expect(side.get_by_test_id("agent-intro")).to_be_visible()
    await page.get_by_test_id("close-thread").click()
    await expect(side).to_be_hidden()


async def test_a_thread_of_the_channel_takes_the_apps_place(page: Page) -> None:
    said = await say(page, "A thought")
    await page.get_by_test_id("open-agent").click()
    await said.hover()
    await said.get_by_test_id("reply-message").click()
    await expect(page.get_by_test_id("thread-title")).to_have_text("Thread")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("A thought")


async def test_the_app_is_told_who_looks_at_it_and_where(page: Page, slack: Workspace) -> None:
    opened: list[HomeOpened] = []
    slack.watch(lambda each: opened.append(each) if isinstance(each, HomeOpened) else None)
    await page.get_by_test_id("place-Teleprinter").click()
    await page.get_by_test_id("tab-home").click()
    await expect(page.get_by_test_id("home")).to_contain_text("has published no home")
    await expect(page.get_by_test_id("channel-composer")).to_be_hidden()
    await page.get_by_test_id("tab-messages").click()
    await expect(page.get_by_test_id("channel-composer")).to_be_visible()
    await slack.wait_for(lambda: len(opened) == 3)
    assert [each.tab for each in opened] == ["messages", "home", "messages"]


async def test_on_a_phone_the_conversation_takes_the_whole_screen(readers: Readers) -> None:
    page = await readers.open(viewport=PHONE)
    await page.get_by_test_id("open-agent").click()
    await expect(page.get_by_test_id("agent-intro")).to_be_visible()
    await expect(page.get_by_test_id("channel-pane")).to_be_hidden()
    await page.get_by_test_id("close-thread").click()
    await expect(messages(page).last).to_be_visible()
