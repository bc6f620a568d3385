"""The law of the house, held by tests: who may import whom, and how large a class may be. See docs/architecture.md."""

from __future__ import annotations

import ast
import sys
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PATHS = sorted(
    path.relative_to(ROOT) for package in ("bot", "slack_emulator") for path in (ROOT / package).rglob("*.py")
)
MODULES = {".".join(path.with_suffix("").parts).removesuffix(".__init__"): path for path in PATHS}

HOUSE: tuple[tuple[str, ...], ...] = (
    ("bot.__main__",),
    ("bot.command_line",),
    ("bot.commands",),
    ("bot.app",),
    ("bot.installation",),
    ("bot.slack", "bot.turns"),
    ("bot.delivery", "bot.durable"),
    ("bot.model", "bot.documents"),
    ("bot.settings",),
    ("bot.environment",),
    ("bot.observability",),
    ("bot.core.pacing",),
    ("bot.core.delivery",),
    ("bot.core.conversation",),
    ("bot.core.markdown.split",),
    ("bot.core.markdown.stream",),
    ("bot.core.markdown.render",),
    ("bot.core.markdown.parse",),
    ("bot.core", "bot.core.markdown"),
    ("bot.errors", "bot"),
    ("bot.language",),
)
"""The rooms of the bot from the top of the page to its bottom: imports go down only, and never to a room beside.
A module belongs to the longest name that it begins with."""

EMULATOR: tuple[tuple[str, ...], ...] = (
    ("slack_emulator.__main__",),
    ("slack_emulator.server", "slack_emulator.control_api"),
    ("slack_emulator.app", "slack_emulator.page", "slack_emulator.scenario", "slack_emulator.timed_changes"),
    ("slack_emulator.actors",),
    ("slack_emulator.delivery",),
    ("slack_emulator.web_api",),
    ("slack_emulator.payloads", "slack_emulator.seeding"),
    ("slack_emulator.state",),
    ("slack_emulator.blocks",),
    ("slack_emulator.state.models",),
    ("slack_emulator.runtime",),
    ("slack_emulator.disputed_rules",),
    ("slack_emulator.validation",),
    ("slack_emulator.json_values", "slack_emulator.errors", "slack_emulator"),
)

ALLOWED = {
    # The demo is both at once: it starts a local Slack, and the bot in it.
    ("bot.commands.demo", "slack_emulator.server"),
    ("bot.commands.demo", "slack_emulator.errors"),
    # The control API acts on the whole server, and the server serves it.
    ("slack_emulator.server", "slack_emulator.control_api"),
    ("slack_emulator.control_api", "slack_emulator.server"),
}
"""Imports against the law, each with its reason."""

MOST_MEMBERS, MOST_ARGUMENTS = 15, 6

LARGE = {
    "bot.durable.turn_store.TurnStore": "what pipelines, buttons, replicas and retention each ask of the one record",
    "bot.settings.Settings": "one field a setting",
    "bot.core.delivery.reply.Reply": "what pacing knows of it (a `Delivery`), and what its sender tells it of each call",
    "bot.core.delivery.segments.Segments": "what a reply asks of its messages",
    "slack_emulator.control_api.Control": "one method a path of the control API",
    "slack_emulator.server.Workspace": "all that a test may do with a workspace, in one place",
    "slack_emulator.actors.people.People": "one method a thing that people do",
    "slack_emulator.state.workspace.WorkspaceState": "all that a workspace knows",
    "slack_emulator.state.directory.Directory": "a look-up each for people, apps, channels and what they may see",
}
"""Classes with more public members than the law wants, each with its reason."""

MANY = {
    "bot.core.delivery.reply.Reply": "who has asked, in which language, and what other processes and takes have shown",
    "bot.model.chat_stream.Chat": "how long a model may take, in each of the ways it can",
    "bot.turns.control_actions.ControlActions": "whatever can be pressed",
    "bot.turns.pipeline.Pipeline": "what each stage of a turn asks",
    "bot.turns.turn_context.ThreadContext": "whom it reads of, and by whose rules",
    "slack_emulator.web_api.dispatch.WebApi": "what every method may use",
}
"""Constructors with more arguments than the law wants, each with its reason."""


@cache
def tree(name: str) -> ast.Module:
    return ast.parse((ROOT / MODULES[name]).read_text())


@cache
def imports(name: str) -> frozenset[str]:
    """The names that a module imports, those inside functions and for type checking included."""
    found: set[str] = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def ours(name: str) -> set[str]:
    """The modules of ours that a module imports."""
    found = {one if one in MODULES else one.rpartition(".")[0] for one in imports(name)}
    return found & set(MODULES)


