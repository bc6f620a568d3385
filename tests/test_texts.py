"""No text for people stands outside of the catalogue: held by a test over the syntax of the code that speaks in Slack.

A literal is a text for people where it reads like one: two words of which one begins with a capital, or an end as sentences have.
It may stand in a `Translatable`, a docstring, or what is raised; a module whose texts are for somebody else is named with its reader.
In Block Kit, and where words are handed to what shows them, no literal stands at all, not even of one word.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Collection

ROOT = Path(__file__).parent.parent
SPEAKING = (
    "turns",
    "slack",
    "delivery",
    "core/delivery",
    "core/conversation",
    "model/local",
    "model/tools",
    "errors.py",
)

READ_BY_OTHERS = {
    "core/conversation/app_context.py": "the model",
    "core/conversation/attachment_reader.py": "nobody: what Slack says of attachments",
    "core/conversation/earlier_context.py": "the model, and words that people say",
    "core/conversation/history.py": "the model",
    "core/conversation/long_thread.py": "the model",
    "core/conversation/private_question.py": "the model",
    "core/conversation/situation.py": "the model",
    "core/conversation/wishes.py": "the model",
    "core/delivery/approval.py": "the model",
    "model/local/download.py": "the operator",
    "model/local/llama_process.py": "the operator",
    "model/local/progress.py": "the operator",
    "model/tools/action_gate.py": "the model",
    "model/tools/chart_tool.py": "the model",
    "model/tools/guarded_tool.py": "the model",
    "model/tools/tool_images.py": "the model",
    "model/tools/mcp_server.py": "the model and the operator",
    "model/tools/tool_results.py": "the model",
    "slack/api_answers.py": "the operator",
    "slack/connect.py": "the operator",
    "turns/approvals.py": "the model",
}
"""Modules that hold texts which no person reads in Slack, and who does."""
ALSO = {"core/conversation/notices.py": {"TOOLS_PROMPT"}}
"""Names of single texts that the model reads."""

PROSE = re.compile(r"[^\W\d_]+[,;:]? [^\W\d_]+|\b[A-Z][a-z]+[.?!]$|[^\W\d_]…$")
TYPE = re.compile(r"[\w.]+\[[\w\[\], .|]+\]")
CAPITAL = re.compile(r"\b[A-Z][a-z]|\bI\b|[.?!…]$")
EXCUSING = ("Translatable", "by_count", "compile", "cast", "__init__")
"""Calls whose literals are in the catalogue, or no words."""
SHOWS = {
    "plain_text",
    "_plain",
    "_section",
    "_header",
    "_context",
    "plain",
    "section",
    "header",
    "context",
    "form",
    "writing_field",
    "choosing_field",
    "_small",
    "private_word",
    "whisper",
    "status",
    "said",
    "say",
}
"""Functions that show words, or that take them to those that do."""
SHOWN = {
    "text",
    "title",
    "label",
    "submit",
    "close",
    "confirm",
    "deny",
    "placeholder",
    "accessibility_label",
    "message",
}
"""Fields of Block Kit that people read."""
SIGN = re.compile(r"[^\W\d_]")


def modules() -> list[str]:
    every = [
        path
        for one in SPEAKING
        for path in ((ROOT / "bot" / one).rglob("*.py") if "." not in one else [ROOT / "bot" / one])
    ]
    return sorted(str(path.relative_to(ROOT / "bot")) for path in every)


def tree(source: str) -> ast.Module:
    return ast.parse(source)


def excused(module: ast.Module, also: Collection[str] = ()) -> set[int]:
    """The ids of literals that stand where no person in Slack reads them: in docstrings, errors, types and texts of the catalogue."""
    roots = [node for node in ast.walk(module) if is_excused(node, also)]
    return {id(one) for root in roots for one in ast.walk(root)}


def is_excused(node: ast.AST, also: Collection[str]) -> bool:
    match node:
        case ast.Raise() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Call():
            return called(node) in EXCUSING or called(node).endswith(("Error", "Broken", "TypeVar"))
        case ast.Assign():
            return any(name in also for one in node.targets for name in names(one))
        case _:
            return isinstance(node, ast.AnnAssign) and ast.unparse(node.annotation) == "TypeAlias"


def names(target: ast.AST) -> list[str]:
    return [one.id for one in ast.walk(target) if isinstance(one, ast.Name)]


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def prose(source: str, also: Collection[str] = ()) -> list[str]:
    """The literals that read like a text for people, and are excused by nothing."""
    module = tree(source)
    allowed = excused(module, also)
    found = [one for one in ast.walk(module) if isinstance(one, ast.Constant) and id(one) not in allowed]
    words = [one.value for one in found if isinstance(one.value, str)]
    return [one for one in words if PROSE.search(one) and CAPITAL.search(one) and not TYPE.fullmatch(one)]


def literal(node: ast.AST | None) -> bool:
    """Tells whether a literal with a letter in it stands there, whole or as a part of what is put together."""
    if isinstance(node, ast.JoinedStr):
        return any(literal(one) for one in node.values)
    if isinstance(node, ast.BinOp):
        return literal(node.left) or literal(node.right)
    if isinstance(node, ast.IfExp):
        return literal(node.body) or literal(node.orelse)
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SIGN.search(node.value))


def shown(source: str) -> list[str]:
    """What is shown to people and is a literal."""
    module, found = tree(source), list[str]()
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and called(node) in SHOWS:
            found += [ast.unparse(node) for one in node.args if literal(one)]
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            found += [
                ast.unparse(node)
                for key, value in pairs
                if isinstance(key, ast.Constant) and key.value in SHOWN and literal(value)
            ]
    return found


@pytest.mark.parametrize("name", [one for one in modules() if one not in READ_BY_OTHERS])
def test_what_reads_like_a_text_for_people_is_in_the_catalogue(name: str) -> None:
    assert prose((ROOT / "bot" / name).read_text(), ALSO.get(name, set())) == []


@pytest.mark.parametrize("name", modules())
def test_nothing_is_shown_to_people_that_is_a_literal(name: str) -> None:
    assert shown((ROOT / "bot" / name).read_text()) == []


@pytest.mark.parametrize("name", READ_BY_OTHERS)
def test_a_module_that_is_excepted_still_needs_it(name: str) -> None:
    assert prose((ROOT / "bot" / name).read_text()) != []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('WORDS = "Please wait"', ["Please wait"]),
        ('WORDS = f"⚠️ I failed {count} times."', ["⚠️ I failed "]),
        ('WORDS = "Done."', ["Done."]),
        ('WORDS = "is thinking…"', ["is thinking…"]),
        ('WORDS = Translatable("Please wait.")', []),
        ('"""Says Hello to people."""', []),
        ('raise ValueError("You must not.")', []),
        ('outcome = "not allowed"', []),
        ('method = "chat.postMessage"', []),
    ],
)
def test_the_rule_finds_texts_and_leaves_other_literals(source: str, found: list[str]) -> None:
    assert prose(source) == found


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('{"type": "plain_text", "text": "Stop"}', 1),
        ('{"text": f"Stop {name}"}', 1),
        ('plain_text("Stop")', 1),
        ('plain_text("Stop" if live else words)', 1),
        ("plain_text(language.say(notices.STOP))", 0),
        ('{"type": "plain_text", "text": words}', 0),
        ('{"text": ""}', 0),
    ],
)
def test_the_rule_finds_what_is_shown_and_is_a_literal(source: str, count: int) -> None:
    assert len(shown(source)) == count
