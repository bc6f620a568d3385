"""Opening the page, with an ear for everything it complains about."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.async_api import Browser, ConsoleMessage, Page, Request

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


class Readers:
    """Everybody who has the page open, each in a browser profile of their own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts = AsyncExitStack()
        self.complaints: list[str] = []

    async def open(self, address: str = "", *, viewport: dict[str, int] = DESK, **options: Any) -> Page:
        """A new reader's page at `address` ("/?user=U1#/C1"), drawn and ready."""
        page = await self.blank(viewport=viewport, **options)
        await page.goto(self._url + address)
        await page.get_by_test_id("app").and_(page.locator("[data-ready]")).wait_for()
        return page

    async def blank(self, *, viewport: dict[str, int] = DESK, **options: Any) -> Page:
        """A reader who has not opened the page yet."""
        settings: dict[str, Any] = {"viewport": viewport, "reduced_motion": "reduce", **options}
        context = await self._browser.new_context(**settings)
        self._contexts.push_async_callback(context.close)
        context.set_default_timeout(10_000)
        page = await context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._asked)
        return page

    async def close(self) -> None:
        await self._contexts.aclose()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith(self._url):
            self.complaints.append(f"asked for {request.url}")
