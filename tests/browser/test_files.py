"""Files on the page: dropped, pasted or chosen, and what others see of them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.test_page import composer, messages

if TYPE_CHECKING:
    from playwright.async_api import FilePayload, Page

    from slack_emulator.server import Workspace

pytestmark = pytest.mark.browser

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NOTES: FilePayload = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"three bottles"}
PICTURE: FilePayload = {"name": "dot.png", "mimeType": "image/png", "buffer": DOT}

# Hands files to the page as a drag from the desktop does.
DROP = """([selector, name, text]) => {
    const data = new DataTransfer();
    data.items.add(new File([text], name, { type: "text/plain" }));
    const target = document.querySelector(selector);
    for (const kind of ["dragenter", "dragover", "drop"]) target.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""


async def test_a_file_is_dropped_and_sent_with_words(page: Page, slack: Workspace) -> None:
    await page.evaluate(DROP, ["#channel-pane", "plan.txt", "bottles first"])
    waiting = page.get_by_test_id("channel-composer-files")
    await expect(waiting).to_contain_text("plan.txt")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("The @Grace plan")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("The @Grace plan")
    await expect(messages(page).last.get_by_role("link", name="plan.txt")).to_be_visible()
    await expect(waiting).to_be_hidden()
    await expect(composer(page)).to_have_value("")
    said = slack.messages("general")[-1]
    assert (said.subtype, slack.state.contents[said.files[0].id]) == ("file_share", b"bottles first")


async def test_several_files_go_into_a_thread_without_words(page: Page, slack: Workspace) -> None:
    ts = await slack.say("general", "raj", "Pictures, please")
    message = page.locator(f"article[data-ts='{ts}']")
    await message.hover()
    await message.get_by_test_id("reply-message").click()
    await page.get_by_test_id("thread-composer-file-input").set_input_files([PICTURE, NOTES])
    await page.get_by_test_id("thread-composer-send").click()
    reply = page.get_by_test_id("thread-messages").get_by_test_id("message").last
    image = reply.get_by_role("img", name="dot.png")
    await expect(image).to_have_js_property("naturalWidth", 1)
    await expect(reply.get_by_role("link", name="notes.txt")).to_be_visible()
    assert [file.name for file in slack.messages("general", ts)[0].files] == ["dot.png", "notes.txt"]


async def test_a_file_can_be_taken_off_again(page: Page) -> None:
    await page.get_by_test_id("channel-composer-file-input").set_input_files([PICTURE, NOTES])
    await page.get_by_role("button", name="Do not send dot.png").click()
    await expect(page.get_by_test_id("channel-composer-files").get_by_role("listitem")).to_have_text(
        "notes.txt"
    )
    await page.get_by_role("button", name="Do not send notes.txt").click()
    await expect(page.get_by_test_id("channel-composer-files")).to_be_hidden()
    await expect(page.get_by_test_id("channel-composer-send")).to_be_disabled()


async def test_who_drops_more_files_than_a_message_takes_is_told(page: Page) -> None:
    note = page.get_by_test_id("channel-composer-files-note")
    # A screen reader tells of what changes in a status that it knows: this one is there before it says anything.
    await expect(note).to_have_role("status")
    await expect(note).to_have_css("display", "block")
    many: list[FilePayload] = [
        {"name": f"{number}.txt", "mimeType": "text/plain", "buffer": b"three"} for number in range(12)
    ]
    await page.get_by_test_id("channel-composer-file-input").set_input_files(many)
    await expect(note).to_have_text("2 files were left out: a message takes 10.")
    await page.get_by_role("button", name="Do not send 0.txt").click()
    await expect(note).to_be_hidden()


async def test_files_that_cannot_be_sent_are_kept(page: Page) -> None:
    await page.get_by_test_id("channel-composer-file-input").set_input_files([NOTES])
    await composer(page).fill("x" * 45_000)
    await composer(page).press("Enter")
    await expect(page.get_by_test_id("toast")).to_have_text("That message is too long.")
    await expect(page.get_by_test_id("channel-composer-files")).to_contain_text("notes.txt")
