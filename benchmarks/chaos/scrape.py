"""What replicas say of themselves at /metrics, beside what came of them at Slack.

A replica is asked while it lives, shortly before it is killed or at the end. Calls are counted at both sides at about the same time: so each
figure has to lie between what Slack had sent back a moment before and what it has when the answer is there. What a replica
goes on with that another began was partly shown already, and the words of both are the same: turns and delays are compared where
a replica has adopted none.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.chaos.front import Heard
    from benchmarks.chaos.replicas import Replica

PATIENCE = 10.0  # seconds for an answer of a replica
ON_ITS_WAY = 1.0  # seconds from an answer of Slack's to its being counted by the replica
TOLERANCE = 0.05  # of the delay of words
FEW = 200  # characters of which a mean is none
REQUESTS = "teleprinter_slack_requests_total"
COUNTED = {
    "posts": ("chat.postMessage", ("taken",), "taken"),
    "edits": ("chat.update", ("taken",), "taken"),
    "posts 429": ("chat.postMessage", ("limited",), "RateLimited"),
    "edits 429": ("chat.update", ("limited",), "RateLimited"),
}
"""Figures of calls: Slack's method, what became of them there, and what the replica calls that."""


@dataclass(frozen=True, slots=True)
class Scrape:
    """The figures of one replica by their names and labels, after so many questions, and from when to when they were asked for."""

    replica: str
    questions: int
    figures: Mapping[str, float]
    begun: float
    ended: float

    @property
    def name(self) -> str:
        """What it is called in the table."""
        return f"{self.replica} after {self.questions}"

    def __getitem__(self, name: str) -> float:
        return self.figures.get(name, 0.0)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure: as the replica says, and the least and the most that Slack has counted."""

    replica: str
    figure: str
    told: float
    least: float
    most: float

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.least <= self.told <= self.most


async def scrape(replica: Replica, questions: int) -> Scrape:
    """The figures of a replica that lives, after so many questions. Raises aiohttp.ClientError and TimeoutError where it does not answer."""
    clock = asyncio.get_running_loop().time
    begun, url = clock(), f"http://127.0.0.1:{replica.status_port}/metrics"
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session, session.get(url) as answer:
        families = text_string_to_metric_families(await answer.text())
    samples = chain.from_iterable(family.samples for family in families)
    figures = {" ".join((one.name, *one.labels.values())): one.value for one in samples}
    return Scrape(replica.name, questions, figures, begun, clock())


def compare(
    scrapes: Iterable[Scrape],
    heard: Sequence[Heard],
    written: Mapping[tuple[int, int], Sequence[float]] | None,
) -> list[Line]:
    """All figures that can be compared. `written` is when the model wrote each word; None: only calls are compared."""
    lines = list[Line]()
    for one in scrapes:
        lines += _calls(one, heard)
        lines += [] if written is None else _answers(one, heard, written)
    return lines


def _calls(scrape: Scrape, heard: Sequence[Heard]) -> list[Line]:
    lines = []
    for name, (method, outcomes, told) in COUNTED.items():
        times = [
            one.at
            for one in heard
            if (one.replica, one.method) == (scrape.replica, method) and one.outcome in outcomes
        ]
        least = sum(at <= scrape.begun - ON_ITS_WAY for at in times)
        most = sum(at <= scrape.ended for at in times)
        lines.append(Line(scrape.name, name, scrape[f"{REQUESTS} {method} {told}"], least, most))
    return lines


def _answers(
    scrape: Scrape, heard: Sequence[Heard], written: Mapping[tuple[int, int], Sequence[float]]
) -> list[Line]:
    if scrape["teleprinter_turns_adopted_total"]:
        return []
    early, late = (
        _Shown.of(scrape.replica, heard, written, until)
        for until in (scrape.begun - ON_ITS_WAY, scrape.ended)
    )
    turns = scrape["teleprinter_first_text_seconds_count"]
    lines = [Line(scrape.name, "answers begun", turns, early.answers, late.answers)]
    if (chars := scrape["teleprinter_chars_shown_total"]) >= FEW and late.chars >= FEW:
        told, mean = scrape["teleprinter_chars_delay_seconds_total"] / chars, late.delay / late.chars
        lines.append(
            Line(scrape.name, "delay of words", told, mean * (1 - TOLERANCE), mean * (1 + TOLERANCE))
        )
    return lines


@dataclass(slots=True)
class _Shown:
    """What one replica has shown: messages, and the characters of their words with their delays, added up."""

    answers: int = 0
    chars: int = 0
    delay: float = 0.0

    @staticmethod
    def of(
        replica: str,
        heard: Sequence[Heard],
        written: Mapping[tuple[int, int], Sequence[float]],
        until: float,
    ) -> _Shown:
        shown, found = dict[str, frozenset[tuple[int, int]]](), _Shown()
        for one in heard:
            if one.replica != replica or one.at > until or one.outcome != "taken" or not one.words:
                continue
            fresh = one.words - shown.get(one.ts, frozenset())
            found.answers += one.ts not in shown
            shown[one.ts] = one.words | shown.get(one.ts, frozenset())
            for word in fresh:
                size = len(f"q{word[0]}w{word[1]} ")
                found.chars += size
                found.delay += size * (one.at - max(at for at in written[word] if at <= one.at))
        return found


def table(lines: Sequence[Line]) -> Table:
    """All lines for people."""
    columns = ("replica, questions", "figure", "at /metrics", "at Slack", "")
    table = Table(*columns, title="What replicas say, and what Slack has counted")
    for one in lines:
        span = f"{one.least:.4g}" if one.least == one.most else f"{one.least:.4g} … {one.most:.4g}"
        table.add_row(one.replica, one.figure, f"{one.told:.4g}", span, "" if one.agrees else "differs")
    return table
