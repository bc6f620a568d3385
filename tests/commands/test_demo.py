"""The demo, in one process: what it says and what it opens."""

from __future__ import annotations

import asyncio
import io
import webbrowser
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from bot.commands import demo as module
from bot.commands.demo import demo
from bot.errors import SettingsError
from bot.settings import Settings
from slack_emulator.server import Workspace
from tests.stories.conftest import Storyteller

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Storyteller:
    """A model that is there at once, in place of the one the settings name."""
    from contextlib import asynccontextmanager

    scripted = Storyteller("Hello.")

    @asynccontextmanager
    async def opened(*_: object, **__: object) -> AsyncGenerator[Storyteller]:
        yield scripted

    monkeypatch.setattr(module, "open_model", opened)
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
