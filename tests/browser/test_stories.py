"""What somebody sees who asks the bot something on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.browser.page import PHONE

if TYPE_CHECKING:
    from playwright.async_api import Page

    from slack_emulator.server import Workspace
    from tests.browser.answerer import Answerer
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser

QUIET = 3000  # ms without an edit after which the page takes a reply for finished
SONG = "Write me a song about sparkling water."
VERSES = (
    "Tiny bubbles",
    "Tiny bubbles, **rise**",
    "Tiny bubbles, **rise** and sing,\n- up the glass",
    "Tiny bubbles, **rise** and sing,\n- up the glass\n\nThe end.",
)

# Notes how many letters all messages of the thread have, each time something about them changes.
WATCH = """() => {
    window.lengths = [];
    const list = document.querySelector("[data-testid=thread-messages]");
    const letters = () => [...list.querySelectorAll(".body")].reduce((sum, body) => sum + body.textContent.length, 0);
    new MutationObserver(() => window.lengths.push(letters())).observe(list, { subtree: true, childList: true, characterData: true });
}"""


async def ask(page: Page, words: str = SONG) -> None:
    await page.get_by_test_id("channel-composer").fill(f"@Teleprinter {words}")
    await page.get_by_test_id("channel-composer").press("Enter")


async def test_an_answer_grows_before_the_eyes_of_whoever_asked(page: Page, bot: Answerer) -> None:
    composer = page.get_by_test_id("channel-composer")
    await composer.press_sequentially("@tele")
    await expect(page.get_by_role("option")).to_have_text("TeleprinterAPP")
    await composer.press("Enter")
    await expect(composer).to_have_value("@Teleprinter ")
    await composer.press_sequentially(SONG)
    await composer.press("Enter")
    question = await bot.asked("general", "song")
    await expect(
        page.get_by_test_id("channel-messages").get_by_text("@Teleprinter", exact=True)
    ).to_be_visible()

    await bot.thinks("general", question)
    await expect(page.get_by_test_id("thread-pane")).to_be_visible()
    await expect(page.get_by_test_id("thread-status")).to_have_text("Teleprinter is thinking…")
    await page.evaluate(WATCH)
    await page.clock.install()
    body = page.get_by_test_id("thread-messages").get_by_test_id("message-body").last
    reply = await bot.begins("general", question, VERSES[0])
    await expect(body).to_have_text("Tiny bubbles")
    await expect(page.get_by_test_id("thread-status")).to_be_hidden()
    await expect(page.get_by_test_id("thread-pane").get_by_test_id("writing").last).to_be_visible()
    await reply.grows(VERSES[1])
    await expect(body).to_have_text("Tiny bubbles, rise")
    await expect(page.get_by_test_id("thread-pane").get_by_test_id("writing").last).to_have_text("writing")
    await reply.grows(VERSES[2])
    await expect(body.get_by_role("listitem")).to_have_text("up the glass")
    await reply.grows(VERSES[3])
    await expect(body).to_contain_text("The end.")
    await expect(body.locator("strong")).to_have_text("rise")

    lengths = await page.evaluate("window.lengths")
    assert lengths == sorted(lengths)
    assert len(set(lengths)) >= 4
    await page.clock.fast_forward(QUIET)
    await expect(page.get_by_test_id("thread-pane").get_by_test_id("writing").last).to_be_hidden()


async def test_the_line_under_the_question_tells_everybody_what_goes_on(
    readers: Readers, slack: Workspace, bot: Answerer
) -> None:
    page = await readers.open(f"/?user={slack.person('grace').id}")
    await page.clock.install()
    question = await slack.say("general", "ada", "@Teleprinter hello")
    line = page.get_by_test_id("thread-line").last
    await bot.thinks("general", question)
    await expect(line).to_have_text("Teleprinter is thinking…")
    reply = await bot.begins("general", question, "Hello")
    await expect(line).to_have_text("1 replyTeleprinter is writing…")
    await reply.grows("Hello, Ada")
    await expect(line).to_have_text("1 replyTeleprinter is writing…")
    await expect(page.get_by_test_id("thread-pane")).to_be_hidden()
    await page.clock.fast_forward(QUIET)
    await expect(line).to_have_text(re.compile("^1 replylast at"))


async def test_a_thread_that_was_closed_does_not_open_again(page: Page, bot: Answerer) -> None:
    await ask(page)
    question = await bot.asked("general", "song")
    reply = await bot.begins("general", question, "One")
    await page.get_by_test_id("close-thread").click()
    await reply.grows("One, two")
    await expect(page.get_by_test_id("thread-line").last).to_have_text("1 replyTeleprinter is writing…")
    await expect(page.get_by_test_id("thread-pane")).to_be_hidden()


async def test_a_thread_one_writes_in_is_not_taken_away_by_the_next_answer(page: Page, bot: Answerer) -> None:
    await ask(page, "first")
    await bot.begins("general", await bot.asked("general", "first"), "The first answer")
    await page.get_by_test_id("thread-composer").fill("and what about")
    await ask(page, "second")
    await bot.begins("general", await bot.asked("general", "second"), "The second answer")
    await expect(page.get_by_test_id("thread-line").last).to_contain_text("1 reply")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("The first answer")


async def test_a_question_in_the_thread_is_asked_there(page: Page, slack: Workspace, bot: Answerer) -> None:
    await ask(page)
    question = await bot.asked("general", "song")
    await bot.begins("general", question, "La la la")
    await page.get_by_test_id("thread-composer").fill("Once more")
    await page.get_by_test_id("thread-composer-send").click()
    await expect(page.get_by_test_id("thread-messages").get_by_test_id("message-body")).to_have_text(
        ["@Teleprinter " + SONG, "La la la", "Once more"]
    )
    assert [message.text for message in slack.messages("general", question)][-1] == "Once more"


async def test_what_is_selected_stays_selected_while_the_answer_grows(page: Page, bot: Answerer) -> None:
    await ask(page)
    reply = await bot.begins("general", await bot.asked("general", "song"), "Choose **these words** please")
    chosen = page.get_by_test_id("thread-messages").locator("strong")
    await chosen.evaluate("(node) => getSelection().selectAllChildren(node)")
    await reply.grows("Choose **these words** please, and *more*")
    await expect(page.get_by_test_id("thread-messages").locator("em")).to_have_text("more")
    assert await page.evaluate("getSelection().toString()") == "these words"


# How far the end is, in pixels, once what has changed is painted.
LEFT = """(node) => new Promise((resolve) => {
    const left = () => resolve(node.scrollHeight - node.scrollTop - node.clientHeight);
    requestAnimationFrame(() => requestAnimationFrame(left));
})"""


async def test_who_reads_further_up_is_told_and_not_moved(page: Page, bot: Answerer) -> None:
    await ask(page)
    reply = await bot.begins("general", await bot.asked("general", "song"), "line\n\n" * 60)
    scroller, pill = page.get_by_test_id("thread-scroller"), page.get_by_test_id("thread-pill")
    await expect(page.get_by_test_id("thread-messages").locator("p")).to_have_count(60)
    assert await scroller.evaluate(LEFT) <= 1
    await scroller.evaluate("(node) => { node.scrollTop = 100; }")
    assert await scroller.evaluate(LEFT) > 100
    await reply.grows("line\n\n" * 60 + "the last line")
    await expect(pill).to_be_visible()
    assert await scroller.evaluate("(node) => node.scrollTop") == 100
    await pill.click()
    await expect(pill).to_be_hidden()
    assert await scroller.evaluate(LEFT) <= 1
    await reply.grows("line\n\n" * 90)
    await expect(page.get_by_test_id("thread-messages").locator("p")).to_have_count(90)
    assert await scroller.evaluate(LEFT) <= 1


async def test_a_long_answer_in_several_messages_is_followed_to_its_end(page: Page, bot: Answerer) -> None:
    await ask(page)
    question = await bot.asked("general", "song")
    for part in ("one", "two", "three"):
        reply = await bot.begins("general", question, part)
        for lines in range(6, 90, 6):
            await reply.grows(f"{part}\n\n" * lines)
    last = page.get_by_test_id("thread-messages").get_by_test_id("message-body").last
    await expect(last.locator("p")).to_have_count(84)
    await expect(page.get_by_test_id("thread-pill")).to_be_hidden()
    await expect(last.locator("p").last).to_be_in_viewport()


LATE_NEWS = """(node) => new Promise((resolve) => {
    const grow = (pixels) => {
        const line = node.firstElementChild.appendChild(document.createElement("div"));
        line.style.height = `${pixels}px`;
    };
    // Grown before the browser tells of the scrolling that the growth before it has caused.
    node.addEventListener("scroll", () => requestAnimationFrame(() => requestAnimationFrame(resolve)), { once: true });
    new ResizeObserver((_, observer) => setTimeout(() => (observer.disconnect(), grow(400)))).observe(node.firstElementChild);
    grow(400);
})"""


async def test_the_page_s_own_scrolling_is_not_taken_for_the_reader_s(page: Page, bot: Answerer) -> None:
    await ask(page)
    await bot.begins("general", await bot.asked("general", "song"), "line\n\n" * 60)
    scroller = page.get_by_test_id("thread-scroller")
    await expect(page.get_by_test_id("thread-messages").locator("p")).to_have_count(60)
    await scroller.evaluate(LATE_NEWS)
    assert await scroller.evaluate("(node) => node.scrollHeight - node.scrollTop - node.clientHeight") <= 1


async def test_a_reply_can_be_deleted_while_it_is_written(
    page: Page, slack: Workspace, bot: Answerer
) -> None:
    await ask(page)
    question = await bot.asked("general", "song")
    reply = await bot.begins("general", question, VERSES[0])
    await reply.grows(VERSES[1])
    thread = page.get_by_test_id("thread-messages")
    said = thread.get_by_test_id("message").last
    await said.hover()
    await expect(said.get_by_test_id("edit-message")).to_have_count(0)
    await said.get_by_test_id("delete-message").click()
    await page.get_by_test_id("confirm-delete").click()
    await expect(thread.get_by_text("Tiny bubbles")).to_have_count(0)
    assert slack.messages("general", question) == []
    with pytest.raises(SlackApiError, match="message_not_found"):
        await reply.grows(VERSES[2])


async def test_what_nothing_can_be_done_with_has_no_toolbar(page: Page, slack: Workspace) -> None:
    question = await slack.say("general", "grace", "Who is here?")
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    general, ada = slack.place("general").id, slack.person("ada").id
    await client.chat_postEphemeral(channel=general, user=ada, text="Only you", thread_ts=question)
    asked = page.get_by_test_id("message").filter(has_text="Who is here?")
    await asked.hover()
    await asked.get_by_test_id("reply-message").click()
    whispered = page.get_by_test_id("thread-messages").get_by_test_id("message").last
    await expect(whispered).to_contain_text("Only you")
    await expect(whispered.get_by_role("toolbar", include_hidden=True)).to_have_count(0)


async def test_a_screen_reader_hears_the_beginning_and_the_end_only(page: Page, bot: Answerer) -> None:
    await page.clock.install()
    await ask(page)
    reply = await bot.begins("general", await bot.asked("general", "song"), "La")
    said = page.get_by_test_id("announcer").locator("p")
    await expect(said).to_have_text(["Teleprinter is answering."])
    await reply.grows("La la")
    await reply.grows("La la la")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("La la la")
    await page.clock.fast_forward(QUIET)
    await expect(said).to_have_text(["Teleprinter is answering.", "Teleprinter: La la la"])


async def test_an_unsafe_answer_is_seen_to_ping_and_runs_nothing(page: Page, bot: Answerer) -> None:
    await ask(page)
    await bot.begins(
        "general",
        await bot.asked("general", "song"),
        "<!channel> <img src=https://x.test/a onerror=alert(1)> ![a](https://x.test/b.png)",
    )
    body = page.get_by_test_id("thread-messages").get_by_test_id("message-body").last
    await expect(body.locator(".chip.broadcast")).to_have_text("@channel")
    await expect(body).to_contain_text("<img src=")
    await expect(body.get_by_role("link", name="a", exact=True)).to_have_attribute(
        "rel", "noopener noreferrer nofollow"
    )
    await expect(body.locator("img")).to_have_count(0)


async def test_on_a_phone_the_answer_takes_the_whole_screen(readers: Readers, bot: Answerer) -> None:
    page = await readers.open(viewport=PHONE)
    await ask(page)
    await bot.begins("general", await bot.asked("general", "song"), "La la la")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("La la la")
    await expect(page.get_by_test_id("channel-pane")).to_be_hidden()
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width == PHONE["width"]
    await page.get_by_test_id("close-thread").click()
    await expect(page.get_by_test_id("channel-pane")).to_be_visible()


async def test_an_answer_in_a_direct_message_is_followed_too(
    page: Page, slack: Workspace, bot: Answerer
) -> None:
    await page.get_by_test_id("place-Teleprinter").click()
    await expect(page.get_by_test_id("empty-conversation")).to_contain_text("Ask Teleprinter anything")
    await page.get_by_test_id("suggestion").nth(1).click()
    direct = slack.direct("ada", slack.app)
    await bot.begins(direct, await bot.asked(direct, "song"), "La la la")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("La la la")
