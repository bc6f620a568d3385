"""Every text of the code is in every language, and what is shipped is what people have translated."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from bot.language.catalogue import TRANSLATED
from scripts.catalogues import KEYWORDS, compiled, load, main, po_path, texts, untranslated, update, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from babel.messages.catalog import Message

ROOT = Path(__file__).parent.parent.parent
EVERY = [(code, one) for code in TRANSLATED for one in load(code) if one.id]
FORMS = {"de": 2, "es": 3, "fr": 3, "ja": 1}
"""Plural forms of a language, as CLDR counts them: in Spanish and French millions have one of their own."""


BY_COUNT = "Translatable(one, many)"
"""The one call without literals: in `by_count`, which is called with them."""


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def named(case: tuple[str, Message]) -> str:
    return f"{case[0]}: {forms(case[1].id)[0][:40]}"


def calls() -> list[ast.Call]:
    """All calls in the bot that name a text."""
    trees = [ast.parse(path.read_text()) for path in sorted((ROOT / "bot").rglob("*.py"))]
    called = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call)]
    found = [one for one in called if isinstance(one.func, ast.Name) and one.func.id in KEYWORDS]
    return [one for one in found if ast.unparse(one) != BY_COUNT]


def test_a_text_is_a_literal_and_the_extraction_finds_each() -> None:
    written = {tuple(ast.literal_eval(part) for part in call.args) for call in calls()}
    assert written == {forms(one.id) for one in texts() if one.id}


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_catalogue_holds_the_texts_of_the_code_and_no_others(code: str) -> None:
    assert [one.id for one in load(code)] == [one.id for one in update(code)]
    assert (list(untranslated(load(code))), [one for one in load(code) if one.fuzzy]) == ([], [])
    assert "#~" not in po_path(code).read_text("utf-8")


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_shipped_is_compiled_from_what_is_translated(code: str) -> None:
    path, catalogue = po_path(code), update(code)
    assert path.read_bytes() == write(catalogue)
    assert path.with_suffix(".mo").read_bytes() == compiled(catalogue)


def unlike(message: Message, found: Callable[[str], object], wanted: list[object]) -> bool:
    """Tells whether what is found in the forms of a translation is not what is wanted of them."""
    return [found(text) for text in forms(message.string)] != wanted


def fills_in_otherwise(message: Message) -> bool:
    one, many = fields(forms(message.id)[0]), fields(forms(message.id)[-1])
    # Only of one thing may a text leave out how many there are.
    others = [many] * (len(forms(message.string)) - 1)
    return unlike(message, fields, [one, *others] if others else [many])


def marks(text: str) -> list[str]:
    return re.findall(r"^[✅⚠️• ]*|\n•?|`/ask|<@|/ask|Slack", text)


def test_a_translation_fills_in_what_its_text_does() -> None:
    assert [named(case) for case in EVERY if fills_in_otherwise(case[1])] == []


def test_a_translation_has_the_marks_and_lines_of_its_text() -> None:
    wanted = [(case, [marks(forms(case[1].id)[-1])] * len(forms(case[1].string))) for case in EVERY]
    assert [named(case) for case, its in wanted if unlike(case[1], marks, [*its])] == []


def test_a_text_with_a_number_has_as_many_forms_as_its_language() -> None:
    plurals = {code: load(code).num_plurals for code in TRANSLATED}
    counted = [(code, one) for code, one in EVERY if one.pluralizable]
    assert [named(case) for case in counted if len(forms(case[1].string)) != FORMS[case[0]]] == []
    assert plurals == FORMS


def test_a_translation_is_no_copy_of_the_english() -> None:
    with_words = [case for case in EVERY if any(map(str.isalpha, re.sub(r"{\w+}", "", forms(case[1].id)[0])))]
    assert [named(case) for case in with_words if forms(case[1].string)[0] == forms(case[1].id)[0]] == []


def test_all_of_it_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(check=True), capsys.readouterr().out) == (0, "")
