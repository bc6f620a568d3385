"""The commands: `teleprinter demo`, `run`, `ask`, `render`, `feedback`, `usage`, `init`, `settings`, `doctor` and `manifest`.

Exit codes: 0 done; 1 the model or Slack failed, or nobody takes the answer; 2 a setting, an
option or a file is wrong, or a server that it names is not there; 130 stopped by Ctrl-C.
Whatever is wrong is said in one line on standard error, without a traceback.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from bot import settings
from bot.environment import process_setup as surroundings
from bot.environment.garbage_collector import collector_off
from bot.environment.work_runner import STOPPED, run_to_end
from bot.errors import (
    InputError,
    LocalModelError,
    ModelDenied,
    ModelUnknown,
    ModelUnreachable,
    ModelUntrusted,
    OutputError,
    SettingsError,
    SlackDenied,
    SlackUnreachable,
    TeleprinterError,
    first_of,
)
from bot.observability import logs

if TYPE_CHECKING:
    from bot.settings import Settings

# The commands import what they need when they know what they are to do: LangChain alone takes a second to load, and a
# wrong setting should not have to wait for it.
FAILED, WRONG = 1, 2
_NO_MORE = (errno.ENOSPC, errno.EIO, errno.EBADF)  # of an output that is full or gone
_CLOSED = "the answer has nowhere to go: standard output is closed"
# What asking again cannot mend, only another setting, or a server that is up.
_SET_UP_WRONG = (
    SettingsError, InputError, LocalModelError, ModelDenied, ModelUnknown, ModelUnreachable, ModelUntrusted, SlackDenied,
    SlackUnreachable,
)  # fmt: skip


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="teleprinter")
def cli() -> None:
    """A Slack bot whose answers appear while the model is still writing them.

    Settings come from the environment, or from a .env file in this folder; `teleprinter settings` lists them.
    """


@cli.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Where the page is served; 0: any free port.  [default: PORT, or 3210]",
)
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
def demo(port: int | None, *, no_open: bool) -> int:
    """Try the bot in a local workspace: no Slack account, no key."""
    if port is None:
        port = settings.demo_port(
            os.environ
        )  # before a .env file is read, whose PORT is where events are heard
    read = _settings("WARNING")
    with collector_off():
        from bot.app import preload
        from bot.commands.demo import demo as serve
        from bot.model.local.progress import shown

        preload(read)
    with shown(_console()) as report:
        return run_to_end(
            serve(read, port=port, browse=not no_open, console=_console(), report=report), drain=read.drain
        )


@cli.command()
def run() -> int:
    """Answer in a Slack workspace."""
    read = _settings("INFO").for_slack()
    with collector_off():
        from bot.app import preload
        from bot.commands.run import run as answer
        from bot.model.local.progress import shown

        preload(read, late=True)
    with shown(_console()) as report:
        return run_to_end(answer(read, console=_console(), report=report), drain=read.drain)


@cli.command()
@click.argument("question", nargs=-1)
@click.option("--timing", is_flag=True, help="Say how quickly the answer came.")
def ask(question: tuple[str, ...], *, timing: bool) -> int:
    """Ask the model in this terminal; the answer is printed as it arrives.

    What comes through a pipe or from a file is asked as well, below QUESTION where there is one:

    \b
        git log -5 | teleprinter ask "What has changed?"
    """
    read = _settings("ERROR")
    text = _question(question)
    if sys.stdout is None:
        raise OutputError(_CLOSED)
    with collector_off():
        from bot.commands.answer_printer import MarkdownPrinter, PlainPrinter
        from bot.commands.ask import ask as answer
        from bot.model.configured_model import preload_model
        from bot.model.local.progress import shown

        preload_model(read)
    terminal = Console()
    printer = MarkdownPrinter(terminal) if terminal.is_terminal else PlainPrinter(sys.stdout)
    with shown(_console()) as report:
        return run_to_end(
            answer(read, text, printer=printer, errors=_console(), report=report, timing=timing)
        )


@cli.command()
@click.argument("file", default="-", type=click.Path(path_type=Path))
@click.option(
    "--to",
    type=click.Choice(["markdown", "mrkdwn", "plain"]),
    default="markdown",
    show_default=True,
    help="A message's markdown block, its text where a workspace takes no such block, or its notification.",
)
@click.option("--unfinished", is_flag=True, help="As it looks while more of it is still to come.")
@click.option("--limit", type=click.IntRange(min=1), help="Characters of a part, by Slack's count.")
@click.option("--wire", is_flag=True, help="Not as it is read but as it is sent, escapes and all.")
@click.option("--jsonl", is_flag=True, help="Read a JSON object a line, and answer with one a line.")
def render(file: Path, *, to: str, unfinished: bool, limit: int | None, wire: bool, jsonl: bool) -> None:
    """Show how the Markdown in FILE will look in Slack, part by part.

    Without FILE, or where it is "-", it comes from standard input. With --jsonl each line may hold the fields text, to,
    unfinished and limit, and is answered by a line with its parts as they go over the wire. A line that makes no sense is
    answered by {"error": "what to mend"}; the rest is answered all the same, and the exit code is 2:

    \b
        echo '{"text": "This is **bo", "unfinished": true}' | teleprinter render --jsonl
    """
    from bot.commands.render import Wish, render_lines
    from bot.commands.render import render as show

    wish, read = Wish(to, unfinished, limit, wire), None if str(file) == "-" else file
    if jsonl:
        render_lines(read, wish)
    else:
        show(read, wish, Console())


@cli.command()
@click.option(
    "--url", help="Where Slack reaches the bot over HTTP, https://your.host; without it, Socket Mode."
)
def init(url: str | None) -> None:
    """Lead through the first install: create the Slack app, check each token, and write a .env file in this folder.

    What you enter is not shown, and each token is tried out at once. The file is written at the end, readable for you
    alone; of one that is there already what is not asked stays. Ctrl-C leaves everything as it was.
    """
    from bot.commands.first_install import Questions, install, need_terminal

    need_terminal()
    # Or the terminal would go on without showing what is typed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logs.set_up("ERROR")
    surroundings.stand_in_for_home(os.environ)
    install(os.environ, dotenv=Path(".env"), url=url, questions=Questions())


@cli.command()
def doctor() -> int:
    """Look at settings, tokens, scopes, model, database and disk, and say what is wrong and how to mend it."""
    from bot.observability import logs

    logs.set_up("ERROR")
    surroundings.stand_in_for_home(os.environ)  # or what is imported next would not know one
    from bot.commands.doctor import doctor as examine

    return run_to_end(examine(os.environ, dotenv=Path(".env"), console=Console()))


@cli.command("settings")
@click.argument("word", default="")
def list_settings(word: str) -> None:
    """List what can be set: all, or what speaks of WORD; with its meaning and its default."""
    from bot.commands.settings_list import settings_list

    click.echo(settings_list(word, width=min(Console().width, 100)))


@cli.command()
@click.option(
    "--url", help="Where Slack reaches the bot over HTTP, https://your.host; without it, Socket Mode."
)
@click.option("--many", is_flag=True, help="For many workspaces, which install the app at that address.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, which Slack takes as well.")
@click.option(
    "--features",
    multiple=True,
    type=click.Choice(["files"]),
    help="With the scope for it: files, which long answers become by TELEPRINTER_FILE_AFTER.",
)
def manifest(url: str | None, *, many: bool, as_json: bool, features: tuple[str, ...]) -> None:
    """Print the manifest of the Slack app: for "Create New App", "From a manifest"."""
    from bot.commands.app_manifest import manifest_text

    click.echo(manifest_text(url=url, many=many, as_json=as_json, features=features))


@cli.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="A JSON object a line, or a table.",
)
def feedback(form: str) -> int:
    """Print what people have said of answers: ids, verdicts, and the notes that they gave to be kept."""
    read = _settings("ERROR")
    if sys.stdout is None:
        raise OutputError(_CLOSED)
    from bot.commands.feedback_export import export

    return run_to_end(export(read.database, sys.stdout, form=form))


@cli.command()
@click.option(
    "--by",
    type=click.Choice(["day", "person", "model", "team"]),
    default="day",
    show_default=True,
    help="What it is summed up by.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 400),
    default=31,
    show_default=True,
    help="How many days, today's among them; those of UTC.",
)
@click.option("--json", "as_json", is_flag=True, help="A JSON object a line.")
def usage(by: str, days: int, *, as_json: bool) -> int:
    """Print what was used and what it cost, by the day, the person, the model or the workspace."""
    read = _settings("ERROR")
    if sys.stdout is None:
        raise OutputError(_CLOSED)
    from bot.commands.usage_report import report

    currency = read.prices.currency if read.prices.models else ""  # else nothing is known to cost anything
    return run_to_end(report(read.database, sys.stdout, by=by, days=days, currency=currency, as_json=as_json))


def _question(words: tuple[str, ...]) -> str:
    parts = [part.strip() for part in (" ".join(words), _piped())]
    text = "\n\n".join(part for part in parts if part)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise SettingsError(
            "The question is no text in this terminal's encoding: pipe it in as UTF-8."
        ) from None
    if not text:
        raise SettingsError('Nothing is asked: write the question behind the command, teleprinter ask "…".')
    return text


def _piped() -> str:
    """Returns what comes through a pipe or from a file, to its end; nothing where a person types."""
    if sys.stdin is None or sys.stdin.isatty():
        return ""
    try:
        return sys.stdin.buffer.read().decode()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "Standard input cannot be read as UTF-8 text: pipe such text in, or nothing."
        ) from error


def _settings(log_level: str) -> Settings:
    """The settings, and a log from `log_level` on unless they name another."""
    read = settings.load(os.environ, dotenv=Path(".env"))
    logs.set_up(read.log_level or log_level, form=read.log_format)
    surroundings.stand_in_for_home(os.environ)  # only now: a ~ in a setting has to be told
    return read


def _console() -> Console:
    return Console(stderr=True)


def main() -> None:
    """The command `teleprinter`."""
    surroundings.prepare()
    try:
        code = cli(standalone_mode=False)
    except click.exceptions.Exit as done:
        code = done.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        code = STOPPED
    except (TeleprinterError, BaseExceptionGroup) as error:
        code = _tell(first_of(error))
    except OSError as error:
        if error.errno not in _NO_MORE:
            raise
        code = _tell(OutputError(f"standard output takes no more: {error.strerror}"))
    surroundings.leave_outputs()
    sys.exit(code)


def _tell(error: BaseException) -> int:
    """Say what is wrong, and return the exit code. Raises what is not ours: that is a bug, and wants its traceback."""
    if not isinstance(error, TeleprinterError):
        raise error
    with suppress(OSError):  # nobody can be told that nobody can be told
        click.echo(f"teleprinter: {error}", err=True)
    return WRONG if isinstance(error, _SET_UP_WRONG) else FAILED