def room(name: str) -> tuple[int, str]:
    """On which floor of which house a module lives, counted from the top, and the name of its room."""
    house = EMULATOR if name.split(".")[0] == "slack_emulator" else HOUSE
    fits = [
        (len(one), floor, one)
        for floor, rooms in enumerate(house)
        for one in rooms
        if f"{name}.".startswith(f"{one}.")
    ]
    assert fits, f"{name} has no room in the house"
    _, floor, found = max(fits)
    return floor, found


def is_lawful(importer: str, imported: str) -> bool:
    if (importer, imported) in ALLOWED:
        return True
    if importer.split(".")[0] != imported.split(".")[0]:
        return False
    (above, its_room), (below, other_room) = room(importer), room(imported)
    return its_room == other_room or above < below


CORE = [name for name in MODULES if name.startswith("bot.core")]


def test_imports_go_down_the_page_only() -> None:
    against = [(name, one) for name in MODULES for one in sorted(ours(name)) if not is_lawful(name, one)]
    assert against == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = {name: {one for one in ours(name) if (name, one) not in ALLOWED} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def is_private(name: str) -> bool:
    module, _, own = name.rpartition(".")
    return module in MODULES and own.startswith("_") and not own.endswith("__")


def test_no_private_name_of_another_module_is_imported() -> None:
    assert [(name, one) for name in MODULES for one in imports(name) if is_private(one)] == []


def test_the_core_knows_the_standard_library_and_two_that_read_text_only() -> None:
    allowed = (*sys.stdlib_module_names, "markdown_it", "regex", "bot")
    others = {(name, one) for name in CORE for one in imports(name) if one.split(".")[0] not in allowed}
    assert others == set()


def test_the_core_neither_waits_nor_looks_at_a_clock() -> None:
    clocks = {"asyncio", "time", "datetime", "threading", "random"}
    assert [name for name in CORE if not imports(name).isdisjoint(clocks)] == []
    waits = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.AsyncFunctionDef)
    assert [name for name in CORE for node in ast.walk(tree(name)) if isinstance(node, waits)] == []


def test_a_stranger_who_greps_finds_one_module_of_a_name() -> None:
    names = Counter(path.name for path in PATHS if not path.name.startswith("__"))
    # Both packages have their errors, and their wiring: nobody looks for those by name.
    assert {name for name, count in names.items() if count > 1} <= {"errors.py", "app.py"}


def test_a_stranger_who_greps_finds_one_class_of_a_name() -> None:
    names = Counter(name.rpartition(".")[2] for name in CLASSES)
    assert {name for name, count in names.items() if count > 1} == set()


def public_members(node: ast.ClassDef) -> set[str]:
    """The methods, fields and attributes that a class shows."""
    found = {one.name for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
    found |= {
        one.target.id
        for one in node.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    }
    found |= {
        one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute)
        and isinstance(one.ctx, ast.Store)
        and isinstance(one.value, ast.Name)
        and one.value.id == "self"
    }
    return {one for one in found if not one.startswith("_")}


def is_a_record(node: ast.ClassDef) -> bool:
    """Tells whether the class is a value made of named fields: those may be as many as the thing has."""
    return any("dataclass" in ast.unparse(one) for one in node.decorator_list) or any(
        ast.unparse(base).endswith(("NamedTuple", "BaseModel", "TypedDict", "Enum")) for base in node.bases
    )


CLASSES = {
    f"{name}.{node.name}": node
    for name in MODULES
    for node in ast.walk(tree(name))
    if isinstance(node, ast.ClassDef)
}


def arguments(node: ast.ClassDef) -> int:
    """How many arguments the constructor of a class takes."""
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return max((len(one.args.args) - 1 + len(one.args.kwonlyargs) for one in made), default=0)


def test_a_class_shows_no_more_than_can_be_remembered() -> None:
    shown = {name: public_members(node) for name, node in CLASSES.items() if not is_a_record(node)}
    assert {name for name, members in shown.items() if len(members) > MOST_MEMBERS} <= set(LARGE)


def test_a_constructor_takes_no_more_than_can_be_remembered() -> None:
    assert {name for name, node in CLASSES.items() if arguments(node) > MOST_ARGUMENTS} <= set(MANY)


def test_what_is_excepted_still_needs_it() -> None:
    large = {name for name, node in CLASSES.items() if len(public_members(node)) > MOST_MEMBERS}
    assert set(LARGE) <= large
    assert set(MANY) <= set(CLASSES)
    assert {(name, one) for name in MODULES for one in ours(name)} >= ALLOWED
