"""The whole way: a mention typed on the page, answered by the real bot, read on the page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.app import running
from bot.settings import Settings
from tests.browser.test_stories import WATCH, ask
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace

pytestmark = pytest.mark.browser

WORDS = ".body .markdown"  # what the model wrote: the controls below it come and go
ANSWER = "Bubbles **rise** …pause… and `fall`, …pause… and that is all."


async def test_a_mention_is_answered_before_the_eyes_of_whoever_asked(slack: Workspace, page: Page) -> None:
    model = Storyteller(ANSWER)
    settings = Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=None,
    )
    async with running(settings, model):
        await page.evaluate(WATCH.replace(".body", WORDS))
        await ask(page)
        body = page.get_by_test_id("thread-messages").locator(WORDS).last
        await expect(body).to_have_text("Bubbles rise")
        await expect(page.get_by_role("button", name="Stop")).to_be_visible()
        model.go.set()
        await expect(body).to_have_text("Bubbles rise and fall, and that is all.")
        await expect(body.locator("strong")).to_have_text("rise")
        await expect(body.locator("code")).to_have_text("fall")
        await expect(page.get_by_role("button", name="Regenerate")).to_be_visible()
        await expect(page.get_by_role("button", name="Stop")).to_have_count(0)
    lengths = await page.evaluate("window.lengths")
    assert lengths == sorted(lengths)


async def test_deleting_the_reply_stops_the_model(slack: Workspace, page: Page) -> None:
    model = Storyteller("Bubbles " * 1000, every=0.05)
    settings = Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=None,
    )
    async with running(settings, model):
        await ask(page)
        reply = page.get_by_test_id("thread-messages").get_by_test_id("message").last
        await expect(reply.get_by_test_id("message-body")).to_contain_text("Bubbles Bubbles")
        await reply.hover()
        await reply.get_by_test_id("delete-message").click()
        await page.get_by_test_id("confirm-delete").click()
        await asyncio.wait_for(model.closed.wait(), 10)
    await expect(page.get_by_test_id("thread-messages").get_by_text("Bubbles")).to_have_count(0)


async def test_a_direct_message_is_answered_in_its_thread(slack: Workspace, page: Page) -> None:
    settings = Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=None,
    )
    async with running(settings, Storyteller("Hello, Ada.")):
        await page.get_by_role("link", name="Teleprinter").first.click()
        composer = page.get_by_test_id("channel-composer")
        await composer.fill("Hello")
        await composer.press("Enter")
        body = page.get_by_test_id("thread-messages").locator(WORDS).last
        await expect(body).to_have_text("Hello, Ada.")


async def test_who_sets_a_language_and_wishes_at_the_home_sees_them_there(
    slack: Workspace, page: Page
) -> None:
    settings = Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=None,
    )
    async with running(settings, Storyteller("Bubbles.")):
        await page.get_by_role("link", name="Teleprinter").click()
        await page.get_by_test_id("tab-home").click()
        await page.get_by_test_id("home").get_by_role("button", name="Change").click()
        form = page.get_by_role("dialog", name="Your settings")
        await form.get_by_role("combobox", name="Language").select_option("Deutsch")
        await form.get_by_role("textbox").fill("Answer briefly, I am a nurse.")
        await form.get_by_role("button", name="Save").click()
        await expect(form).to_have_count(0)
        home = page.get_by_test_id("home")
        await expect(home).to_contain_text("Sprache: Deutsch")
        await expect(home).to_contain_text("Answer briefly, I am a nurse.")
