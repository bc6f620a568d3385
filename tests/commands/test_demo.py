"""The demo, in one process: what it says and what it opens."""

from __future__ import annotations

import asyncio
import io
import webbrowser
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from rich.console import Console

from bot.commands import demo as module
from bot.commands.app_manifest import app_manifest
from bot.commands.demo import GrowthOnShow, demo
from bot.errors import LocalModelError, SettingsError
from bot.model.local.progress import Progress
from bot.settings import Settings
from slack_emulator.server import Workspace
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Storyteller:
    """A model that is there at once, in place of the one the settings name."""
    scripted = Storyteller("Hello.")

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncGenerator[Storyteller]:
        yield scripted

    monkeypatch.setattr(module, "open_model", opened)
    monkeypatch.setattr(module, "open_growing_model", opened)
    return scripted


class Browsers:
    """What would have been opened."""

    def __init__(self) -> None:
        self.opened = asyncio.Event()
        self.error: Exception | None = None
        self._loop = asyncio.get_running_loop()

    def open(self, url: str) -> bool:
        self._loop.call_soon_threadsafe(self.opened.set)
        if self.error:
            raise self.error
        return url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("error", [None, webbrowser.Error("no browser")], ids=["a browser", "none"])
async def test_it_says_where_the_page_is_and_opens_it(
    model: Storyteller, monkeypatch: pytest.MonkeyPatch, error: Exception | None
) -> None:
    browsers = Browsers()
    browsers.error = error
    monkeypatch.setattr(webbrowser, "open", browsers.open)
    said = io.StringIO()
    console = Console(file=said)
    running = asyncio.ensure_future(demo(Settings(), port=0, browse=True, console=console, report=print))
    await asyncio.wait_for(browsers.opened.wait(), 10)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert "Open http://127.0.0.1:" in said.getvalue()
    assert "TELEPRINTER_MODEL=local:qwen-1.5b" in said.getvalue()


async def test_a_taken_port_is_a_wrong_setting(model: Storyteller) -> None:
    async with Workspace.start() as other:
        port = int(other.url.rsplit(":", 1)[1])
        with pytest.raises(SettingsError, match="is taken"):
            await demo(Settings(), port=port, browse=False, console=Console(), report=print)


class Said(io.StringIO):
    """What the terminal shows, and that it is all there."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = asyncio.Event()

    def write(self, text: str) -> int:
        if "Ctrl-C" in text:
            self.whole.set()
        return super().write(text)


async def demonstrated(settings: Settings) -> str:
    """What a demo says before it waits for questions."""
    said = Said()
    running = asyncio.ensure_future(
        demo(settings, port=0, browse=False, console=Console(file=said), report=print)
    )
    await said.whole.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return said.getvalue()


async def test_who_chose_no_model_has_the_smallest_at_once_and_hears_of_a_better_one(
    model: Storyteller,
) -> None:
    assert "A better one follows" in await demonstrated(Settings())
    assert "A better one follows" not in await demonstrated(Settings(model_chosen=True))


async def test_how_the_better_model_comes_is_told_on_the_page_and_in_the_terminal() -> None:
    said, heard = io.StringIO(), list[Progress]()
    async with Workspace.start() as slack:
        growing = GrowthOnShow(slack, Console(file=said), heard.append)
        growing.report(Progress("download", 250, 1000))
        assert heard == [Progress("download", 250, 1000)]
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{slack.url}/page/socket") as page:
            notice = (await page.receive_json())["notice"]
            assert notice == {"text": "Fetching a model that answers better …", "share": 0.25}
            growing.ready("Better 0.5B")
            assert (await page.receive_json())["text"] == ""
            growing.failed(LocalModelError("no wheel was found"))
    assert "Model from now on: Better 0.5B" in said.getvalue()
    assert "the smallest goes on: no wheel was found" in said.getvalue()


async def test_its_app_is_the_one_that_is_installed() -> None:
    wanted = app_manifest()["oauth_config"]["scopes"]["bot"]
    async with Workspace.start(manifest=app_manifest()) as slack:
        assert list(slack.app.scopes) == wanted
