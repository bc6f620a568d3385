"""Takes the README's pictures: the page in a real Chromium, while an answer is being written and after.

    python scripts/screenshots.py [--out docs/images] [--chromium PATH]

The bot is the real one; the model's words are a script's, so that the pictures do not change with the model. The song is
taken in the middle and at the end; an answer with everything that Markdown has, at 20, 50, 80 and 100 % of its words. What stands below
an answer is taken in light, in the dark and on a phone; and a private answer, and the App Home. A bot with a tool is asked to act, and given a file.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import running
from bot.core.conversation.deltas import Finish, Reason, Text
from bot.settings import Settings
from scripts.acting import ASKED, TABLE, WISH, ticket_clerk
from scripts.gallery import ANSWER, FORM, ORDER, REPORT, REPORT_QUESTION, plain
from slack_emulator.delivery.retry_policy import RetryPolicy
from slack_emulator.seeding.seed import Registration, sparkling_seed
from slack_emulator.server import Workspace
from slack_emulator.state.changes import ViewShown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser, Page, ViewportSize

    from bot.core.conversation.deltas import DeltaStream
    from bot.core.conversation.history import ChatMessage
    from bot.model.answering import Answering
    from bot.turns.approvals import Approvals

MANIFEST = Path(__file__).parent.parent / "manifest.yml"
QUESTION = "Write me a song about sparkling water."
DESK: ViewportSize = {"width": 1320, "height": 860}
PHONE: ViewportSize = {"width": 390, "height": 760}
CARD: ViewportSize = {"width": 900, "height": 620}
LOW: ViewportSize = {"width": 900, "height": 550}
TALL: ViewportSize = {"width": 900, "height": 880}
STAGE: ViewportSize = {"width": 1180, "height": 1010}
PATIENCE = 60  # seconds for a whole answer
UNHURRIED = RetryPolicy(deadline=PATIENCE, trigger=PATIENCE)
"""A local Slack that waits for a bot whose machine is busy."""

SONG = """\
## Small Bright Things

**Verse 1**
Pour me a morning, cold and clear,
a thousand small bright things appear,
each one in a hurry to be *air*,
racing for the light up there.

**Chorus**
> Oh, sparkle up, sparkle through,
> a glass of sky, a breath of blue.
> Nothing added, nothing to hide:
> just the weather, bottled inside.

**Verse 2**
The still ones say that I talk too much.
I only answer to your touch:
a turn of the cap, a hiss, a grin,
and all the applause comes from within.

| Section | Chords | Feel |
|:--|:--|:--|
| Verse | C · Am · F · G | light, a little swing |
| Chorus | F · G · C | everybody in |

