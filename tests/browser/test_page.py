"""The page by itself: people, places, what is written, and what it looks like. No bot answers here."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from slack_sdk.web.async_client import AsyncWebClient

from slack_emulator.page.html.message import message_html
from tests.browser.page import PHONE

if TYPE_CHECKING:
    from playwright.async_api import Locator, Page, WebSocketRoute

    from slack_emulator.server import Workspace
    from tests.browser.page import Readers

pytestmark = pytest.mark.browser


def composer(page: Page) -> Locator:
    return page.get_by_test_id("channel-composer")


def messages(page: Page) -> Locator:
    return page.get_by_test_id("channel-messages").get_by_test_id("message")


async def say(page: Page, words: str) -> Locator:
    """Say something in the open channel; answers the message, once it stands there."""
    await composer(page).fill(words)
    await composer(page).press("Enter")
    said = messages(page).filter(has_text=words)
    await expect(said).to_be_visible()
    return said


async def test_the_page_shows_the_workspace_and_its_history(page: Page) -> None:
    await expect(page).to_have_title("#general · Sparkling")
    await expect(page.get_by_test_id("sidebar")).to_contain_text("a local workspace on this computer")
    await expect(page.get_by_test_id("sidebar").get_by_role("link")).to_have_text(
        ["general", "random", "support", "TeleprinterAPP"]
    )
    await expect(page.get_by_role("heading", level=1)).to_have_text("general")
    await expect(messages(page).first).to_contain_text("Good morning!")
    await expect(page.get_by_test_id("channel-messages").locator(".day").last).to_have_text(
        re.compile("^(Today|Yesterday)$")
    )


async def test_shift_and_enter_begin_a_new_line(page: Page) -> None:
    await composer(page).press_sequentially("one")
    await composer(page).press("Shift+Enter")
    await composer(page).press_sequentially("two")
    await composer(page).press("Enter")
    await expect(messages(page).last.get_by_test_id("message-body")).to_have_text(
        "one\ntwo", use_inner_text=True
    )
    await expect(composer(page)).to_have_value("")


async def test_the_list_of_names_is_worked_with_the_keyboard(page: Page) -> None:
    field, names = composer(page), page.get_by_test_id("completion-option")
    await field.press_sequentially("hello @")
    await expect(names).to_have_text(["TeleprinterAPP", "GGrace", "LLinnea", "RRaj"])
    await expect(field).to_have_attribute("aria-expanded", "true")
    await field.press("ArrowUp")
    await expect(names.last).to_have_attribute("aria-selected", "true")
    await expect(field).to_have_attribute("aria-activedescendant", str(await names.last.get_attribute("id")))
    await field.press("Escape")
    await expect(page.get_by_test_id("completion").first).to_be_hidden()
    await field.press_sequentially("ra")
    await expect(page.get_by_test_id("completion").first).to_be_hidden()
    await field.fill("@gr")
    await field.press("Tab")
    await expect(field).to_have_value("@Grace ")
    await field.press_sequentially("mail me@l")
    await expect(names).to_have_count(0)


async def test_a_name_is_taken_with_the_mouse(page: Page) -> None:
    await page.get_by_role("button", name="Mention somebody").first.click()
    await page.get_by_test_id("completion-option").filter(has_text="Raj").click()
    await expect(composer(page)).to_have_value("@Raj ")
    await expect(composer(page)).to_be_focused()


async def test_one_browser_can_be_several_people(page: Page, slack: Workspace) -> None:
    await say(page, "I am Ada")
    await page.get_by_test_id("people").click()
    await expect(page.get_by_role("menuitemradio", checked=True)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("people")).to_have_text(re.compile("You are\\s*Grace"))
    await say(page, "I am Grace")
    assert [slack.state.users[message.user].name for message in slack.messages("general")[-2:]] == [
        "ada",
        "grace",
    ]
    await expect(messages(page).filter(has_text="I am Ada").get_by_test_id("delete-message")).to_have_count(0)
    assert f"user={slack.person('grace').id}" in page.url


async def test_what_others_say_elsewhere_is_marked_until_it_is_read(page: Page, slack: Workspace) -> None:
    random = page.get_by_test_id("place-random")
    await slack.say("random", "raj", "The heron is back")
    await expect(random.get_by_test_id("unread")).to_have_text("1")
    await expect(page).to_have_title("(1) #general · Sparkling")
    await random.click()
    await expect(messages(page).last).to_contain_text("The heron is back")
    await expect(random.get_by_test_id("unread")).to_be_hidden()
    await expect(page).to_have_title("#random · Sparkling")
    await page.reload()
    await expect(page).to_have_title("#random · Sparkling")


async def test_a_message_is_changed_where_it_stands(page: Page, slack: Workspace) -> None:
    said = await say(page, "Hello @Grace & co")
    await said.hover()
    await said.get_by_test_id("edit-message").click()
    editor = page.get_by_test_id("editor")
    await expect(editor).to_have_value("Hello @Grace & co")
    await editor.press("Escape")
    await expect(editor).to_have_count(0)
    await expect(said).to_be_focused()
    await said.get_by_test_id("edit-message").click()
    await editor.fill("Hello @Raj")
    await editor.press("Enter")
    await expect(messages(page).last).to_contain_text("Hello @Raj(edited)", use_inner_text=False)
    assert slack.messages("general")[-1].text == f"Hello <@{slack.person('raj').id}>"


async def test_a_message_is_deleted_after_a_question(page: Page, slack: Workspace) -> None:
    said = await say(page, "Never mind")
    dialog = page.get_by_test_id("delete-dialog")
    await said.hover()
    await said.get_by_test_id("delete-message").click()
    await expect(dialog).to_contain_text("Never mind")
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(said).to_be_visible()
    await said.get_by_test_id("delete-message").click()
    await page.get_by_test_id("confirm-delete").click()
    await expect(said).to_have_count(0)
    assert slack.messages("general")[-1].text != "Never mind"


async def test_nothing_can_be_done_with_what_was_deleted(page: Page, slack: Workspace) -> None:
    said = await say(page, "Never mind")
    ts = slack.messages("general")[-1].ts
    await slack.say("general", "grace", "Too late", thread_ts=ts)
    await said.hover()
    await said.get_by_test_id("delete-message").click()
    await page.get_by_test_id("confirm-delete").click()
    left = page.locator(f'article[data-ts="{ts}"]')
    await expect(left.get_by_test_id("message-body")).to_have_text("This message was deleted.")
    await expect(left.get_by_role("toolbar", include_hidden=True)).to_have_count(0)
    await expect(left.get_by_test_id("thread-line")).to_be_visible()
    await page.reload()
    await expect(left.get_by_test_id("message-body")).to_have_text("This message was deleted.")
    await expect(left.get_by_role("toolbar", include_hidden=True)).to_have_count(0)


async def test_what_goes_on_in_the_background_is_told_above(page: Page, slack: Workspace) -> None:
    slack.announce("Fetching a model that answers better …", 0.25)
    await expect(page.get_by_role("status").filter(has_text="Fetching")).to_be_visible()
    await expect(page.get_by_role("progressbar", name="Fetching a model")).to_have_attribute("value", "0.25")
    slack.announce("Loading a model that answers better …")
    await expect(page.get_by_role("progressbar", name="Loading")).not_to_have_attribute("value", "0.25")
    slack.announce("")
    await expect(page.get_by_test_id("notice")).to_be_hidden()


async def test_escape_closes_one_thing_at_a_time(page: Page, slack: Workspace) -> None:
    said = await say(page, "Never mind")
    await slack.say("general", "grace", "Too late", thread_ts=slack.messages("general")[-1].ts)
    await said.get_by_test_id("thread-line").click()
    await said.get_by_test_id("delete-message").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("delete-dialog")).to_be_hidden()
    await page.get_by_test_id("thread-composer").press_sequentially("@")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("completion-option")).to_have_count(0)
    await expect(page.get_by_test_id("thread-pane")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread-pane")).to_be_hidden()


async def test_the_first_tab_leads_past_the_sidebar(readers: Readers) -> None:
    page = await readers.open(
        viewport=PHONE
    )  # where no field takes the focus by itself, and a keyboard with it
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name="Skip to writing a message")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()
    await expect(page.get_by_role("heading", level=1)).to_have_text("general")


async def test_code_is_copied_with_one_press(readers: Readers, slack: Workspace) -> None:
    page = await readers.open(permissions=["clipboard-read", "clipboard-write"])
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_postMessage(
        channel=slack.place("general").id,
        text="x",
        blocks=[{"type": "markdown", "text": "```py\na = '<b>'\nb = a\n```"}],
    )
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert await page.evaluate("navigator.clipboard.readText()") == "a = '<b>'\nb = a"


async def test_what_only_one_may_see_says_so(page: Page, slack: Workspace) -> None:
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    await client.chat_postEphemeral(
        channel=slack.place("general").id, user=slack.person("ada").id, text="Psst"
    )
    await expect(messages(page).last).to_contain_text("Only visible to you")
    await expect(messages(page).last).to_contain_text("Psst")


async def test_reactions_and_files_stand_under_the_message(page: Page, slack: Workspace) -> None:
    ts = await slack.say("general", "raj", "Look")
    await slack.react("general", ts, "grace", "eyes")
    await slack.react("general", ts, "grace", "no_such_sign")
    await expect(messages(page).last).to_contain_text("👀 1:no_such_sign: 1")
    await slack.upload("general", "raj", "plan.pdf")
    await expect(messages(page).last).to_contain_text("plan.pdf")


async def test_everything_can_be_done_without_a_mouse(page: Page, slack: Workspace) -> None:
    await composer(page).focus()
    await page.keyboard.type("@gra")
    await page.keyboard.press("Enter")
    await page.keyboard.type("lunch?")
    await page.keyboard.press("Enter")
    await expect(messages(page).last).to_contain_text("@Grace lunch?")
    await page.keyboard.press("ArrowUp")
    await expect(messages(page).last).to_be_focused()
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    thread = page.get_by_test_id("thread-composer")
    await expect(thread).to_be_focused()
    await page.keyboard.type("at one")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("at one")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("thread-pane")).to_be_hidden()
    await expect(messages(page).last).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(messages(page).last.get_by_test_id("thread-line")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(messages(page).last.get_by_test_id("delete-message")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("channel-messages")).not_to_contain_text("lunch?")
    await slack.wait_for(lambda: all("lunch" not in message.text for message in slack.messages("general")))


async def test_an_address_leads_to_its_thread_and_back_leads_back(readers: Readers, slack: Workspace) -> None:
    channel = slack.place("general")
    parent = next(message for message in slack.messages("general") if slack.messages("general", message.ts))
    page = await readers.open(f"/#/{channel.id}/{parent.ts}")
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("Is the elderflower one ready?")
    await page.get_by_test_id("place-support").click()
    await expect(page.get_by_test_id("thread-pane")).to_be_hidden()
    await page.go_back()
    await expect(page.get_by_test_id("thread-messages")).to_contain_text("Is the elderflower one ready?")


async def test_each_place_keeps_its_own_draft(page: Page) -> None:
    await composer(page).fill("half a thought")
    await page.get_by_test_id("place-random").click()
    await expect(composer(page)).to_have_value("")
    await expect(composer(page)).to_be_focused()
    await page.get_by_test_id("place-general").click()
    await expect(composer(page)).to_have_value("half a thought")


async def test_the_hint_asks_the_first_question_and_comes_once(page: Page) -> None:
    await composer(page).fill("half a thought")
    await page.get_by_test_id("hint-try").click()
    await expect(page.get_by_test_id("message-body").last).to_have_text(
        "@Teleprinter Write me a song about sparkling water."
    )
    await expect(composer(page)).to_have_value("half a thought")
    await expect(page.get_by_test_id("hint")).to_have_count(0)
    await page.reload()
    await expect(page.get_by_test_id("app").and_(page.locator("[data-ready]"))).to_be_visible()
    await expect(page.get_by_test_id("hint")).to_have_count(0)


async def test_after_a_lost_connection_the_page_catches_up(readers: Readers, slack: Workspace) -> None:
    routes: list[WebSocketRoute] = []
    page = await readers.blank()

    async def connected(route: WebSocketRoute) -> None:
        routes.append(route)
        if len(routes) == 2:  # the first attempt to come back finds nobody
            await route.close()
        else:
            route.connect_to_server()

    await page.route_web_socket(re.compile("/page/socket"), connected)
    await page.goto(slack.url)
    await composer(page).fill("not lost")
    await routes[0].close()
    banner = page.get_by_test_id("connection-banner")
    lost = "The connection to the workspace is lost. Trying again…"
    await expect(banner).to_contain_text(lost)
    await composer(page).press("Enter")
    await expect(page.get_by_test_id("toast")).to_contain_text("What you wrote is kept here.")
    await slack.say("general", "grace", "said meanwhile")
    await page.get_by_role("button", name="Try now").click()
    await expect(messages(page).last).to_contain_text("said meanwhile")
    await expect(banner).to_be_hidden()
    said = page.get_by_test_id("announcer").locator("p")
    await expect(said.filter(has_text="onnect")).to_have_text([lost, "Connected again."])
    await composer(page).press("Enter")
    await expect(messages(page).last).to_contain_text("not lost")


async def test_what_the_workspace_refuses_is_said_in_words(page: Page) -> None:
    await composer(page).fill("x" * 45_000)
    await composer(page).press("Enter")
    await expect(page.get_by_test_id("toast")).to_have_text("That message is too long.")


async def test_on_a_phone_the_sidebar_is_a_drawer(readers: Readers) -> None:
    page = await readers.open(viewport=PHONE, has_touch=True, is_mobile=True)
    await expect(page.get_by_test_id("place-random")).to_be_hidden()
    await page.get_by_test_id("open-sidebar").click()
    await expect(page.get_by_test_id("place-general")).to_be_focused()
    await page.get_by_test_id("place-random").click()
    await expect(page.get_by_test_id("place-random")).to_be_hidden()
    await expect(page.get_by_role("heading", level=1)).to_have_text("random")
    await page.get_by_test_id("open-sidebar").click()
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("open-sidebar")).to_be_focused()
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


# Every pair of words and what is behind them, in the light of both themes, by WCAG's own formula.
CONTRAST = """(pairs) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const probe = document.body.appendChild(document.createElement("i"));
    const channels = (name) => {
        probe.style.color = `var(--${name})`;
        canvas.fillStyle = getComputedStyle(probe).color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255);
    };
    const linear = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    const light = (name) => {
        const [red, green, blue] = channels(name).map(linear);
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    return Object.fromEntries(pairs.map(([ink, paper]) => {
        const [low, high] = [light(ink), light(paper)].sort((one, other) => one - other);
        return [`${ink} on ${paper}`, (high + 0.05) / (low + 0.05)];
    }));
}"""
PAIRS = [
    *[(ink, paper) for ink in ("ink", "ink-2") for paper in ("paper", "desk", "raised", "shade", "shade-2", "accent-wash")],
    *[("accent", paper) for paper in ("paper", "raised", "shade")],
    *[("link", paper) for paper in ("paper", "raised", "shade")],
    ("accent-ink", "accent"), ("chip-ink", "chip"), ("alarm-ink", "alarm"), ("danger-ink", "danger"), ("brand-ink", "brand"),
]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_its_paper(readers: Readers, scheme: str) -> None:
    page = await readers.open(color_scheme=scheme)
    ratios = await page.evaluate(CONTRAST, PAIRS)
    assert {pair: round(ratio, 2) for pair, ratio in ratios.items() if ratio < 4.5} == {}


async def test_the_reader_may_overrule_the_systems_theme(readers: Readers) -> None:
    page = await readers.open(color_scheme="light")
    paper = "getComputedStyle(document.querySelector('main')).backgroundColor"
    light = await page.evaluate(paper)
    await page.get_by_test_id("theme").click()
    dark = await page.evaluate(paper)
    assert light != dark
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert await page.evaluate(paper) == dark


async def test_nothing_moves_for_a_reader_who_wants_it_still(page: Page) -> None:
    await page.evaluate("for (const node of document.querySelectorAll('[hidden]')) node.hidden = false")
    assert await page.evaluate("document.getAnimations().length") == 0


async def test_the_page_has_one_name_for_everything_that_can_be_pressed(page: Page) -> None:
    nameless = "[...document.querySelectorAll('button, a, textarea')].filter((node) => node.checkVisibility() && !(node.ariaLabel || node.innerText || node.textContent).trim()).length"
    assert await page.evaluate(nameless) == 0
    assert await page.evaluate(
        "document.querySelectorAll('[id]').length === new Set([...document.querySelectorAll('[id]')].map((node) => node.id)).size"
    )


ANSWER = """# A *title*

