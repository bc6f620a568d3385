"""LaTeX, shown as its source; and money, which is none."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.formulas import LONGEST, may_open
from bot.core.markdown.render.message_text import slack_markdown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("so $x^2$ is", "so `x^2` is"),
        (r"with \(a_1\) and \[b\] x", "with `a_1` and `b` x"),
        ("in $$a b$$ out", "in `a b` out"),
        ("若$x$是", "若`x`是"),
        ("[$x$](https://e.org)", "[`x`](https://e.org)"),
        ("$$\nE = mc^2\n\\cdot x\n$$", "```\nE = mc^2\n\\cdot x\n```"),
        ("text\n\\[\nx\n\\]\nmore", "text\n\n```\nx\n```\n\nmore"),
        ("$$x$$", "```\nx\n```"),
        ("- a\n  $$\n  x\n  $$", "- a\n\n  ```\n  x\n  ```"),
        ("$a \\$ b$", "`a \\$ b`"),
    ],
)
def test_a_formula_is_shown_as_code(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "costs $5 or $10",
        "US$5 and US$6",
        "$HOME and $PATH",
        "$HOME/$USER",
        "$5",
        "a $ b $ c",
        "$$",
        "$$ $$",
        "$$\n\n$$",
        "$ x$",
        "$x $",
    ],
)
def test_money_and_variables_stay_text(text: str) -> None:
    assert "`" not in slack_markdown(text)


@pytest.mark.parametrize(
    "text",
    [
        "$$\na\n\nb\n$$",
        "$$\na",
        "- $$\n  a\nb\n$$",
        "$$\n" + "a\n" * 70 + "$$",
        "$$a$$ and $$b$$ c",
        "    $$x$$",
    ],
)
def test_what_is_no_formula_on_lines_of_its_own(text: str) -> None:
    assert not slack_markdown(text).startswith("```\na\n```")


def test_what_is_too_long_for_a_formula_is_text() -> None:
    assert "`" not in slack_markdown(r"\(" + "a" * (LONGEST + 1) + r"\)")


def test_what_is_no_formula_by_our_rule_is_none_when_written_again() -> None:
    assert slack_markdown(r"\$x\$") == r"\$x$"
    assert slack_markdown(slack_markdown(r"\$x\$")) == r"\$x$"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\begin{align} a \\ b \end{align}", "```\n\\begin{align} a \\\\ b \\end{align}\n```"),
        (
            "\\begin{align*}\n a &= b \\\\\n c &= d\n\\end{align*}\n\nx",
            "```\n\\begin{align*}\na &= b \\\\\nc &= d\n\\end{align*}\n```\n\nx",
        ),
        (r"so \begin{cases} a \\ b \end{cases} holds", r"so `\begin{cases} a \\ b \end{cases}` holds"),
        (r"\begin{a} \end{b}", r"\begin{a} \end{b}"),
        (r"\begin a", r"\begin a"),
    ],
)
def test_an_environment_is_a_formula(text: str, shown: str) -> None:
    assert slack_markdown(text) == shown


@pytest.mark.parametrize(
    ("line", "may"),
    [
        ("$$", True),
        ("   $$ x", True),
        (r"\[ x", True),
        (r"\begin{align}", True),
        ("$$ x $$", False),
        (r"\[ x \]", False),
        ("    $$", False),
        ("It costs $$", False),
    ],
)
def test_a_line_may_begin_a_formula_that_another_one_closes(line: str, may: bool) -> None:
    assert may_open(line) is may
