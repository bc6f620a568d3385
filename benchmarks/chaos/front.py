"""What stands between the replicas and the local Slack: it knows who calls, and loses calls on purpose.

replica r3 ── http://front/r3/api/ ──► faults ──► Workspace
"""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

KEPT = ("Authorization", "Content-Type", "Retry-After")  # headers that mean something to Slack or to its SDK
WORD = re.compile(r"\bq(\d+)w(\d+)\b")  # see `benchmarks.chaos.model`
WRITES = ("chat.postMessage", "chat.update")


@dataclass(frozen=True, slots=True)
class Write:
    """A call that changed the message `ts`: by whom, and from when to when on the loop's clock."""

    replica: str
    ts: str
    begun: float
    ended: float


@dataclass(frozen=True, slots=True)
class Heard:
    """A call as it came: of which replica, what became of it, and when that was sent back, on the loop's clock. `outcome` is "taken",
    "refused" by Slack, or what was done to it on purpose. `words` are those of the model's answers that it carried, each by its question,
    and `ts` is its message."""

    replica: str
    method: str
    outcome: str
    at: float
    ts: str = ""
    words: frozenset[tuple[int, int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Troubles:
    """Of how many calls what becomes: a 503, a 429 of one second, an answer that is lost after the call was carried out."""

    failed: float = 0.02
    limited: float = 0.01
    lost: float = 0.02


class Front:
    """The Web API as many replicas reach it, each at an address of its own."""

    def __init__(self, session: aiohttp.ClientSession, *, troubles: Troubles, random: Random) -> None:
        self.writes: list[Write] = []
        self.heard: list[Heard] = []
        self.calls = 0
        self.troubled = 0
        self._session = session
        self._troubles = troubles
        self._random = random
        self._clock = asyncio.get_running_loop().time

    async def forward(self, request: web.Request) -> web.StreamResponse:
        """One call of one replica."""
        self.calls += 1
        method, body = request.match_info["method"], await request.read()
        trouble = self._trouble(method)
        self.troubled += trouble is not None
        if trouble in ("failed", "limited"):
            self._hear(request, trouble)
        if trouble == "failed":
            return web.json_response({"ok": False, "error": "internal_error"}, status=503)
        if trouble == "limited":
            headers = {"Retry-After": "1"}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        answer = await self._pass_on(request, method, body)
        self._hear(request, trouble or "taken", answer, body)
        if trouble == "lost":
            request.protocol.force_close()
            return web.Response()
        return answer

    def _hear(
        self, request: web.Request, outcome: str, answer: web.Response | None = None, body: bytes = b""
    ) -> None:
        replica, method = request.match_info["replica"], request.match_info["method"]
        said: dict[str, Any] = json.loads(answer.body) if answer and isinstance(answer.body, bytes) else {}
        ok, writes = said.get("ok", True), method in WRITES
        words = {(int(one[1]), int(one[2])) for one in WORD.finditer(body.decode())} if writes else set()
        self.heard.append(
            Heard(
                replica,
                method,
                outcome if ok else "refused",
                self._clock(),
                str(said.get("ts", "")) if writes else "",
                frozenset(words),
            )
        )

    def _trouble(self, method: str) -> str | None:
        if method not in WRITES:
            return None
        drawn, troubles = self._random.random(), self._troubles
        for name, share in (
            ("failed", troubles.failed),
            ("limited", troubles.limited),
            ("lost", troubles.lost),
        ):
            if (drawn := drawn - share) < 0:
                return name
        return None

    async def _pass_on(self, request: web.Request, method: str, body: bytes) -> web.Response:
        kept = {name: request.headers[name] for name in KEPT if name in request.headers}
        begun = self._clock()
        async with self._session.request(
            request.method, method, params=request.query, data=body, headers=kept
        ) as answer:
            back = {name: answer.headers[name] for name in KEPT if name in answer.headers}
            text = await answer.read()
            if method in WRITES and answer.status == 200:
                self._note(request.match_info["replica"], json.loads(text), begun)
            return web.Response(status=answer.status, body=text, headers=back)

    def _note(self, replica: str, answer: dict[str, Any], begun: float) -> None:
        if answer.get("ts"):
            self.writes.append(Write(replica, str(answer["ts"]), begun, self._clock()))


@asynccontextmanager
async def front_of(
    api_url: str, *, troubles: Troubles | None = None, seed: int = 0
) -> AsyncGenerator[tuple[Front, str]]:
    """A front of the Web API at `api_url`, and its address: a replica adds its name and `/api/`."""
    async with aiohttp.ClientSession(api_url, auto_decompress=False) as session:
        front = Front(session, troubles=troubles or Troubles(), random=Random(seed))  # noqa: S311
        application = web.Application(client_max_size=8 * 1024 * 1024)
        application.router.add_route("*", "/{replica}/api/{method}", front.forward)
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            yield front, f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()
