"""`python -m benchmarks`: how soon readers see what the model writes, under our policy and under others'."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click
from rich.console import Console

from benchmarks import cpu, durable, front, loads, wire
from benchmarks.costs.comparison import compare, summary
from benchmarks.costs.comparison import table as comparison_table
from benchmarks.mixed import mixed_table, play_mixed
from benchmarks.picture import PICTURED, write_pictures
from benchmarks.report import PLAIN_WIDTH, Measured, table, to_json
from benchmarks.scenarios import SCENARIOS
from benchmarks.simulate import POLICIES, duration, simulate
from bot.core.pacing.edit_spacing import EditSpacing

REAL = (
    "1 answer",
    "5 at once",
    "20 in 10 s",
)  # what --real plays unless told otherwise: the rest takes an hour


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--virtual/--real",
    default=True,
    help="Simulated time: seconds, and the same every time (the default); or real sockets and real time: minutes.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    type=click.Choice(list(SCENARIOS)),
    help="Only this; repeatable.",
)
@click.option(
    "--policy", "policies", multiple=True, type=click.Choice(list(POLICIES)), help="Only this; repeatable."
)
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the figures there, too.",
)
@click.pass_context
def cli(
    context: click.Context,
    *,
    virtual: bool,
    scenarios: tuple[str, ...],
    policies: tuple[str, ...],
    file: Path | None,
) -> None:
    """How soon readers see what the model writes, by policy.

    The delay of a word is the time from the model's writing it until a reader can see it.
    """
    if context.invoked_subcommand is not None:
        return
    names = scenarios or (tuple(SCENARIOS) if virtual else REAL)
    measure = _virtual if virtual else _real
    results = [measure(name, policies or tuple(POLICIES)) for name in names]
    if file is not None:
        figures = to_json(results, clock="virtual" if virtual else "real")
        file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


@cli.command()
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("docs/images"),
    show_default=True,
)
def picture(folder: Path) -> None:
    """Draw the README's picture, for light pages and for dark ones."""
    for path in write_pictures(folder, SCENARIOS[PICTURED]):
        click.echo(path)


@cli.command("cpu")
@click.option(
    "--streams",
    multiple=True,
    type=click.IntRange(1),
    default=(1, 50, 200),
    show_default=True,
    help="Answers at once; repeatable.",
)
@click.option("--tokens", type=click.IntRange(1), default=500, show_default=True, help="Of each answer.")
@click.option("--rate", type=click.FloatRange(1), default=50.0, show_default=True, help="Tokens a second.")
@click.option("--tls", is_flag=True, help="Over TLS, with a certificate that is made for it (wants openssl).")
@click.option(
    "--parts", is_flag=True, help="Time the core's single parts instead: a delta, a decision, an edit."
)
def cpu_command(*, streams: tuple[int, ...], tokens: int, rate: float, tls: bool, parts: bool) -> None:
    """What the whole bot costs the processor, beside other ways to read the same streams. Takes minutes; Linux only."""
    console = _console()
    if parts:
        console.print(cpu.table(cpu.costs(), plain=not console.is_terminal))
        return
    for count in streams:
        click.echo(f"{count} at once: about {8 * tokens / rate + 60:.0f} s …", err=True)
        compared = compare(count, tokens=tokens, rate=rate, tls=tls)
        console.print(comparison_table(compared, plain=not console.is_terminal))
        console.print(summary(compared), end="\n\n")


@cli.command("random")
@click.option(
    "--seeds", type=click.IntRange(1), default=loads.SEEDS, show_default=True, help="Loads of each kind."
)
@click.option("--first", type=int, default=0, show_default=True, help="The first seed.")
@click.option(
    "--whole",
    is_flag=True,
    help="Through the whole replier, some twenty times as slow: the figures are the same.",
)
def random_command(*, seeds: int, first: int, whole: bool) -> None:
    """Play random loads by our rule and the one before: people ask when they like, and answers are short and long."""
    console = _console(width=loads.WIDTH)
    played = loads.play_all(range(first, first + seeds), whole=whole)
    console.print(loads.table(played, plain=not console.is_terminal))


@cli.command("mixed")
def mixed_command() -> None:
    """Play ten answers in channels beside ten that are streamed in direct messages, and the same by edits alone."""
    console = _console()
    console.print(mixed_table(play_mixed(), plain=not console.is_terminal))


@cli.command("front")
@click.option(
    "--schedules",
    type=click.IntRange(1),
    default=300,
    show_default=True,
    help="How many are drawn; 8 a second.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed draws others.")
def front_command(*, schedules: int, seed: int) -> None:
    """Search for schedules that no other beats, and show where ours stands among them."""
    console = _console(width=front.WIDTH)
    ours, *others = [front.played(each) for each in (EditSpacing(), *front.draw(schedules, seed=seed))]
    console.print(front.table(front.front([ours, *others]), ours, plain=not console.is_terminal))
    console.print(front.verdict(ours, others))


for command in durable.COMMANDS:
    cli.add_command(command)


def _virtual(name: str, policies: tuple[str, ...]) -> Measured:
    scenario = SCENARIOS[name]
    return _printed(Measured(scenario, {policy: simulate(scenario, POLICIES[policy]) for policy in policies}))


def _real(name: str, policies: tuple[str, ...]) -> Measured:
    scenario, figures = SCENARIOS[name], {}
    for policy in policies:
        seconds = duration(scenario, POLICIES[policy])
        click.echo(f"{name}, {policy}: about {seconds:.0f} s …", err=True)
        figures[policy] = asyncio.run(wire.measure(scenario, policy))
    return _printed(Measured(scenario, figures))


def _printed(measured: Measured) -> Measured:
    console = _console()
    console.print(table(measured, plain=not console.is_terminal))
    console.print()
    return measured


def _console(width: int = PLAIN_WIDTH) -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=width)


if __name__ == "__main__":
    cli(prog_name="python -m benchmarks")
