"""The commands that show what durability holds, and what it costs: `chaos`, `day`, `starting`, `replicas` and `stop`."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from benchmarks import replicas as sharing
from benchmarks import starting as starts
from benchmarks import stop as stops
from benchmarks.chaos.front import Troubles
from benchmarks.chaos.replicas import database_url
from benchmarks.chaos.run import Plan, play
from benchmarks.chaos.scrape import table as scrape_table
from benchmarks.day.run import DayPlan, play_day
from benchmarks.day.samples import rows_table, samples_table
from benchmarks.decisions import DecisionPlan, decide
from benchmarks.scenarios import SCENARIOS
from benchmarks.simulate import OURS, POLICIES, simulate
from tests.postgres import postgres

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.measure import Figures

TABLE_WIDTH = 100
ORDINARY, USUAL = DayPlan(), DecisionPlan()
DATABASES = ("sqlite", "postgres")
SHARED = "20 in 10 s"
BUSY = """
import os
while os.getppid() == {parent}:
    pass
"""

PLANS = {
    "kill": Plan(),
    "freeze": Plan(seconds=40.0, kill=None, freeze=10.0),
    "restart": Plan(seconds=40.0, kill=None, restart=15.0),
    "cut": Plan(seconds=40.0, kill=None, cut=5.0),
    "deploy": Plan(seconds=60.0, kill=None, leave=10.0),
    "scrape": Plan(
        seconds=40.0,
        replicas=2,
        rate=2.0,
        kill=18.0,
        presses=0.0,
        breaking=0.0,
        updates=240,
        troubles=Troubles(lost=0.0),
    ),
    "act": Plan(seconds=250.0, rate=2.0, presses=0.0, breaking=0.0, acts=True),
}
"""What may go wrong: `kill -9`, SIGSTOP for ten seconds, a database that ends and starts again, sockets without a goodbye,
a deploy of one replica after the other, `kill -9` where little else is wrong, so that what replicas say at /metrics can be compared as
a whole, and `kill -9` while tools act that people approve."""


@click.command()
@click.option(
    "--database",
    "databases",
    multiple=True,
    type=click.Choice(DATABASES),
    help="Only this; repeatable.",
)
@click.option("--plan", "plans", multiple=True, type=click.Choice(list(PLANS)), help="Only this; repeatable.")
@click.option(
    "--seed", default=0, show_default=True, help="What is drawn by lot: another number, another run."
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1.0),
    help="For how long people ask, instead of what the plan says.",
)
@click.option(
    "--presses",
    type=click.FloatRange(min=0.0),
    help="How many times a second people press what stands below answers, instead of what the plan says.",
)
@click.option(
    "--busy",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="So many other processes keep a core busy meanwhile.",
)
@click.option(
    "--log", type=click.Path(dir_okay=False, path_type=Path), help="Keep what the replicas log there."
)
def chaos(
    *,
    databases: tuple[str, ...],
    plans: tuple[str, ...],
    seed: int,
    seconds: float | None,
    presses: float | None,
    busy: int,
    log: Path | None,
) -> None:
    """Kill, freeze and cut off replicas while people ask, stop, retry and delete; every question must be answered exactly once, and
    whatever is pressed be done once. Takes minutes."""
    passed = True
    with busy_processes(busy):
        for database, name in product(databases or DATABASES, plans or tuple(PLANS)):
            if name == "restart" and database == "sqlite":
                continue  # a file has no server that could end
            plan = _plan(name, seconds, presses)
            passed &= _chaos(name, plan, database, seed, log)
    sys.exit(0 if passed else 1)


def _plan(name: str, seconds: float | None, presses: float | None) -> Plan:
    """The plan of that name, with what was asked for instead of its own."""
    plan = PLANS[name]
    return replace(
        plan,
        seconds=plan.seconds if seconds is None else seconds,
        presses=plan.presses if presses is None else presses,
    )


def _chaos(name: str, plan: Plan, database: str, seed: int, log: Path | None) -> bool:
    with TemporaryDirectory() as folder, open_place(database, Path(folder)) as (where, restart):
        url = database_url(where)
        verdict, run = asyncio.run(
            play(
                plan,
                database_url=url,
                folder=Path(folder),
                seed=seed,
                restart_database=restart,
                tell=lambda words: click.echo(f"{name}, {database}: {words}", err=True),
            )
        )
        acted = run.acting.judge() if run.acting else None
    click.echo(
        f"{name}, {database}: {verdict.events} events, followed for {run.settled:.0f} s after the last, {run.front.calls} calls of which {run.front.troubled} failed on "
        f"purpose, {len(run.replicas.all)} replicas, {verdict.takeovers} takeovers (median {verdict.gap:.2f} s, worst "
        f"{verdict.worst_gap:.2f} s), {verdict.missing} missing, {verdict.doubled} doubled, "
        f"{verdict.together} written by two at once, {run.given_up} given up; {run.presses.made} presses, "
        f"{run.presses.doubled} of them doubled and {run.presses.lost} lost, {len(run.presses.owed)} further answers, "
        f"{len(run.presses.stopped)} stopped and {len(run.presses.deleted) + len(run.presses.removed)} deleted, {verdict.twice} done twice, "
        f"{verdict.stale} with controls that stay, {len(run.presses.unheeded)} presses without an effect"
    )
    if acted is not None:
        click.echo(
            f"{name}, {database}: {acted.asked} actions asked for, {acted.done} done, {acted.unsure} that may have been done, "
            f"{acted.twice} done twice, {acted.unasked} done unasked, {acted.silent} without a word"
        )
    lines = run.compare()
    console = Console(highlight=False, width=TABLE_WIDTH)
    console.print(scrape_table(lines))
    for answer in run.wrong():
        click.echo(f"  {answer}", err=True)
    if log is not None:
        log.write_text(run.replicas.logged(), encoding="utf-8")
    acted_well = acted is None or acted.passed
    agree = all(one.agrees for one in lines) and not run.unreached
    if run.unreached:
        click.echo(f"  /metrics was not answered by {', '.join(run.unreached)}", err=True)
    return verdict.passed and acted_well and agree and not run.given_up and not run.presses.unheeded


@click.command("day")
@click.option("--turns", type=click.IntRange(1), default=ORDINARY.turns, show_default=True)
@click.option("--people", type=click.IntRange(1), default=ORDINARY.people, show_default=True)
@click.option(
    "--at-once",
    type=click.IntRange(1),
    default=ORDINARY.at_once,
    show_default=True,
    help="Who wait for an answer.",
)
@click.option("--database", type=click.Choice(DATABASES), default="sqlite", show_default=True)
def day_command(*, turns: int, people: int, at_once: int, database: str) -> None:
    """A busy company's day, hurried, through one process of the bot: what it holds more of in the evening than in the morning. Takes
    about a minute for each thousand turns; Linux only."""
    plan = DayPlan(turns, people, at_once=at_once)
    with TemporaryDirectory() as folder, open_place(database, Path(folder)) as (where, _):
        url = database_url(where)
        told = lambda words: click.echo(words, err=True)  # noqa: E731
        day = asyncio.run(play_day(plan, database_url=url, folder=Path(folder), tell=told))
    console = Console(highlight=False, width=TABLE_WIDTH)
    console.print(samples_table(day.samples, plan.warm))
    console.print(rows_table(day.rows, turns))
    console.print(day.steps.table())
    wrong = day.wrong()
    click.echo(
        f"{turns:,} turns of {people} people in {day.seconds:.0f} s on {database}; slowest step: {day.steps.slowest}; "
        f"{'; '.join(wrong) or 'nothing has leaked'}"
    )
    sys.exit(1 if wrong else 0)


@click.command()
@click.option("--questions", type=click.IntRange(1), default=USUAL.questions, show_default=True)
@click.option(
    "--database", "databases", multiple=True, type=click.Choice(DATABASES), help="Only this; repeatable."
)
def decisions(*, questions: int, databases: tuple[str, ...]) -> None:
    """Who is answered by two replicas with lists, quotas and a channel that is off: every decision, and that no budget is overspent."""
    failed = False
    for name in databases or DATABASES:
        with TemporaryDirectory() as folder, open_place(name, Path(folder)) as (where, _):
            url = database_url(where)
            told = lambda words: click.echo(words, err=True)  # noqa: E731
            plan = DecisionPlan(questions=questions)
            made = asyncio.run(decide(plan, database_url=url, folder=Path(folder), tell=told))
        Console(highlight=False, width=120).print(made.table())
        wrong = made.wrong()
        words = "; ".join(wrong[:10]) or "every question has one decision, and no budget was overspent"
        click.echo(f"{name}: {made.answered.total()} answers to {len(made.questions)} questions; {words}")
        failed |= bool(wrong)
    sys.exit(1 if failed else 0)


@click.command()
@click.option("--events", default=starts.EVENTS, show_default=True)
def starting(events: int) -> None:
    """Time from an event to the beginning of its turn, with and without durability."""
    _quiet()
    _told("without durability", asyncio.run(starts.without(events=events)))
    for name in DATABASES:
        with TemporaryDirectory() as folder, open_place(name, Path(folder)) as (where, _):
            _told(name, asyncio.run(starts.durably(where, events=events)))


def _quiet() -> None:
    """What is measured is on standard output; the bot's warnings would stand in between."""
    logging.getLogger("bot").addHandler(logging.NullHandler())


