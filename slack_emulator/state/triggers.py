"""Says what an app may use for a while after a person did something: a trigger id, once and at once, to open a view; a
response URL, a few times within half an hour, to answer where it happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

from slack_emulator.errors import Refused

URL_FOR, URL_TIMES = 1800.0, 5  # seconds and uses: the page on interactive payloads


@dataclass(frozen=True, slots=True)
class Trigger:
    """Whom a view may be opened for, and in which tab of a browser ("": wherever they look); and the view it came from, on
    top of which another may be pushed."""

    app_id: str
    user: str
    until: float
    view_id: str | None = None
    tab: str = ""


@dataclass(slots=True)
class ResponseUrl:
    """Says where an answer goes: to the channel and thread, or in place of the message that was pressed."""

    app_id: str
    user: str
    channel: str
    until: float
    message_ts: str | None = None
    thread_ts: str | None = None
    left: int = URL_TIMES


class Triggers:
    """All that were given out."""

    def __init__(self) -> None:
        self._triggers: dict[str, Trigger] = {}
        self._used: set[str] = set()
        self._urls: dict[str, ResponseUrl] = {}

    def trigger(self, trigger: Trigger) -> str:
        """A trigger id for it."""
        name = f"{uuid4().int % 10**13}.{uuid4().int % 10**10}.{uuid4().hex}"
        self._triggers[name] = trigger
        return name

    def exchange(self, name: str, app_id: str, now: float) -> Trigger:
        """Use a trigger id up. `exchanged_trigger_id`, `expired_trigger_id` or `invalid_trigger_id` otherwise."""
        if name in self._used:
            raise Refused("exchanged_trigger_id")
        trigger = self._triggers.get(name)
        if trigger is None or trigger.app_id != app_id:
            raise Refused("invalid_trigger_id")
        if now > trigger.until:
            raise Refused("expired_trigger_id")
        self._used.add(name)
        return trigger

    def url(self, url: ResponseUrl) -> str:
        """The path of a response URL for it."""
        name = f"{url.app_id}/{uuid4().int % 10**13}/{uuid4().hex}"
        self._urls[name] = url
        return name

    def knows(self, name: str) -> bool:
        """Tells whether that response URL was given out here."""
        return name in self._urls

    def use(self, name: str, now: float) -> ResponseUrl:
        """Use a response URL once. `expired_url` where its time is over, `used_url` where it has been used too often."""
        url = self._urls[name]
        if now > url.until:
            raise Refused("expired_url")
        if url.left == 0:
            raise Refused("used_url")
        url.left -= 1
        return url
