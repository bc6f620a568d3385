"""`python -m benchmarks.markdown`: what rendering a half-written answer costs, beside other libraries, and how calm it looks.

Times mean little without the machine, so the others are measured in the same run, on the same text.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.metadata import distributions
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import click
from greenlet import getcurrent, greenlet  # type: ignore[import-untyped, unused-ignore]
from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.report import PLAIN_WIDTH
from bot.core.delivery.message_format import Dialect
from bot.core.delivery.segments import Segments
from bot.core.markdown.parse.work_meter import pausing
from bot.core.markdown.render.message_text import mrkdwn, slack_markdown
from bot.core.markdown.stream.healing import heal
from bot.core.markdown.stream.incremental import IncrementalText
from tests.strict import corpus, visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LENGTHS = (1_000, 4_000, 12_000)
DELTA = 5  # characters; a token is about as long
EDIT = 100  # characters between two edits
OTHERS = {
    "slackify-markdown": ("slackify_markdown", "slackify_markdown"),
    "markdown-to-mrkdwn": ("markdown_to_mrkdwn", "SlackMarkdownConverter"),
}
# Not into .venv: one of them brings a package `tests` that hides ours.
INSTALL = "pip install --target DIR slackify-markdown markdown-to-mrkdwn, and then --others DIR"
TOO_LONG = 20  # milliseconds that a step of rendering may hold up others
LONGEST_FILE = 3_000  # characters: every beginning of it is rendered


@dataclass(frozen=True, slots=True)
class Speed:
    """Milliseconds an edit and microseconds a delta, for an answer of `length` characters that is written bit by bit."""

    length: int
    whole: float  # each edit renders all of the text
    mean: float  # each edit renders the open end
    worst: float
    finish: float  # the last edit
    delta: float


@dataclass(frozen=True, slots=True)
class Calm:
    """Of `prefixes` beginnings of texts, how many were `wrong`: what was seen does not begin what is seen in the end.

    `back` is how often something that was seen went away.
    """

    files: int
    prefixes: int
    wrong: int
    back: int


@dataclass(frozen=True, slots=True)
class Worst:
    """Of `steps` in which texts were rendered, the longest one in milliseconds of the processor, and how many were `late`."""

    steps: int
    longest: float
    late: int


def answer(length: int) -> str:
    """An answer of `length` characters: the corpus's, one after the other."""
    text = "\n\n".join(str(case["markdown"]) for case in corpus("llm_answers"))
    return (text * (length // len(text) + 1))[:length]


def speed(length: int, *, repeats: int = 3) -> Speed:
    """The best of some `repeats`."""
    text = answer(length)
    runs = [_stream(text) for _ in range(repeats)]
    edits = [min(times) for times in zip(*(run[0] for run in runs), strict=True)]
    return Speed(
        length,
        whole=_best(lambda: slack_markdown(heal(text)), repeats),
        mean=sum(edits) / len(edits),
        worst=max(edits),
        finish=min(run[1] for run in runs),
        delta=min(run[2] for run in runs) * 1e3,
    )


def _stream(text: str) -> tuple[list[float], float, float]:
    """`text` fed delta by delta: milliseconds of each edit, of the last one, and of a delta on average."""
    growing, edits, fed = IncrementalText(), [], 0.0
    for start in range(0, len(text), EDIT):
        for at in range(start, min(start + EDIT, len(text)), DELTA):
            fed += _millis(partial(growing.feed, text[at : at + DELTA]))
        edits.append(_millis(lambda: growing.render(finished=False)))
    return edits, _millis(lambda: growing.render(finished=True)), fed / (len(text) / DELTA)


def others() -> dict[str, Callable[[str], str]]:
    """The other libraries that are installed, by name."""
    found: dict[str, Callable[[str], str]] = {}
    for name, (module, attribute) in OTHERS.items():
        try:
            convert = getattr(import_module(module), attribute)
        except ImportError:
            continue
        found[name] = convert().convert if isinstance(convert, type) else convert
    return found


def calm(texts: Iterator[str]) -> Calm:
    """How calm the beginnings of `texts` look, every one of them."""
    files = prefixes = wrong = back = 0
    for text in texts:
        seen = [visible(slack_markdown(heal(text[:end]))) for end in range(len(text) + 1)]
        final = visible(slack_markdown(text))
        files, prefixes = files + 1, prefixes + len(seen)
        wrong += sum(not final.startswith(one) for one in seen)
        back += sum(not later.startswith(earlier) for earlier, later in pairwise(seen))
    return Calm(files, prefixes, wrong, back)


def installed(most: int) -> Iterator[str]:
    """Texts that nobody wrote for us: what the packages installed here say of themselves, `most` of them.

    A text that explains links at its end looks different until it is there, under any rules: those are left out.
    """
    for distribution in sorted(distributions(), key=lambda one: one.name.lower()):
        description = distribution.metadata.json.get("description", "")
        if distribution.metadata["Description-Content-Type"] != "text/markdown" or most <= 0:
            continue
        text = str(description)
        text = text[: max(0, text.rfind("\n\n", 0, LONGEST_FILE))]
        if len(text) > 200 and "]: " not in text:
            most -= 1
            yield text


def worst_step(texts: Iterator[str]) -> Worst:
    """Each of `texts` as an answer that is written bit by bit, and as one that comes at once, in both dialects."""
    collector = gc.isenabled()
    gc.freeze()
    gc.disable()  # what the rest of this process leaves to be collected is none of rendering's
    try:
        steps = [
            step
            for text in texts
            for dialect in Dialect
            for size in (EDIT, len(text))
            for step in _steps(text, dialect, size)
        ]
    finally:
        gc.unfreeze()
        gc.enable() if collector else None
    return Worst(len(steps), max(steps, default=0.0), sum(step > TOO_LONG for step in steps))


def _steps(text: str, dialect: Dialect, size: int) -> list[float]:
    """Milliseconds of the processor for each step in which the parts of `text` are rendered, fed `size` characters at a time."""
    parts, steps = Segments(dialect), list[float]()
    for start in range(0, len(text), max(1, size)):
        steps += _in_steps(partial(parts.feed, text[start : start + size]))
        steps += _in_steps(partial(_show, parts))
    parts.finish()
    return steps + _in_steps(partial(_show, parts))


def _show(parts: Segments) -> None:
    parts.render()
    while parts.current.cut is not None and not parts.current.last:
        parts.advance()
        parts.render()


def _in_steps(work: Callable[[], None]) -> list[float]:
    caller, steps = getcurrent(), list[float]()

    def run() -> None:
        with pausing(caller.switch):
            work()

    worker = greenlet(run)
    while not worker.dead:
        began = time.process_time()
        worker.switch()
        steps.append((time.process_time() - began) * 1e3)
    return steps


def surviving(examples: list[str]) -> int:
    """How many of `examples` read the same after they were written in canonical form."""
    return sum(visible(slack_markdown(one)) == visible(one) for one in examples)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--others",
    "folder",
    type=click.Path(exists=True, file_okay=False),
    help="Where other libraries are installed.",
)
@click.pass_context
def cli(context: click.Context, *, folder: str | None) -> None:
    """What an edit of a half-written answer costs, beside other libraries that render Markdown for Slack."""
    if context.invoked_subcommand is not None:
        return
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=PLAIN_WIDTH)
    sys.path += [folder] if folder else []
    rest = others()
    console.print(_table([speed(length) for length in LENGTHS], rest, plain=not console.is_terminal))
    if len(rest) < len(OTHERS):
        console.print(f"To see other libraries beside it: {INSTALL}", soft_wrap=True)


