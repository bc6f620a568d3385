"""`python -m slack_emulator --port 3210`: the local Slack on its own, for whatever speaks to Slack."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from slack_emulator.disputed_rules import with_readings
from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_object, as_objects
from slack_emulator.scenario.fault_script import read_script
from slack_emulator.seeding.seed import read_seed, read_yaml, sparkling_seed
from slack_emulator.server import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_emulator.json_values import Json
    from slack_emulator.seeding.seed import Seed

PORT, MOST_PORT = 3210, 65535
MORE = "docs/workspace.md shows seeds, scripts, readings and the control API."


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve a local Slack until Ctrl+C."""
    chosen = parser().parse_args(arguments)
    with suppress(KeyboardInterrupt):
        try:
            asyncio.run(serve(chosen, seed_of(chosen)))
        except WorkspaceError as error:
            sys.exit(f"Error: {error}")


def parser() -> argparse.ArgumentParser:
    """Returns what the command line may say."""
    found = argparse.ArgumentParser(prog="python -m slack_emulator", description=main.__doc__, epilog=MORE)
    add = found.add_argument
    add("--host", default="127.0.0.1", help="the address to listen on (%(default)s: this computer only)")
    add("--port", type=_port, default=PORT, help="the port (%(default)s); 0 takes any free one")
    add(
        "--name",
        action="append",
        default=[],
        metavar="NAME",
        help="another name of this computer, under which it may be asked",
    )
    add("--tokens", metavar="WORDS", help="make the tokens of these words: the same ones at each start")
    add("--seed", type=Path, metavar="FILE", help="the workspaces, people, channels and apps to begin with")
    add("--script", type=Path, metavar="FILE", help="what is to go wrong, and when")
    add(
        "--state",
        type=Path,
        metavar="FILE",
        help="begin where that file's workspace ended, and keep it there",
    )
    add("--no-limits", action="store_true", help="let every call through, whatever Slack's rate limits")
    add(
        "--rate",
        action="append",
        type=_pair,
        default=[],
        metavar="METHOD=CALLS/SECONDS",
        help="another rate limit",
    )
    add(
        "--reading",
        action="append",
        type=_pair,
        default=[],
        metavar="NAME=VALUE",
        help="read Slack's pages otherwise",
    )
    add(
        "--speed",
        type=float,
        default=1.0,
        help="how fast time runs for retries, limits and expiries (%(default)s)",
    )
    return found


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= MOST_PORT):
        raise argparse.ArgumentTypeError(f"{text} is no port: write a whole number from 0 to {MOST_PORT}")
    return int(text)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"{text} has to be name=value")
    return name, value


def seed_of(chosen: argparse.Namespace) -> Seed:
    """The seed, with what the command line says otherwise. WorkspaceError names what does not fit."""
    seed = read_seed(chosen.seed) if chosen.seed else sparkling_seed()
    rates = (seed.limits if isinstance(seed.limits, dict) else {}) | dict(chosen.rate)
    return replace(
        seed,
        readings=with_readings(dict(chosen.reading), seed.readings),
        limits=False if chosen.no_limits else (rates or seed.limits),
        script=[*seed.script, *_steps(chosen.script)],
    )


def _steps(path: Path | None) -> list[Json]:
    """The steps of a script in a file, which may be one alone. Read here, so that a slip is told before anything runs."""
    if path is None:
        return []
    script: object = read_yaml(path)
    read_script(script)
    alone = as_object(script)
    return as_objects(script) if alone is None else [alone]


async def serve(chosen: argparse.Namespace, seed: Seed) -> None:
    """Say how to reach the workspace, and serve it until cancelled. Its `--state` is read at first and written at last."""
    state: Path | None = chosen.state
    kept = None if state is None else _kept(state)
    async with Workspace.start(
        chosen.host, chosen.port, seed=seed, tokens=chosen.tokens, names=chosen.name
    ) as workspace:
        if kept is not None:
            await workspace.restore(kept)
        if chosen.speed != 1.0:
            workspace.clock.run(chosen.speed)
        sys.stdout.write(told(workspace))
        sys.stdout.flush()
        try:
            await _until_stopped()
        finally:
            if state is not None:
                keep(workspace, state)


async def _until_stopped() -> None:
    """Until Ctrl+C cancels us, or a supervisor says to stop."""
    stopped = asyncio.Event()
    with suppress(NotImplementedError):  # Windows has no such signal
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()


def _kept(path: Path) -> object:
    """Returns what an earlier run left; None where there was none."""
    if not path.exists():
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{path} holds no workspace ({error}): move it away, and begin anew") from error


def keep(workspace: Workspace, path: Path) -> None:
    """Write everything to a file beside it first: a full disk must not cost what was there."""
    beside = path.with_suffix(f"{path.suffix}.new")
    try:
        beside.write_text(json.dumps(workspace.export()))
        beside.replace(path)
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be written: {error.strerror or error}") from error


def told(workspace: Workspace) -> str:
    """Returns what whoever connects an app needs to know. The tokens open nothing but this workspace."""
    apps = list(workspace.teams.installed())
    lines = [f"A local Slack: {workspace.url}", f"SLACK_API_URL={workspace.api_url}"]
    for state, app in apps:
        if len(apps) > 1:
            lines.append(f"\n# {app.name} in {state.team.name}")
        lines += [
            f"SLACK_BOT_TOKEN={app.bot_token}",
            f"SLACK_APP_TOKEN={app.app_token}",
            f"SLACK_SIGNING_SECRET={app.signing_secret}",
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