Shall I write a bridge, or a *slower* version?
"""

ASIDE, HEIGHT = (
    "How high is the Zugspitze?",
    "2,962 metres above the sea: it is the highest mountain of Germany.",
)

SHARES = (20, 50, 80, 100)


async def take(
    slack: Workspace, out: Path, *, chromium: str, question: str = QUESTION, mid: int = 260
) -> None:
    """Take all pictures and write them to `out`. Some bot has to answer `question`.

    "Answering" is when more than `mid` characters of the reply can be read.
    """
    async with _browser(chromium) as browser:
        await _take_answer(browser, slack, out, question=question, mid=mid)
        await _take_elsewhere(browser, slack, out)
        await _take_blocks(browser, slack, out)


async def _take_answer(browser: Browser, slack: Workspace, out: Path, *, question: str, mid: int) -> None:
    """An answer while it is written and after, in the dark, on a phone, and what went over the wire for it."""
    async with _reader(browser, slack.url, DESK) as page:
        await _ask(page, question)
        await _until_written(page, mid)
        await page.screenshot(path=out / "answering.png")
        await _look_below(page, out / "controls-writing.png")
        await _until_finished(page)
        await page.screenshot(path=out / "answered.png")
        await page.get_by_role("button", name="Regenerate").wait_for()
        await _look_below(page, out / "controls-done.png")
        thread, known = page.url, await page.context.storage_state()
        await page.keyboard.press("Alt+i")
        await page.get_by_test_id("wire-line").filter(has_text="chat.update").last.click()
        await page.screenshot(path=out / "inspector.png")
    async with _reader(browser, thread, DESK, color_scheme="dark", storage_state=known) as page:
        await _look(page, out / "dark.png")
        await _look_below(page, out / "controls-dark.png")
    async with _reader(browser, thread, PHONE, storage_state=known) as page:
        await _look(page, out / "phone.png")
        await _look_below(page, out / "controls-phone.png")


async def _take_elsewhere(browser: Browser, slack: Workspace, out: Path) -> None:
    """A private answer to a command, which can be shared, and the App Home of somebody who has asked."""
    async with _reader(browser, f"{slack.url}/#/{slack.place('random').id}", CARD) as page:
        await page.get_by_test_id("hint-dismiss").click()
        await page.get_by_test_id("channel-composer").fill(f"/ask {ASIDE}")
        await page.keyboard.press("Enter")
        await page.get_by_role("button", name="Share").scroll_into_view_if_needed()
        await page.mouse.move(0, 0)  # away from the message, which shows its buttons
        await page.evaluate("document.activeElement.blur()")
        await page.screenshot(path=out / "ask.png")
    async with _reader(browser, f"{slack.url}/#/{slack.direct('ada', slack.app)}", TALL) as page:
        await page.get_by_test_id("tab-home").click()
        await page.get_by_role("button", name="Delete my data").wait_for()
        await page.get_by_test_id("home").screenshot(path=out / "home.png")


async def _look_below(page: Page, path: Path) -> None:
    """The end of the thread, with what can be pressed there."""
    scroller = page.get_by_test_id("thread-scroller")
    await scroller.evaluate("(node) => node.scrollTo(0, node.scrollHeight)")
    await scroller.screenshot(path=path)


async def _take_blocks(browser: Browser, slack: Workspace, out: Path) -> None:
    """Block Kit in a channel in the dark, and a modal on a phone."""
    client = AsyncWebClient(slack.app.bot_token, base_url=slack.api_url)
    support, ada = slack.place("support").id, slack.person("ada").id
    for blocks in (ORDER, ANSWER):
        await client.chat_postMessage(channel=support, text="blocks", blocks=blocks)
    async with _reader(browser, f"{slack.url}/#/{support}", DESK, color_scheme="dark") as page:
        await page.get_by_test_id("hint-dismiss").click()
        await page.mouse.move(0, 0)  # away from the message, which shows its buttons
        await page.evaluate("document.activeElement.blur()")
        await page.screenshot(path=out / "blocks.png")
    form = {"type": "modal", "title": plain("Order"), "submit": plain("Send"), "blocks": FORM}
    slack.publish([ViewShown(slack.state.views.show(slack.app.id, ada, form), ada)])
    async with _reader(browser, slack.url, PHONE) as page:
        await page.get_by_test_id("modal").wait_for()
        await page.screenshot(path=out / "modal.png")


async def take_stages(url: str, out: Path, *, chromium: str, writer: Writer) -> None:
    """Ask for the report, and write a picture of its thread to `out` at each of SHARES: report-20.png, …"""
    async with _browser(chromium) as browser, _reader(browser, url, STAGE) as page:
        await _ask(page, REPORT_QUESTION)
        for share in SHARES:
            await writer.write(share)
            await _until_still(page)
            await page.get_by_test_id("thread-scroller").screenshot(path=out / f"report-{share}.png")


async def take_acting(slack: Workspace, out: Path, *, chromium: str) -> None:
    """Ask for what a tool does, allow it, and ask about a file: approval.png, files.png."""
    async with _browser(chromium) as browser:
        channel = slack.place("support").id
        ts = await slack.say("support", "ada", f"@Teleprinter {WISH}")
        async with _reader(browser, f"{slack.url}/#/{channel}/{ts}", LOW) as page:
            await page.get_by_role("button", name="Approve").wait_for()
            await _look_below(page, out / "approval.png")
            await page.get_by_role("button", name="Approve").click()
            await page.get_by_role("button", name="Regenerate").wait_for()
        ts = await slack.share("support", "ada", {"bottling.csv": TABLE}, f"@Teleprinter {ASKED}")
        async with _reader(browser, f"{slack.url}/#/{channel}/{ts}", LOW) as page:
            await page.get_by_role("button", name="Regenerate").wait_for()
            await _look_below(page, out / "files.png")


@asynccontextmanager
async def _browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        await browser.close()


@asynccontextmanager
async def _reader(
    browser: Browser, url: str, viewport: ViewportSize, *, dots: int = 2, **options: Any
) -> AsyncIterator[Page]:
    """The page, drawn, on a screen with `dots` to the pixel."""
    context = await browser.new_context(
        viewport=viewport, device_scale_factor=dots, locale="en-GB", **options
    )
    page = await context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    await page.goto(url)
    await page.locator("[data-ready]").wait_for()
    yield page
    await context.close()


async def _ask(page: Page, question: str) -> None:
    await page.get_by_test_id("channel-composer").press_sequentially("@tele")
    await page.keyboard.press("Enter")
    await page.keyboard.type(question)
    await page.keyboard.press("Enter")


async def _until_written(page: Page, letters: int) -> None:
    script = "(least) => [...document.querySelectorAll('#thread-pane .body')].slice(1).some((body) => body.innerText.length > least)"
    await page.wait_for_function(script, arg=letters)


async def _until_finished(page: Page) -> None:
    await page.get_by_test_id("writing").locator("visible=true").first.wait_for(state="detached")


async def _until_still(page: Page) -> None:
    """Until no words have come for so long that the page no longer says "writing"."""
    await page.get_by_test_id("thread-messages").get_by_test_id("message-body").nth(1).wait_for()
    await _until_finished(page)


async def _look(page: Page, path: Path) -> None:
    """The thread from its beginning, with no cursor in it."""
    await page.evaluate("document.activeElement.blur()")
    await page.get_by_test_id("thread-scroller").evaluate("(node) => node.scrollTo(0, 0)")
    await page.screenshot(path=path)


class Singer:
    """A model that knows one song, and a height, and writes it at the speed of a good one."""

    label = "a scripted model"
    caution = None
    window = None
    takes_images = False

    def __init__(self, *, every: float) -> None:
        self._every = every

    async def stream(self, messages: Sequence[ChatMessage]) -> DeltaStream:
        for word in re.findall(r"\S+\s*|\s+", HEIGHT if ASIDE in messages[-1].text else SONG):
            await asyncio.sleep(self._every)
            yield Text(word)
        yield Finish(Reason.STOP)


class Writer:
    """A model that knows one report, and writes as much of it as it is told."""

    label = "a scripted model"
    caution = None
    window = None
    takes_images = False

    def __init__(self) -> None:
        self._allowed = asyncio.Semaphore(0)
        self._words = re.findall(r"\S+\s*|\s+", REPORT)
        self._share = 0

    async def write(self, share: int) -> None:
        """Go on until `share` per cent of the words are written."""
        for _ in range(self._upto(self._share), self._upto(share)):
            self._allowed.release()
            await asyncio.sleep(0.005)
        self._share = share

    async def stream(self, _messages: Sequence[ChatMessage]) -> DeltaStream:
        for word in self._words:
            await self._allowed.acquire()
            yield Text(word)
        yield Finish(Reason.STOP)

    def _upto(self, share: int) -> int:
        return len(self._words) * share // 100


def singing(*, every: float = 0.03) -> AbstractAsyncContextManager[Workspace]:
    """The local workspace with the real bot in it, and a model that sings: a word each `every` seconds."""
    return answering(Singer(every=every))


def acting() -> AbstractAsyncContextManager[Workspace]:
    """The local workspace with the real bot in it, and a model that has a tool."""
    model, approvals = ticket_clerk()
    return answering(model, approvals=approvals)


@asynccontextmanager
async def answering(model: Answering, *, approvals: Approvals | None = None) -> AsyncIterator[Workspace]:
    """The local workspace with the real bot in it."""
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(seed=replace(sparkling_seed(), apps=[app]), patience=UNHURRIED) as slack:
        settings = Settings(
            slack_bot_token=slack.app.bot_token,
            slack_app_token=slack.app.app_token,
            slack_api_url=slack.api_url,
            database=None,
        )
        async with running(settings, model, approvals=approvals):
            yield slack


async def main(out: Path, chromium: str) -> None:
    async with singing() as slack:
        await take(slack, out, chromium=chromium)
    writer = Writer()
    async with answering(writer) as slack:
        await take_stages(slack.url, out, chromium=chromium, writer=writer)
    async with acting() as slack:
        await take_acting(slack, out, chromium=chromium)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument(
        "--chromium",
        default=os.environ.get("CHROMIUM")
        or shutil.which("chromium")
        or shutil.which("chromium-headless-shell"),
    )
    arguments = parser.parse_args()
    if arguments.chromium is None:
        parser.error("there is no Chromium here: install one, or name it with --chromium")
    return arguments


if __name__ == "__main__":
    chosen = _arguments()
    asyncio.run(main(chosen.out, chosen.chromium))
    print(*sorted(chosen.out.glob("*.png")), sep="\n")
