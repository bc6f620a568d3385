"""Half an answer, made to look like the beginning of a whole one."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.render.message_text import slack_markdown
from bot.core.markdown.stream.healing import broken_off, heal
from tests.strict import corpus, visible

CASES = corpus("healing_cases")
ANSWERS = corpus("llm_answers")
SOUP = st.lists(
    st.sampled_from(["**", "*", "_", "~~", "`", "```\n", "\n", "\n\n", " ", "- ", "1. ", "> ", "# ", "a", "b c", "[", "](", ")", "<",
                     "&", "$", "\\", "|", "|---|\n", "https://e.org", "中", "---", "=", ":", "!", "\r\n"]),
    max_size=14,
).map("".join)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']}-{case['rule']}")
def test_what_is_shown_of_half_a_text(case: dict[str, Any]) -> None:
    assert slack_markdown(heal(case["input"])) == case["show"]


@pytest.mark.parametrize(
    ("text", "healed"),
    [
        ("see\n> **a [b", "see\n> **a**"),
        ("- a\n- see [x\n  y](htt", "- a\n- see"),
        ("## a **b ##", "## a **b**"),
        ("1. a\n   1. `co", "1. a\n   1. `co`"),
        ("text\n| A | B |\n", "text\n"),
        ("| A |\n|---|\n| 1 |\n| 2", "| A |\n|---|\n| 1 |\n"),
        ("> | A |\n> |---|\n> | 1", "> | A |\n> |---|\n"),
        ("> ```\n> x\n> ``", "> ```\n> x"),
        ("- ```py\n  x", "- ```py\n  x"),
        ("    - code", "    - code"),
        ("a\n\n```\nx\n```\n-", "a\n\n```\nx\n```\n"),
        ("- `\n- `\n- `\n- `", ""),
        ("a __init__", "a __init__"),
        ("a &amp; b", "a &amp; b"),
        ("it is *a* and **b** c", "it is *a* and **b** c"),
        ("$$\nx\n$$ or", "$$\nx\n$$ or"),
    ],
)
def test_marks_are_closed_and_held_inside_of_anything(text: str, healed: str) -> None:
    assert heal(text) == healed


@pytest.mark.parametrize(
    "text",
    [
        "[" + "a" * 250,
        "$x" + " y" * 100,
        "[a](" + "b" * 2100,
        "https://" + "b" * 2100,
        ":" + "b" * 100,
        "&" + "b" * 40,
        "<" + "b" * 2100,
    ],
    ids=["label", "formula", "destination", "address", "emoji", "entity", "tag"],
)
def test_what_goes_on_for_too_long_is_text_after_all(text: str) -> None:
    assert heal(f"so {text}") == f"so {text}"


@pytest.mark.parametrize("text", ["a **b", "- `a", "# **a", "[a](b", "| a |", "1. a\n2. <b"])
def test_a_blank_line_makes_it_final(text: str) -> None:
    assert heal(f"{text}\n\n") == f"{text}\n\n"


@given(SOUP)
def test_what_is_shown_is_finished_by_itself(text: str) -> None:
    finished = heal(text.replace("`", "") + "\n\n")
    assert heal(finished) == finished


@given(SOUP)
def test_no_text_fails_and_none_grows_by_more_than_what_closes_it(text: str) -> None:
    assert len(heal(text)) <= len(text) + text.count("*") + text.count("_") + text.count("~") + text.count(
        "`"
    )


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["id"]))
def test_what_a_reader_sees_only_grows(answer: dict[str, Any]) -> None:
    text = answer["markdown"]
    seen = [visible(slack_markdown(heal(text[:end]))) for end in range(len(text) + 1)]
    steps_back = [later for earlier, later in pairwise(seen) if not later.startswith(earlier)]
    assert steps_back == []
    assert [one for one in seen if not visible(slack_markdown(text)).startswith(one)] == []


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a **b c", "a **b c**"),
        ("a **b *c ", "a **b *c***"),
        ("a **", "a"),
        ("see `a b", "see `a b`"),
        ("~~a\nb", "~~a\nb~~"),
        ("- a\n- **b", "- a\n- **b**"),
        ("| a |\n|---|\n| **b", "| a |\n|---|\n| **b**"),
        ("a [b](https://exam", "a [b](https://exam"),
        ("a **b\n\n", "a **b\n\n"),
        ("```\n**a", "```\n**a"),
        ("## a #", "## a #"),
        ("a b", "a b"),
        ("", ""),
    ],
)
def test_an_answer_that_breaks_off_has_its_marks_closed(text: str, left: str) -> None:
    assert broken_off(text) == left


@pytest.mark.parametrize("title", ["", ' "A title"', " 'A title'", " (A title)"])
def test_an_address_that_is_explained_changes_the_link_above_once(title: str) -> None:
    text = f"See [a][1].\n\n[1]: https://example.org/a{title}\n"
    start = text.index("[1]:")
    held = {heal(text[:end]).rstrip() for end in range(start, len(text))}
    assert held == {"See [a][1]."}
    assert heal(text).endswith(f"{title}\n")


def test_a_line_that_looks_as_if_it_explained_an_address_is_shown() -> None:
    assert heal("[Note]: this is text") == "[Note]: this is text"


@pytest.mark.parametrize(
    "text", [r"a \b", r"a \begin", r"a \begin{align} x \\ y \end{alig", "a <https://example.org|Two words"]
)
def test_half_a_formula_or_link_is_held_back(text: str) -> None:
    assert heal(text).rstrip() == "a"


def test_of_many_lines_that_show_nothing_only_a_few_are_looked_at_one_by_one() -> None:
    assert heal("- \\\n" * 12) == "- \\\n" * 4
