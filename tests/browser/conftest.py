"""A running workspace, and a real Chromium that looks at it. Where there is no Chromium, these tests are skipped."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import async_playwright, expect

from slack_emulator.server import Workspace
from slack_emulator.web_api.rate_limits import Limits
from tests.browser.answerer import Answerer
from tests.browser.page import Readers
from tests.patience import HANGING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

# No sandbox, since tests often run in a container; and nothing of its own over the network.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

expect.set_options(timeout=HANGING * 1000)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """One loop for a module of tests: the browser lives on it, and no other module's tests may."""
    return "asyncio"


@pytest.fixture(scope="module")
def chromium() -> str:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
    named = os.environ.get("CHROMIUM") or os.environ.get("CHROME")
    found = named or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("there is no Chromium here: install one, or name it in CHROMIUM")
    return found


@pytest.fixture(scope="module")
async def browser(anyio_backend: str, chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with Workspace.start(limits=Limits.off()) as workspace:
        yield workspace


@pytest.fixture
def bot(slack: Workspace) -> Answerer:
    return Answerer(slack)


@pytest.fixture
async def readers(browser: Browser, slack: Workspace) -> AsyncIterator[Readers]:
    """Opens pages; at the end none of them may have complained or asked another computer for anything."""
    opened = Readers(browser, slack.url)
    yield opened
    await opened.close()
    assert opened.complaints == []


@pytest.fixture
async def page(readers: Readers) -> Page:
    """The page as Ada sees it."""
    return await readers.open()
