"""`teleprinter init`: leads through the first install in the terminal, and writes a `.env` file.

    file ─► app ─► bot token ─► app token, or signing secret ─► model and key ─► write ─► what to do next

Each answer is tried out at once, and asked for again where it is wrong. Nothing is written before the last of them is there: whoever
leaves in the midst leaves everything as it was.
"""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import sys
import warnings
from typing import TYPE_CHECKING

import click

from bot.app import connected
from bot.commands.app_manifest import bot_scopes, manifest_text
from bot.commands.finding import Verdict
from bot.commands.health_checks import check_bot_token, check_events, check_model_answers, in_time
from bot.environment.dotenv_file import write_dotenv
from bot.errors import ModelNameWrong, SettingsError
from bot.model.configured_model import check_model
from bot.model.provider_advice import PROVIDERS
from bot.settings import OPENAI_DEFAULT, from_env, load

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping
    from pathlib import Path

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.commands.finding import Finding
    from bot.settings import Settings

APPS_PAGE = "https://api.slack.com/apps?new_app=1"
BOT, APP, SIGNING, API_URL, MODEL, BASE_URL = (
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "TELEPRINTER_MODEL", "OPENAI_BASE_URL",
)  # fmt: skip
WHERE = {
    BOT: "Install the app under “Install App”, and copy the Bot User OAuth Token from there.",
    APP: "Under “Basic Information”, “App-Level Tokens”, generate one with the scope connections:write, and copy it.",
    SIGNING: "Copy the Signing Secret from “Basic Information”.",
}
SHAPES = {
    BOT: (re.compile(r"(xoxe\.)?xoxb-\S+"), "begins with xoxb-"),
    APP: (re.compile(r"xapp-\S+"), "begins with xapp-"),
    SIGNING: (re.compile(r"[0-9a-f]{32}"), "has 32 digits and letters from a to f"),
}
NEXT = """
Next:
  teleprinter run       answers in your workspace until Ctrl-C
  teleprinter doctor    looks at everything, where something does not work
  teleprinter settings  lists all that can be set besides

In Slack, write the bot a direct message; or /invite it to a channel, and mention it there."""


class Questions:
    """Talks with whoever sits at the terminal. Secrets are never shown."""

    def say(self, text: str = "") -> None:
        """Prints a line."""
        click.echo(text)

    def ask(self, text: str, *, default: str = "") -> str:
        """Returns what is typed, or `default`."""
        return str(click.prompt(text, default=default, show_default=bool(default))).strip()

    def ask_secret(self, text: str) -> str:
        """Returns what is typed, which does not appear. Raises SettingsError for a terminal that would show it."""
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                typed = click.prompt(f"{text} (not shown)", hide_input=True, default="", show_default=False)
            except getpass.GetPassWarning:
                raise SettingsError(_NO_TERMINAL) from None
        return str(typed).strip()

    def confirm(self, text: str) -> bool:
        """Tells whether the answer is yes; Enter alone is none."""
        return click.confirm(text)


_NO_TERMINAL = (
    "init asks for secrets, and has no terminal to ask in: run it in one (docker run -it), or copy .env.example to .env, "
    "chmod 600 it, fill it in and run: teleprinter doctor"
)


def need_terminal() -> None:
    """Raises SettingsError where nobody can be asked."""
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise SettingsError(_NO_TERMINAL)


def install(
    environ: MutableMapping[str, str], *, dotenv: Path, url: str | None, questions: Questions
) -> None:
    """Asks for everything that a first start needs, and writes it to `dotenv`; events come over HTTP at `url`, or by Socket Mode.

    What is chosen is put into `environ` too, where integrations look for their keys. Raises SettingsError for what is wrong
    already.
    """
    manifest = manifest_text(url=url)
    outside = [name for name in (BOT, APP, SIGNING, MODEL) if environ.get(name)]
    api = environ.get(API_URL, "")
    load(environ, dotenv=dotenv)
    if not _may_write(dotenv, questions):
        questions.say("Nothing has been changed.")
        return
    _create_app(manifest, questions)
    answers = {BOT: "", APP: "", SIGNING: ""}
    answers[BOT] = _secret(BOT, {**environ, **answers}, _try_bot_token, questions)
    if url is None:
        answers[APP] = _secret(APP, {**environ, **answers}, _try_app_token, questions)
    else:
        answers[SIGNING] = _secret(SIGNING, {**environ, **answers}, _try_nothing, questions)
    answers |= _model(environ, questions)
    if api:  # with which all of it was tried
        answers[API_URL] = api
    write_dotenv(dotenv, answers)
    questions.say(f"\nWritten to {dotenv}, which only you may read.")
    for name in outside:
        questions.say(f"{name} is also set in the environment, and that one counts: unset it.")
    questions.say(NEXT)


