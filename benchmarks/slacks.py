"""Slack as a policy sees it: posts, edits and native streams, under Slack's limits.

`VirtualSlack` is the local workspace's own limits without its sockets, for virtual time; `benchmarks.wire` has the sockets.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from slack_emulator.web_api.rate_limits import Limits

if TYPE_CHECKING:
    from benchmarks.measure import Answer


class Limited(Exception):
    """429: come back in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"retry after {seconds:g} s")
        self.seconds = seconds


class Slack(Protocol):
    """What a policy may call. Every call takes its time, and may raise Limited.

    `answer` is told what its readers see from then on; `text` is a whole message, `more` is what a stream adds. `calls`
    were made so far, and `limited` of them refused.
    """

    @property
    def calls(self) -> int: ...
    @property
    def limited(self) -> int: ...

    async def post(self, channel: str, answer: Answer, text: str) -> str: ...
    async def update(self, channel: str, ts: str, answer: Answer, text: str) -> None: ...
    async def start(self, channel: str, answer: Answer, more: str) -> str: ...
    async def append(self, channel: str, ts: str, answer: Answer, more: str) -> None: ...
    async def stop(self, channel: str, ts: str, answer: Answer, more: str) -> None: ...


class VirtualSlack:
    """No sockets: a call sleeps for `latency` on the loop's clock, then meets the workspace's limits."""

    def __init__(self, *, latency: float, limits: Limits | None = None) -> None:
        self.calls = 0
        self.limited = 0
        self._latency = latency
        self._limits = limits or Limits.strict()
        self._clock = asyncio.get_running_loop().time
        self._posted = 0

    async def post(self, channel: str, answer: Answer, text: str) -> str:
        await self._call("chat.postMessage", channel)
        return self._new(answer, text)

    async def update(self, channel: str, ts: str, answer: Answer, text: str) -> None:
        await self._call("chat.update", channel)
        answer.shows(ts, text, self._clock())

    async def start(self, channel: str, answer: Answer, more: str) -> str:
        await self._call("chat.startStream", channel)
        return self._new(answer, more)

    async def append(self, channel: str, ts: str, answer: Answer, more: str) -> None:
        await self._call("chat.appendStream", channel)
        answer.shows(ts, answer.messages[ts] + more, self._clock())

    async def stop(self, channel: str, ts: str, answer: Answer, more: str) -> None:
        await self._call("chat.stopStream", channel)
        answer.shows(ts, answer.messages[ts] + more, self._clock())

    async def _call(self, method: str, channel: str) -> None:
        self.calls += 1
        await asyncio.sleep(self._latency)
        wait = self._limits.take(method, team="T", app="A", channel=channel, now=self._clock())
        if wait:
            self.limited += 1
            raise Limited(wait)

    def _new(self, answer: Answer, text: str) -> str:
        self._posted += 1
        ts = f"{self._posted}.0"
        answer.shows(ts, text, self._clock())
        return ts
