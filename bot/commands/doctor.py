"""`teleprinter doctor`: all that is wrong with a set-up, at once, each with its mend."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.app import connected
from bot.commands.app_manifest import bot_scopes, wanted_features
from bot.commands.finding import Finding, Verdict, good, wrong
from bot.commands.health_checks import (
    check_events,
    check_model_answers,
    check_secrets_file,
    check_slack,
    check_storage,
    check_ways_out,
    in_time,
    misspelt,
    wrong_settings,
)
from bot.documents.libraries import missing_words
from bot.errors import SettingsError
from bot.model.configured_model import preload_model
from bot.observability.tracing import find_problem, is_wanted
from bot.settings import load

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping
    from pathlib import Path

    from rich.console import Console

    from bot.settings import Settings

_STYLES = {Verdict.GOOD: "green", Verdict.DOUBTFUL: "yellow", Verdict.WRONG: "bold red"}


async def doctor(environ: MutableMapping[str, str], *, dotenv: Path, console: Console) -> int:
    """Print what is right and what is wrong. Returns 1 where anything is wrong, else 0."""
    findings = [*check_secrets_file(dotenv)]
    try:
        settings = load(environ, dotenv=dotenv)
    except SettingsError as error:
        # All of them; the first one too where it is no variable's fault.
        findings += wrong_settings(environ) or [Finding("settings", Verdict.WRONG, str(error))]
        findings += misspelt(environ)
    else:
        findings += misspelt(environ) or [Finding("settings", Verdict.GOOD, "Every variable makes sense.")]
        findings += [*await _look_around(settings), *check_traces(environ), check_files()]
    for finding in findings:
        _print(finding, console)
    return _summarize(findings, console)


async def _look_around(settings: Settings) -> list[Finding]:
    scopes = frozenset(bot_scopes(wanted_features(settings)))
    preload_model(settings)  # takes the processor for seconds, which no answer has to wait for
    async with connected(settings) as client:
        found = await asyncio.gather(
            in_time("Slack", lambda: check_slack(settings, client, scopes)),
            in_time("events", lambda: check_events(settings, client)),
            in_time("model", lambda: check_model_answers(settings)),
            in_time("database", lambda: check_storage(settings)),
        )
    return [*(one for each in found for one in each), *check_ways_out(settings)]


def check_traces(env: Mapping[str, str]) -> list[Finding]:
    """Says whether traces can be sent, where the environment asks for them."""
    if not is_wanted(env):
        return []
    problem = find_problem(env)
    return [wrong("traces", problem) if problem else good("traces", "OpenTelemetry is there to send them.")]


def check_files() -> Finding:
    """Says which attached files cannot be read for want of a library."""
    missing = missing_words()
    everything = "Every kind that is known can be read."
    return Finding("files", Verdict.DOUBTFUL, missing) if missing else good("files", everything)


def _print(finding: Finding, console: Console) -> None:
    console.print(f"{finding.verdict.value:6}", style=_STYLES[finding.verdict], end="", highlight=False)
    console.print(f"{finding.subject}: {finding.words}", markup=False, highlight=False, soft_wrap=True)


def _summarize(findings: list[Finding], console: Console) -> int:
    count = sum(finding.verdict is Verdict.WRONG for finding in findings)
    words = "Nothing is wrong." if count == 0 else f"{count} to mend." if count > 1 else "One thing to mend."
    console.print(f"\n{words}", markup=False, highlight=False)
    return 1 if count else 0
