"""Block Kit on the page: what it looks like, and that what looks as if it could be pressed can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from scripts.gallery import ANSWER, NEWER, ORDER
from slack_emulator.state.changes import Pressed

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page

    from slack_emulator.server import Workspace
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


@pytest.fixture
def client(slack: Workspace) -> AsyncWebClient:
    return AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)


@pytest.fixture
def pressed(slack: Workspace) -> list[Pressed]:
    """What people have pressed since."""
    happened: list[Pressed] = []
    slack.watch(lambda each: happened.append(each) if isinstance(each, Pressed) else None)
    return happened


async def posted(client: AsyncWebClient, page: Page, blocks: list[dict[str, Any]]) -> Locator:
    """The body of a message with these blocks, once the page shows it."""
    answer = await client.chat_postMessage(channel="general", text="blocks", blocks=blocks)
    body = page.locator(f"[data-ts='{answer['ts']}'] [data-testid=message-body]")
    await expect(body).to_be_visible()
    return body


async def test_a_button_tells_its_app_who_pressed_what(
    page: Page, slack: Workspace, client: AsyncWebClient, pressed: list[Pressed]
) -> None:
    body = await posted(client, page, ORDER)
    await body.get_by_role("button", name="Confirm").click()
    await slack.wait_for(lambda: pressed)
    assert (pressed[0].user, pressed[0].action["action_id"], pressed[0].action["value"]) == (
        slack.person("ada").id,
        "confirm",
        "4711",
    )


async def test_a_button_that_asks_first_sends_nothing_without_a_yes(
    page: Page, slack: Workspace, client: AsyncWebClient, pressed: list[Pressed]
) -> None:
    body = await posted(client, page, ORDER)
    question = page.get_by_test_id("question-dialog")
    await body.get_by_role("button", name="Refuse").click()
    await expect(question).to_contain_text("The café is told at once.")
    await question.get_by_role("button", name="Not yet").click()
    await expect(question).to_have_count(0)
    assert pressed == []
    await body.get_by_role("button", name="Refuse").click()
    await page.get_by_role("button", name="Refuse it").click()
    await slack.wait_for(lambda: pressed)
    assert pressed[0].action["action_id"] == "refuse"


async def test_feedback_is_sent_and_stays_pressed_while_the_message_changes(
    page: Page, slack: Workspace, client: AsyncWebClient, pressed: list[Pressed]
) -> None:
    body = await posted(client, page, ANSWER)
    await body.get_by_role("button", name="Good answer").click()
    await slack.wait_for(lambda: pressed)
    assert pressed[0].action["value"] == "good"
    ts = slack.messages("general")[-1].ts
    await client.chat_update(
        channel=slack.place("general").id, ts=ts, text="x", blocks=[*ANSWER, {"type": "divider"}]
    )
    await expect(body.locator("hr")).to_have_count(1)
    await expect(body.get_by_role("button", name="Good answer")).to_have_attribute("aria-pressed", "true")
    await expect(body.get_by_role("button", name="Bad answer")).to_have_attribute("aria-pressed", "false")


async def test_what_the_reader_has_opened_stays_open_while_the_message_changes(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    body = await posted(client, page, ANSWER)
    task = body.locator("details.task-card")
    await task.locator("summary").click()
    await expect(body).to_contain_text("Two people asked this week.")
    ts = slack.messages("general")[-1].ts
    await client.chat_update(
        channel=slack.place("general").id, ts=ts, text="x", blocks=[*ANSWER, {"type": "divider"}]
    )
    await expect(body.locator("hr")).to_have_count(1)
    await expect(task).to_have_attribute("open", "")


async def test_a_plan_tells_how_far_each_task_is(page: Page, client: AsyncWebClient) -> None:
    body = await posted(client, page, ANSWER)
    await expect(body.locator(".task-state")).to_have_text(["done", "in progress", "to do", "failed"])
    await expect(body.get_by_role("row")).to_have_count(3)
    await expect(body.get_by_role("columnheader")).to_have_text(["Bottle", "Deposit"])


async def test_images_of_other_computers_are_named_and_not_fetched(
    page: Page, client: AsyncWebClient
) -> None:
    body = await posted(client, page, NEWER)
    await expect(body.get_by_role("link", name="The second hall from above")).to_be_visible()
    await expect(body.locator("img")).to_have_count(0)


async def test_an_image_of_this_computer_is_shown(
    page: Page, slack: Workspace, client: AsyncWebClient
) -> None:
    picture = {"type": "image", "image_url": f"{slack.url}/page/icon.svg", "alt_text": "punched tape"}
    body = await posted(client, page, [picture])
    image = body.get_by_role("img", name="punched tape")
    await expect(image).to_be_visible()
    await expect(image).to_have_js_property("complete", value=True)
    assert await image.evaluate("(image) => image.naturalWidth") > 0


async def test_a_button_for_some_is_hidden_from_others(
    readers: Readers, slack: Workspace, client: AsyncWebClient
) -> None:
    only: dict[str, Any] = {
        "type": "icon_button", "icon": "trash", "action_id": "x", "text": {"type": "plain_text", "text": "Delete it"},
        "visible_to_user_ids": [slack.person("raj").id],
    }  # fmt: skip
    words = {"type": "section", "text": {"type": "plain_text", "text": "For Raj"}}
    blocks: list[dict[str, Any]] = [words, {"type": "context_actions", "elements": [only]}]
    his, hers = await readers.open(f"/?user={slack.person('raj').id}"), await readers.open()
    body = await posted(client, hers, blocks)
    await expect(body.get_by_role("button", name="Delete it")).to_be_hidden()
    await expect(his.get_by_test_id("message").last.get_by_role("button", name="Delete it")).to_be_visible()


async def test_a_reaction_is_added_and_taken_back_with_one_press(page: Page, slack: Workspace) -> None:
    ts = await slack.say("general", "grace", "Cake!")
    message = page.locator(f"article[data-ts='{ts}']")
    await message.hover()
    await message.get_by_test_id("react-message").click()
    await page.get_by_test_id("emoji-search").fill("tad")
    await page.keyboard.press("Enter")
    reaction = message.get_by_test_id("reaction")
    await expect(reaction).to_have_text("🎉 1")
    await expect(reaction).to_have_attribute("aria-pressed", "true")
    await expect(message.get_by_test_id("react-message")).to_be_focused()
    await slack.react("general", ts, "raj", "tada")
    await expect(reaction).to_have_accessible_name(":tada:, 2: you, Raj")
    await reaction.click()
    await expect(reaction).to_have_text("🎉 1")
    await expect(reaction).to_have_attribute("aria-pressed", "false")


async def test_the_emoji_board_is_worked_with_the_arrow_keys(page: Page, slack: Workspace) -> None:
    ts = await slack.say("general", "grace", "Cake!")
    message = page.locator(f"article[data-ts='{ts}']")
    await message.focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("emoji-search")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_test_id("emoji-+1")).to_be_focused()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_test_id("emoji-eyes")).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_test_id("emoji-search")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("emoji-picker")).to_be_hidden()
    await expect(message.get_by_test_id("reaction")).to_have_count(0)
