"""Every command that a page tells to type is one that would run: parsed by a shell, and by the program that it calls.

Our own commands are parsed with all their options, and the harmless ones are run. Of other people's programs the names are known
here, so that none slips in that nobody has looked at.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from benchmarks.__main__ import cli as benchmarks
from bot.command_line import cli
from bot.environment.setting_reference import KNOWN_VARIABLES
from slack_emulator.__main__ import parser

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(
    r"`((?:\.venv/bin/)?(?:teleprinter|make|python -m (?:benchmarks|slack_emulator)[\w.]*) [^`|]*)`"
)
_PLACE = re.compile(r"<[^<>\n]*>")  # that a reader fills in: <this repository's address>
_VARIABLE = re.compile(r"(\w+)=")
LANGUAGES = {"sh", "json", "yaml", "toml", "python", ""}
HARMLESS = {"manifest", "render"}
OTHERS = {"cd", "chmod", "cp", "curl", "docker", "echo", "git", "journalctl", "kubectl", "openssl", "pg_dump", "pg_restore", "rm", "slack", "umask", "python3", "python3.11",
          "sqlite3", "sudo"}  # fmt: skip
"""Programs of others whose arguments nobody here checks; that the files exist which they name is another test's."""
THEIRS = {"POSTGRES_PASSWORD"}


def blocks(page: Path, language: str) -> list[str]:
    return [body for _, said, body in _BLOCK.findall(page.read_text(encoding="utf-8")) if said == language]


SHELL = [(page.name, block) for page in PAGES for block in blocks(page, "sh")]


def lines(block: str) -> list[str]:
    """The commands of a block, those that go on behind a backslash as one."""
    whole = _PLACE.sub("WORD", block).replace("\\\n", " ")
    return [line.strip() for line in whole.splitlines() if line.strip()]


def split(line: str) -> list[list[str]]:
    """The words of each command of a line, without the variables in front of it."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    found: list[list[str]] = [[]]
    for word in lexer:
        if set(word) <= set("<>"):
            next(lexer)  # the file that it comes from, or goes to
        elif set(word) <= set("|&;"):
            found.append([])
        elif found[-1] or not re.match(r"[A-Z_]+=", word):
            found[-1].append(word)
    return [words for words in found if words]


TYPED = [(page, words) for page, block in SHELL for line in lines(block) for words in split(line)]
SPANS = [
    (page.name, words)
    for page in PAGES
    for span in _SPAN.findall(page.read_text(encoding="utf-8"))
    for words in split(_PLACE.sub("WORD", span))
]
EVERY = list({(page, tuple(words)): (page, words) for page, words in [*TYPED, *SPANS]}.values())


def named(case: tuple[str, list[str]]) -> str:
    return f"{case[0]}: {' '.join(case[1])[:60]}"


def program(words: list[str]) -> str:
    return words[0].rpartition("/")[2]


def arguments(words: list[str], name: str) -> list[str]:
    """What is given to `python -m name`, or to a program of that name."""
    return words[words.index(name) + 1 :] if name in words else words[1:]


def of_module(name: str) -> list[tuple[str, list[str]]]:
    return [one for one in EVERY if one[1][1:3] == ["-m", name]]


OURS = [one for one in EVERY if program(one[1]) == "teleprinter"]


def test_commands_are_found_in_the_way_that_pages_write_them() -> None:
    block = "export A=1 B=2\nOPENAI_API_KEY=sk-… make demo  # a key\ncd x && \\\n  .venv/bin/teleprinter ask <a question>\n"
    assert [words for line in lines(block) for words in split(line)] == [
        ["export", "A=1", "B=2"],
        ["make", "demo"],
        ["cd", "x"],
        [".venv/bin/teleprinter", "ask", "WORD"],
    ]
    assert len(SHELL) > 15
    assert len(OURS) > 10


def test_every_block_says_its_language() -> None:
    said = {language for page in PAGES for _, language, _ in _BLOCK.findall(page.read_text(encoding="utf-8"))}
    assert said - LANGUAGES == set()
    unsaid = [line for page in PAGES for block in blocks(page, "") for line in block.splitlines()]
    assert [
        line for line in unsaid if re.match(r"(\$ )?(\.venv/bin/|make |pip |docker |kubectl |python )", line)
    ] == []


@pytest.mark.parametrize(("page", "block"), SHELL)
def test_a_shell_takes_every_block(page: str, block: str) -> None:
    shell = shutil.which("bash")
    assert shell is not None, page
    text = _PLACE.sub("WORD", block)
    done = subprocess.run([shell, "-n"], input=text, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("case", OURS, ids=named)
def test_our_command_takes_all_that_is_given_to_it(case: tuple[str, list[str]]) -> None:
    name, *rest = arguments(case[1], "teleprinter")
    command = cli.commands[name]
    assert command.make_context(name, rest).params is not None


@pytest.mark.parametrize("case", [one for one in OURS if one in TYPED and one[1][1] in HARMLESS], ids=named)
def test_a_harmless_one_runs(
    case: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(case[1][1:], standalone_mode=False) in (None, 0)
    assert capsys.readouterr().out


def test_a_command_with_an_option_that_there_is_not_is_found() -> None:
    with pytest.raises(click.NoSuchOption):
        cli.commands["manifest"].make_context("manifest", ["--uri", "https://your.host"])


@pytest.mark.parametrize("case", of_module("benchmarks"), ids=named)
def test_a_benchmark_takes_all_that_is_given_to_it(case: tuple[str, list[str]]) -> None:
    rest = arguments(case[1], "benchmarks")
    context = benchmarks.make_context("benchmarks", rest, resilient_parsing=not rest)
    names = [one for one in rest if one in benchmarks.commands]
    parsed = [benchmarks.commands[one].make_context(one, rest[rest.index(one) + 1 :]) for one in names]
    assert [one.info_name for one in (context, *parsed)] == ["benchmarks", *names]
    assert [one for one in rest[:1] if one not in names and not one.startswith("-")] == []


@pytest.mark.parametrize("case", of_module("slack_emulator"), ids=named)
def test_the_local_slack_takes_all_that_is_given_to_it(case: tuple[str, list[str]]) -> None:
    assert parser().parse_args(arguments(case[1], "slack_emulator")) is not None


def test_every_module_that_is_run_exists() -> None:
    modules = {words[2] for _, words in EVERY if words[1:2] == ["-m"]}
    assert [one for one in modules if find_spec(one) is None] == []


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {one for _, words in EVERY if program(words) == "make" for one in words[1:] if "=" not in one}
    assert {"demo", "test"} <= asked
    assert asked - targets == set()


def test_every_extra_that_is_installed_exists() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    asked = {one for named in re.findall(r"teleprinter\[([\w,]+)\]", text) for one in named.split(",")}
    assert {"tools"} <= asked <= set(project["optional-dependencies"])


def test_every_variable_that_is_exported_is_read() -> None:
    exported = {_VARIABLE.findall(one)[0] for _, words in TYPED if words[0] == "export" for one in words[1:]}
    assert exported
    assert exported - KNOWN_VARIABLES - THEIRS == set()


def test_no_page_names_a_program_that_nobody_has_looked_at() -> None:
    checked = {"export", "make", "pip", "python", "teleprinter"}
    assert {program(words) for _, words in TYPED} - checked - OTHERS == set()