def _told(name: str, figures: starts.Starts) -> None:
    click.echo(f"{name}: median {figures.median:.1f} ms, 99th percentile {figures.p99:.1f} ms")


@click.command()
def replicas() -> None:
    """The delays of words where two replicas share one budget, beside those of a single one."""
    _quiet()
    scenario = SCENARIOS[SHARED]
    _shown("one replica, in virtual time", simulate(scenario, POLICIES[OURS]))
    for name in DATABASES:
        with TemporaryDirectory() as folder, open_place(name, Path(folder)) as (where, _):
            _shown(f"two replicas, {name}", asyncio.run(sharing.measure(scenario, where)))


def _shown(name: str, figures: Figures) -> None:
    click.echo(
        f"{SHARED}, {name}: mean delay {figures.mean:.2f} s, first text {figures.first:.2f} s, last word {figures.last:.2f} s, "
        f"{figures.split} split, {figures.calls} calls, {figures.limited} answered 429, {figures.lost} words lost"
    )


@contextmanager
def busy_processes(count: int) -> Iterator[list[subprocess.Popen[bytes]]]:
    """`count` processes that do nothing but keep a core each busy while the block runs, or until we die."""
    command = [sys.executable, "-c", BUSY.format(parent=os.getpid())]
    spinning = [subprocess.Popen(command) for _ in range(count)]  # noqa: S603
    try:
        yield spinning
    finally:
        for process in spinning:
            process.kill()
            process.wait()


@contextmanager
def open_place(name: str, folder: Path) -> Iterator[tuple[Path | str, Callable[[], None] | None]]:
    """Where turns are kept, and what ends and starts it; None where that is a file."""
    if name == "sqlite":
        yield folder / "turns.sqlite", None
        return
    with postgres() as server:
        yield server.url, server.restart


@click.command()
@click.option("--presses", default=50, show_default=True, help="Heard by another replica than the writer.")
def stop(presses: int) -> None:
    """Time from a press of Stop to the end of the model's connection, at another replica and at the writer. Takes minutes."""
    for name in DATABASES:
        with TemporaryDirectory() as folder, open_place(name, Path(folder)) as (where, _):
            measured = asyncio.run(stops.measure(where, presses=presses))
        for who, seconds in (("elsewhere", measured.elsewhere), ("at the writer", measured.at_the_writer)):
            if seconds:
                click.echo(
                    f"{name}, {who}: median {median(seconds):.2f} s, worst {max(seconds):.2f} s of {len(seconds)}"
                )


COMMANDS: tuple[Any, ...] = (chaos, day_command, decisions, starting, replicas, stop)
