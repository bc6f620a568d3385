"""What people click below and beside answers: the real bot, as its manifest has it, on the page."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.app import running
from bot.core.conversation import notices
from bot.core.conversation.agent_pane import suggested_prompts
from bot.language.catalogue import ENGLISH
from bot.settings import Settings
from slack_emulator.seeding.seed import Registration, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits
from tests.browser.test_stories import ask
from tests.patience import HANGING, SLACK_WAITS
from tests.stories.conftest import MANIFEST, Storyteller

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

    from playwright.async_api import Locator, Page

    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(
        patience=SLACK_WAITS, seed=replace(sparkling_seed(), apps=[app]), limits=Limits.off()
    ) as workspace:
        yield workspace


@pytest.fixture
async def page(readers: Readers) -> Page:
    """The page as Ada sees it; what she clicks has all the time it takes."""
    page = await readers.open()
    page.context.set_default_timeout(HANGING * 1000)
    return page


@asynccontextmanager
async def a_bot(slack: Workspace, model: Storyteller) -> AsyncGenerator[None]:
    settings = Settings(
        slack_bot_token=slack.app.bot_token,
        slack_app_token=slack.app.app_token,
        slack_api_url=slack.api_url,
        database=None,
        model="openai:scripted",
        drain=1.0,
    )
    async with running(settings, model):
        yield


def newest(page: Page) -> Locator:
    """The newest message of the thread."""
    return page.get_by_test_id("thread-messages").get_by_test_id("message").last


async def shows(page: Page, words: str) -> Locator:
    """Waits until the newest message of the thread says that."""
    message = newest(page)
    await expect(message.locator(".markdown").last).to_have_text(words)
    return message


async def choose(message: Locator, entry: str) -> None:
    """Opens the menu below a message and takes an entry."""
    await message.get_by_label("More", exact=True).last.click()
    await message.get_by_text(entry, exact=True).click()


async def test_an_answer_is_stopped_continued_regenerated_and_deleted(slack: Workspace, page: Page) -> None:
    model = Storyteller("Bubbles rise …pause…", "and fall.", "Another song.")
    async with a_bot(slack, model):
        await ask(page)
        message = await shows(page, "Bubbles rise")
        await message.get_by_role("button", name="Stop").click()
        message = await shows(page, "Bubbles riseStopped.")
        await message.get_by_role("button", name="Continue").click()
        message = await shows(page, "and fall.")
        await message.get_by_role("button", name="Regenerate").click()
        message = await shows(page, "Another song.")
        await expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
        await message.get_by_label("More", exact=True).last.click()
        link = message.get_by_role("link", name="Answer 1")
        async with page.context.expect_page() as opened:
            await link.click()
        former = await opened.value
        await expect(former.get_by_test_id("thread-messages")).to_contain_text("and fall.")
        await former.close()
        message = (
            page.get_by_test_id("thread-messages").get_by_test_id("message").filter(has_text="Another song.")
        )
        await choose(message, notices.LEAVE.english)
        await expect(page.get_by_text(notices.LEFT.english)).to_be_visible()
        await choose(message, notices.DELETE.english)
        # Not its words: a screen reader may have been told of them, and keeps them.
        await expect(message).to_have_count(0)


async def test_after_an_error_an_answer_is_tried_again_and_judged_with_a_note(
    slack: Workspace, page: Page
) -> None:
    async with a_bot(slack, Storyteller("Bubbles …fail…", "Bubbles rise.")):
        await ask(page)
        await newest(page).get_by_role("button", name="Try again").click()
        message = await shows(page, "Bubbles rise.")
        await message.get_by_role("button", name=notices.BAD.english).click()
        await expect(page.get_by_text(notices.THANKS.english)).to_be_visible()
        await page.get_by_role("button", name=notices.ADD_NOTE.english).click()
        form = page.get_by_role("dialog", name=notices.NOTE_TITLE.english)
        await form.get_by_role("textbox").fill("Too short.")
        await form.get_by_role("button", name=notices.NOTE_SUBMIT.english).click()
        await expect(form).to_have_count(0)
        await page.get_by_test_id("place-Teleprinter").click()
        await page.get_by_test_id("tab-home").click()
        home = page.get_by_test_id("home")
        await expect(home).to_contain_text("with a note: 1")
        await home.get_by_role("button", name=notices.HOME_DELETE.english).click()
        asked = page.get_by_test_id("question-dialog")
        await asked.get_by_role("button", name=notices.HOME_KEEP.english).click()
        await expect(asked).to_have_count(0)
        await home.get_by_role("button", name=notices.HOME_DELETE.english).click()
        await asked.get_by_role("button", name=notices.HOME_DELETE.english).click()
        await expect(home).to_contain_text(notices.HOME_NOTHING.english)


async def test_a_private_answer_is_shared_and_a_suggested_question_asked(
    slack: Workspace, page: Page
) -> None:
    first = suggested_prompts(ENGLISH)[0]
    async with a_bot(slack, Storyteller("2,962 metres.", "A lot.")):
        composer = page.get_by_test_id("channel-composer")
        await composer.fill("/ask How high is the Zugspitze?")
        await composer.press("Enter")
        await page.get_by_role("button", name=notices.SHARE.english).click()
        await expect(page.get_by_test_id("channel-messages")).to_contain_text("has asked me in private:")
        await page.get_by_test_id("open-agent").click()
        side = page.get_by_test_id("thread-pane")
        await side.get_by_text(first.title, exact=True).click()
        await expect(side.get_by_test_id("message-body").last).to_contain_text("A lot.")
        await expect(side.get_by_role("button", name=notices.REGENERATE.english)).to_be_visible()
