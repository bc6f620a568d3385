"""A tool at work in a direct message, as somebody sees it on the page: a card that says in words how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.models import finish
from tests.stories.test_tools import Notes, a_bot, use

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace

pytestmark = pytest.mark.browser


async def test_a_tool_is_a_card_that_waits_works_and_is_done(slack: Workspace, page: Page) -> None:
    tools = Notes(hold=True)
    answers = (["Let me note it.", *use("notes__write", path="plan.md")], ["It is *noted*.", *finish()])
    async with a_bot(slack, tools, *answers, native_streams=True):
        await page.get_by_role("link", name="Teleprinter").first.click()
        await page.get_by_test_id("channel-composer").fill("Note the plan.")
        await page.get_by_test_id("channel-composer").press("Enter")
        thread = page.get_by_test_id("thread-messages")
        card = thread.locator(".task-card")
        await expect(card).to_have_text("notes: writeto do")
        await page.get_by_role("button", name="Approve").click()
        await expect(card).to_have_text("notes: writein progress")
        tools.go.set()
        await expect(card).to_have_text("notes: writedone")
        await expect(thread.locator(".body .markdown")).to_have_text(["Let me note it.", "It is noted."])
        await expect(page.get_by_role("button", name="Regenerate")).to_be_visible()