def _may_write(dotenv: Path, questions: Questions) -> bool:
    if not os.access(dotenv.resolve().parent, os.W_OK):
        raise SettingsError(f"Nothing can be written beside {dotenv}: go to a folder of your own.")
    return not dotenv.exists() or questions.confirm(
        f"There is a file {dotenv} already. What you enter now is changed in it, the rest stays. Go on?"
    )


def _create_app(manifest: str, questions: Questions) -> None:
    if questions.confirm("Is there a Slack app for the bot already?"):
        return
    questions.say(f"\nOpen {APPS_PAGE}\nChoose “From a manifest” and your workspace, and paste this:\n")
    questions.say(f"{manifest}\n")
    questions.ask("Enter, when the app is created")


def _secret(
    name: str, known: Mapping[str, str], attempt: Callable[[Settings], list[Finding]], questions: Questions
) -> str:
    """Returns a secret that is what it should be, and that Slack takes; asks until there is one."""
    questions.say(f"\n{WHERE[name]}")
    shape, likeness = SHAPES[name]
    value = ""
    while True:
        value = questions.ask_secret(name) or value  # Enter alone: the same once more, with the mend made
        if not shape.fullmatch(value):
            questions.say(f"  That is no {name}: one {likeness}.")
            value = ""
        elif _is_good(known, {name: value}, attempt, questions):
            return value
        else:
            questions.say("  Enter another one, or nothing to try the same again.")


def _model(environ: MutableMapping[str, str], questions: Questions) -> dict[str, str]:
    """Returns which model answers, and with which key: one that has answered, or one that is wanted all the same. What can be none,
    and what no setting can hold, is asked for again."""
    questions.say("\nWhich model answers? provider:name, or local, which needs no key and knows little.")
    there = environ.get(MODEL)
    default = there if there and not _nonsense(environ, {MODEL: there}) else OPENAI_DEFAULT
    while True:
        model = questions.ask(MODEL, default=default)
        answers = {MODEL: model}
        problem = _nonsense(environ, answers)
        if not problem:
            answers |= _access(model, environ, questions)
            problem = _nonsense(environ, answers)
        if problem:
            questions.say(f"  {problem}")
            continue
        environ.update(answers)
        default = model
        if _is_good(environ, answers, _try_model, questions) or questions.confirm("  Keep it all the same?"):
            return answers


def _nonsense(known: Mapping[str, str], answers: Mapping[str, str]) -> str:
    """Returns why nothing could ever be called so, or stand there; "" where it may be right, once all else is."""
    try:
        settings = from_env({**known, **answers})
    except SettingsError as error:
        return str(error)
    try:
        asyncio.run(check_model(settings))
    except ModelNameWrong as error:
        return str(error)
    except SettingsError:
        return ""  # a key, a package: told when it is tried
    return ""


def _access(model: str, known: Mapping[str, str], questions: Questions) -> dict[str, str]:
    """Returns how a model's provider is reached: its key, and for OpenAI's API its server."""
    provider = PROVIDERS.get(model.partition(":")[0])
    if provider is None or not provider.key.isidentifier():
        return {}
    answers = dict[str, str]()
    if known.get(provider.key):
        questions.say(f"  {provider.key} is set already: nothing keeps it.")
    if key := questions.ask_secret(provider.key):
        answers[provider.key] = key
    if provider is PROVIDERS["openai"]:
        there = known.get(BASE_URL, "")
        answers[BASE_URL] = questions.ask(
            BASE_URL if there else f"{BASE_URL} (Enter: OpenAI's own)", default=there
        )
    return {name: value for name, value in answers.items() if value}


def _is_good(
    known: Mapping[str, str],
    answers: Mapping[str, str],
    attempt: Callable[[Settings], list[Finding]],
    questions: Questions,
) -> bool:
    """Tells whether nothing is wrong with the answers, and says what was found."""
    try:
        found = attempt(from_env({**known, **answers}))
    except SettingsError as error:
        questions.say(f"  {error}")
        return False
    for one in found:
        questions.say(f"  {one.verdict.value:6}{one.subject}: {one.words}")
    # A clock that is off is told, and no reason to ask for a token again.
    return not any(one.verdict is Verdict.WRONG and one.subject != "clock" for one in found)


def _try_bot_token(settings: Settings) -> list[Finding]:
    return _ask_slack("Slack", settings, lambda client: check_bot_token(client, frozenset(bot_scopes())))


def _try_app_token(settings: Settings) -> list[Finding]:
    return _ask_slack("events", settings, lambda client: check_events(settings, client))


def _ask_slack(
    subject: str, settings: Settings, check: Callable[[AsyncWebClient], Awaitable[list[Finding]]]
) -> list[Finding]:
    async def ask() -> list[Finding]:
        async with connected(settings) as client:
            return await in_time(subject, lambda: check(client))

    return asyncio.run(ask())


def _try_nothing(_settings: Settings) -> list[Finding]:
    """Nobody can be asked whether a signing secret is the right one before Slack has posted something."""
    return []


def _try_model(settings: Settings) -> list[Finding]:
    return asyncio.run(in_time("model", lambda: check_model_answers(settings)))
