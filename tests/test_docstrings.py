"""A docstring has a subject and a verb: "Returns what is due", not "What is due"."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "slack_emulator")
PATHS = sorted(str(path.relative_to(ROOT)) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

OPENINGS = frozenset({"What", "Who", "Whoever", "Whose", "How", "Where", "Which", "Whether", "When", "Why"})
"""Words that a clause without a main verb begins with, as docstrings had many of."""

SENTENCES = {
    "What we say ourselves stands apart",
    "What is inside may cost so much",
    "What is quoted is written already",
    "Where a text was cut, an address that is explained below the cut can no longer be",
    "What Slack's 429s have taught one replica, all learn",
    "Who asked what, and when, is nobody else's business",
    "Who wants to write waits here",
    "What is owed at the end of the block is lost",
    "Where one of the three is closed the system would give its number",
    "What of a kind stands together is told in one line",
    "What stands on record of the turn by now is for it to follow",
    "What the pattern's group holds goes through",
    "What is no HTTP is the caller's mistake",
    "What follows comes so many seconds later",
}
"""Beginnings of those that have a main verb all the same. A rule cannot tell; who adds one has read it."""


@cache
def docstrings(path: str) -> list[str]:
    """Every string that stands for itself: those of modules, classes and functions, and those below a name."""
    return [
        node.value.value.strip()
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    ]


def is_a_clause(docstring: str) -> bool:
    """Tells whether the docstring begins as a clause does, and is none of the sentences that do."""
    if docstring.partition(" ")[0].rstrip(",:;.") not in OPENINGS:
        return False
    return not docstring.startswith(tuple(SENTENCES))


def test_a_docstring_has_a_verb_of_its_own() -> None:
    assert [(path, one) for path in PATHS for one in docstrings(path) if is_a_clause(one)] == []


def test_a_docstring_says_something() -> None:
    assert [path for path in PATHS if "" in docstrings(path)] == []


@pytest.mark.parametrize(
    ("docstring", "clause"),
    [
        ("What is due.", True),
        ("Whether it is due; None where nobody knows.", True),
        ("Where, and when.", True),
        ("Returns what is due.", False),
        ("Whatever is due is sent.", False),
        ("What is owed at the end of the block is lost.", False),
    ],
)
def test_a_clause_is_told_from_a_sentence(docstring: str, clause: bool) -> None:
    assert is_a_clause(docstring) is clause


def test_every_sentence_that_is_allowed_is_still_there() -> None:
    every = [one for path in PATHS for one in docstrings(path)]
    assert {one for one in SENTENCES if not any(text.startswith(one) for text in every)} == set()
