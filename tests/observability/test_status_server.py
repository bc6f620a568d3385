"""An operator's tools ask a process whether it is alive, whether it is ready, and how it fares."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.errors import SettingsError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.status_server import status_server

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

READY = facts.BotReady(team="T", replica="r", socket_mode=True)
LISTENS = replace(READY, loads_late=True)


class Asking:
    def __init__(self, session: aiohttp.ClientSession, port: int) -> None:
        self.port = port
        self._session = session

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self._session.get(f"http://127.0.0.1:{self.port}{path}", headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def served() -> AsyncGenerator[Asking]:
    async with status_server(host="127.0.0.1", port=0) as port, aiohttp.ClientSession() as session:
        yield Asking(session, port)


async def test_a_process_is_alive_before_it_is_ready() -> None:
    async with served() as ask:
        assert await ask.get("/live") == (200, '{"live": true}')
        assert await ask.get("/ready") == (503, '{"ready": false, "database": "up"}')
        tell(READY)
        assert await ask.get("/ready") == (200, '{"ready": true, "database": "up"}')


async def test_a_process_whose_model_is_loaded_late_is_ready_when_it_is() -> None:
    async with served() as ask:
        tell(LISTENS)
        assert (await ask.get("/ready"))[0] == 503
        tell(facts.ModelLoaded(seconds=1.0))
        assert (await ask.get("/ready"))[0] == 200


async def test_a_process_whose_model_is_loaded_before_it_listens_is_ready_when_it_does() -> None:
    async with served() as ask:
        tell(facts.ModelLoaded(seconds=1.0))
        assert (await ask.get("/ready"))[0] == 503
        tell(LISTENS)
        assert (await ask.get("/ready"))[0] == 200


async def test_who_is_told_to_stop_while_its_model_is_loaded_does_not_get_ready() -> None:
    async with served() as ask:
        tell(LISTENS)
        tell(facts.BotStopping(turns=1, seconds=30.0))
        tell(facts.ModelLoaded(seconds=1.0))
        assert (await ask.get("/ready"))[0] == 503


async def test_who_is_told_to_stop_is_ready_no_longer() -> None:
    async with served() as ask:
        tell(READY)
        tell(facts.BotStopping(turns=1, seconds=30.0))
        assert (await ask.get("/ready"))[0] == 503
        assert (await ask.get("/live"))[0] == 200


async def test_without_its_database_it_still_answers_and_says_so() -> None:
    async with served() as ask:
        tell(READY)
        tell(facts.DatabaseLost(kind="X", why="gone"))
        assert await ask.get("/ready") == (200, '{"ready": true, "database": "lost"}')
        tell(facts.DatabaseBack(seconds=1.0))
        assert await ask.get("/ready") == (200, '{"ready": true, "database": "up"}')


async def test_the_figures_are_what_prometheus_reads() -> None:
    async with served() as ask:
        tell(facts.PromptAgain(channel="C", ts="1.0"))
        status, text = await ask.get("/metrics")
    assert status == 200
    assert "teleprinter_events_again_total 1.0" in text
    assert "# TYPE teleprinter_event_loop_lag_seconds gauge" in text
    [tasks] = re.findall(r"^teleprinter_event_loop_tasks (\S+)$", text, re.MULTILINE)
    assert float(tasks) >= 1


@pytest.mark.parametrize(
    "accept",
    [
        'text/plain; version="1.0.0"',
        "text/plain; version=1.0.0-rc1",
        "application/openmetrics-text;version=x",
    ],
)
async def test_whoever_writes_the_wanted_version_oddly_is_answered_all_the_same(accept: str) -> None:
    async with served() as ask:
        status, text = await ask.get("/metrics", Accept=accept)
    assert status == 200
    assert "# TYPE teleprinter_turns_running gauge" in text


@pytest.mark.parametrize("path", ["/", "/metrics/x", "/slack/events"])
async def test_nothing_else_is_there(path: str) -> None:
    async with served() as ask:
        assert (await ask.get(path))[0] == 404


async def test_a_taken_port_is_a_wrong_setting() -> None:
    async with served() as ask:
        with pytest.raises(SettingsError, match=f"TELEPRINTER_STATUS_PORT={ask.port} cannot be had"):
            async with status_server(host="127.0.0.1", port=ask.port):
                pass
