"""The whole bot and four ways to read a model's stream, in one run: every figure is worth what stands beside it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from benchmarks.costs.certificate import make_certificate
from benchmarks.costs.readers import WAYS, Reading
from benchmarks.costs.whole_bot import BotCost, measure_bot

if TYPE_CHECKING:
    from collections.abc import Iterator

BASELINE = "ChatOpenAI"
SHORT = 5  # tokens of an answer that is nearly all turn


@dataclass(frozen=True, slots=True)
class Comparison:
    """What so many answers at once cost each reader and the whole bot; and a turn of a few words."""

    streams: int
    tls: bool
    readings: dict[str, Reading]
    bot: BotCost
    turn: BotCost

    @property
    def ratio(self) -> float:
        """The whole bot's CPU a token, as a multiple of what LangChain's chat model takes by itself."""
        return self.bot.micros / self.readings[BASELINE].micros


def compare(streams: int, *, tokens: int, rate: float, tls: bool = False) -> Comparison:
    """One after the other, each in a process of its own. Takes `tokens / rate` seconds each, and some."""
    with TemporaryDirectory(prefix="costs-") as name:
        folder = Path(name)
        certificate = make_certificate(folder) if tls else None
        with token_server(rate, certificate) as url:
            readings = {way: _read(way, url, tokens, streams, certificate) for way in WAYS}
            trusted = trust(certificate)
            bot = asyncio.run(measure_bot(url, folder, tokens=tokens, streams=streams, trusted=trusted))
            turn = asyncio.run(measure_bot(url, folder, tokens=SHORT, streams=streams, trusted=trusted))
    return Comparison(streams, tls, readings, bot, turn)


def trust(certificate: Path | None) -> dict[str, str]:
    """Variables by which a process trusts the certificate."""
    return {} if certificate is None else {"SSL_CERT_FILE": str(certificate)}


@contextmanager
def token_server(rate: float, certificate: Path | None = None) -> Iterator[str]:
    """The base URL of a server that sends so many tokens a second, a packet each; over TLS where there is a certificate."""
    command = [sys.executable, "-m", "benchmarks.costs.token_server", "--rate", str(rate)]
    command += [] if certificate is None else ["--certificate", str(certificate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603
        assert server.stdout is not None
        assert server.stdin is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.stdin.close()


def _read(way: str, url: str, tokens: int, streams: int, certificate: Path | None) -> Reading:
    command = [sys.executable, "-m", "benchmarks.costs.readers", way, url]
    done = subprocess.run(  # noqa: S603
        [*command, "--tokens", str(tokens), "--streams", str(streams)],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | trust(certificate),
    )
    return Reading(**json.loads(done.stdout))


def table(compared: Comparison, *, plain: bool) -> Table:
    """`plain`: without lines, for a pipe."""
    shown = Table(
        title=f"{compared.streams} answers at once, a packet a token{', over TLS' if compared.tls else ''}",
        title_justify="left",
        box=None if plain else box.SIMPLE_HEAD,
        pad_edge=False,
    )
    shown.add_column("", no_wrap=True)
    for name in ("CPU a token", f"to {BASELINE}", "memory a stream", "words late by", "at worst"):
        shown.add_column(name, justify="right", no_wrap=True)
    rows: list[tuple[str, Reading | BotCost]] = [*compared.readings.items(), ("the whole bot", compared.bot)]
    baseline = compared.readings[BASELINE].micros
    for name, cost in rows:
        shown.add_row(
            name,
            f"{cost.micros:,.0f} µs",
            f"{cost.micros / baseline:.2f}",
            f"{cost.memory:.2f} MB",
            f"{cost.late:.3f} s",
            f"{cost.latest:.3f} s",
        )
    return shown


def summary(compared: Comparison) -> str:
    """What is said of the whole bot in a line of its own."""
    bot = compared.bot
    return (
        f"ready after {bot.ready:.2f} s of CPU, its model loaded after {bot.loaded:.2f} s; "
        f"at rest {100 * bot.idle:.2f} % of a core and {bot.resting:.0f} MB; "
        f"a turn of {SHORT} words takes {compared.turn.turn:.1f} ms of CPU"
    )