Some **bold** words, a [link](https://a.test) and `code`.
1. one
   - inner
2. two

| a | b |
|---|--:|
| 1 | 2 |

> a quote

```py
x = [1, 2]
```
- [x] done
"""

MORPH = """async (steps) => {
    const { morph } = await import("/page/render/morph.js");
    const node = document.createElement("div");
    const fresh = document.createElement("div");
    return steps.filter((html) => {
        morph(node, html);
        fresh.innerHTML = html;
        return !node.isEqualNode(fresh);
    });
}"""


async def test_a_patched_message_equals_one_drawn_afresh(page: Page) -> None:
    grown = [
        message_html({"blocks": [{"type": "markdown", "text": ANSWER[:end]}]}, {})
        for end in range(len(ANSWER) + 1)
    ]
    assert await page.evaluate(MORPH, [*grown, *reversed(grown), *grown[::7], grown[0], grown[-1]]) == []


async def test_patching_keeps_the_nodes_that_stay(page: Page) -> None:
    steps = [message_html({"text": "line\n" * count + "*bold* end"}, {}) for count in range(1, 9)]
    kept = """async ([before, after]) => {
        const { morph } = await import("/page/render/morph.js");
        const node = document.createElement("div");
        morph(node, before);
        const first = node.firstChild.firstChild;
        morph(node, after);
        return first === node.firstChild.firstChild;
    }"""
    assert [await page.evaluate(kept, list(pair)) for pair in pairwise(steps)] == [True] * 7