@cli.command("calm")
@click.option("--files", default=40, show_default=True, help="How many files besides the corpus.")
def calm_command(files: int) -> None:
    """Render every beginning of the corpus, and of files that nobody wrote for us: does what is seen only grow?"""
    answers = (str(case["markdown"]) for case in corpus("llm_answers"))
    for name, texts in (("corpus", answers), ("installed packages", installed(files))):
        found = calm(texts)
        click.echo(
            f"{name}: {found.files} files, {found.prefixes:,} beginnings, {found.wrong} wrong"
            f" ({100 * found.wrong / max(1, found.prefixes):.3f} %), {found.back} steps back"
        )


@cli.command("worst")
@click.option("--files", default=40, show_default=True, help="How many files besides the corpus.")
def worst_command(files: int) -> None:
    """How long the longest step of rendering holds up everybody else, in milliseconds of the processor."""
    answers = (str(case["markdown"]) for case in corpus("llm_answers"))
    for name, texts in (("corpus", answers), ("installed packages", installed(files))):
        found = worst_step(texts)
        click.echo(
            f"{name}: {found.steps:,} steps, the longest {found.longest:.1f} ms, {found.late} above {TOO_LONG} ms"
        )


@cli.command("spec")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def spec_command(file: Path) -> None:
    """Which of CommonMark's examples read the same in canonical form. FILE is its `spec.json`, or markdown-it-py's."""
    examples = [str(one["markdown"]) for one in json.loads(file.read_text(encoding="utf-8"))]
    same = surviving(examples)
    click.echo(f"{same} of {len(examples)} examples read the same ({100 * same / len(examples):.1f} %)")


def _table(measured: list[Speed], rest: dict[str, Callable[[str], str]], *, plain: bool) -> Table:
    shown = Table(
        title="Milliseconds an edit",
        title_justify="left",
        box=None if plain else box.SIMPLE_HEAD,
        pad_edge=False,
    )
    shown.add_column("", no_wrap=True)
    for one in measured:
        shown.add_column(f"{one.length:,} characters", justify="right", no_wrap=True)
    shown.add_row("the open end, on average", *(f"{one.mean:.2f}" for one in measured))
    shown.add_row("the open end, at worst", *(f"{one.worst:.2f}" for one in measured))
    shown.add_row("the whole text", *(f"{one.whole:.2f}" for one in measured))
    shown.add_row("the last edit", *(f"{one.finish:.2f}" for one in measured))
    shown.add_row("a delta (µs)", *(f"{one.delta:.2f}" for one in measured))
    shown.add_row("the whole text as mrkdwn", *_times(lambda text: mrkdwn(heal(text)), measured))
    for name, convert in rest.items():
        shown.add_row(f"{name}, not healed", *_times(convert, measured))
    return shown


def _times(convert: Callable[[str], str], measured: list[Speed]) -> list[str]:
    texts = [answer(one.length) for one in measured]
    return [f"{_best(partial(convert, text)):.2f}" for text in texts]


def _best(call: Callable[[], object], repeats: int = 3) -> float:
    return min(_millis(call) for _ in range(repeats))


def _millis(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1e3


if __name__ == "__main__":
    cli(prog_name="python -m benchmarks.markdown")
