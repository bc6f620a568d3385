"""One message's text while it is written."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.markdown.parse.work_meter import limited
from bot.core.markdown.render.canonical import Canonical
from bot.core.markdown.render.message_text import mrkdwn, slack_markdown
from bot.core.markdown.render.mrkdwn import Mrkdwn
from bot.core.markdown.stream.healing import heal
from bot.core.markdown.stream.incremental import IncrementalText, common
from tests.strict import corpus

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.markdown.render.block_walk import Emitter

ANSWERS = corpus("llm_answers")
ALL = "\n".join(str(answer["markdown"]) for answer in ANSWERS)
BLOCKS = st.lists(
    st.sampled_from(["a **b**\n", "- x\n", "* y\n", "1. one\n", "1. again\n", "7) z\n", "   more\n", "\n", "# h\n", "> q\n", "```\ncode\n",
                     "```\n", "| a |\n", "|---|\n", "| 1 |\n", "---\n", "[x][r]\n", "$$\nx\n$$\n", "- [x] done\n", "  - deep\n", "1"]),
    max_size=12,
)  # fmt: skip


def grown(deltas: list[str], emitter: Emitter | None = None) -> list[str]:
    """What is shown after each delta."""
    growing, shown = IncrementalText(emitter=emitter), []
    for delta in deltas:
        growing.feed(delta)
        shown.append(growing.render(finished=False))
    return shown


def cut(text: str, sizes: random.Random) -> list[str]:
    deltas = []
    while text:
        size = sizes.randint(1, 12)
        deltas.append(text[:size])
        text = text[size:]
    return deltas


def whole(deltas: list[str], write: Callable[[str], str] = slack_markdown) -> list[str]:
    """What would be shown if nothing were remembered."""
    return [write(heal("".join(deltas[: end + 1]))) for end in range(len(deltas))]


@pytest.mark.parametrize(("emitter", "write"), [(Canonical, slack_markdown), (Mrkdwn, mrkdwn)])
@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["id"]))
def test_however_it_arrives_it_looks_as_if_rendered_at_once(
    answer: dict[str, Any], emitter: Callable[[], Emitter], write: Callable[[str], str]
) -> None:
    deltas = cut(answer["markdown"], random.Random(7))  # noqa: S311  # the same cuts every time
    assert grown(deltas, emitter()) == whole(deltas, write)


@given(BLOCKS)
@settings(max_examples=50)
def test_any_blocks_in_any_order_look_as_if_rendered_at_once(deltas: list[str]) -> None:
    assert grown(deltas) == whole(deltas)


@pytest.mark.parametrize(
    "deltas",
    [
        ["1", "$$\nx\n$$\n", "- x\n", "$$\nx\n$$\n"],
        ["1", "$$\nx\n$$\n", "1. one\n", "\\[\n", "$$\nx\n$$\n"],
        ["\\[\n", "- x\n", "1", "$$\nx\n$$\n", "\\]\n"],
        ["\\begin{a}\n", "- x\n", "- y\n", "\\end{a}\n", "- z\n"],
        ["$$\nx\n$$\n", "- x\n", "- y\n", "$$\n"],
        ["$$ a\n", *["- x\n"] * 70, "$$\n"],
        ["$$ a\n", "\n", "- x\n", "- y\n", "$$\n"],
    ],
    ids=[
        "a list",
        "two openers",
        "a formula in it",
        "an environment",
        "closed before",
        "too far",
        "a blank line",
    ],
)
def test_what_a_formula_may_still_reach_is_not_finished(deltas: list[str]) -> None:
    assert grown(deltas) == whole(deltas)


@given(BLOCKS, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_what_is_finished_never_changes(lines: list[str], sizes: random.Random) -> None:
    growing = IncrementalText()
    done = ""
    for delta in cut("".join(lines), sizes):
        growing.feed(delta)
        growing.render(finished=False)
        assert growing._done.startswith(done)  # noqa: SLF001  # how much of it is done shows nowhere else
        done = growing._done  # noqa: SLF001


@given(BLOCKS)
@settings(max_examples=50)
def test_finished_it_is_the_whole_text_rendered(deltas: list[str]) -> None:
    growing = IncrementalText()
    for delta in deltas:
        growing.feed(delta)
        growing.render(finished=False)
    assert growing.render(finished=True) == slack_markdown("".join(deltas))


def test_a_link_explained_below_it_is_one_in_the_end() -> None:
    growing = IncrementalText("See [the docs].\n\nMore.\n\n")
    assert growing.render(finished=False) == "See [the docs].\n\nMore."
    growing.feed("[the docs]: https://e.org\n")
    assert growing.render(finished=True) == "See [the docs](https://e.org).\n\nMore."


def test_a_link_explained_above_it_is_one_at_once() -> None:
    growing = IncrementalText("[docs]: https://e.org\n\nFirst.\n\nSee [docs] and")
    assert growing.render(finished=False) == "First.\n\nSee [docs](https://e.org) and"


def test_a_line_end_that_comes_in_halves_is_one_line_end() -> None:
    growing = IncrementalText("a\r")
    growing.feed("\nb\r")
    assert growing.render(finished=True) == "a\nb"
    assert growing.text == "a\nb\r"


def test_an_edit_parses_the_open_end_alone() -> None:
    growing = IncrementalText(ALL + "\n\nlast words")
    before = growing.render(finished=False)
    growing.feed(" and more")
    assert growing.render(finished=False) == f"{before} and more"
    assert len(growing.text) - growing._start < 40  # noqa: SLF001  # what it costs is what it looks at


def test_half_of_what_is_told_to_a_terminal_waits_for_the_other_half() -> None:
    growing = IncrementalText("a\x1b[3")
    growing.feed("1mb\x1b")
    growing.feed("]0;title")
    growing.feed("\x07c")
    assert growing.text == "abc"


def test_a_footnote_goes_on_with_indented_words() -> None:
    text = "[^1]: a\n\n    b c\n\n    d\n\ne\n"
    shown = [IncrementalText(text[:end]).render(finished=False) for end in range(1, len(text) + 1)]
    assert not any("```" in one for one in shown)
    assert grown(list(text))[-1] == slack_markdown(text)


@pytest.mark.parametrize("above", ["", "one\n\n- two\n- three\n\n"])
def test_what_was_once_shown_plainly_stays_so_though_it_costs_less_now(above: str) -> None:
    text = IncrementalText(f"{above}{'*a* ' * 30}")
    with limited(40):
        assert r"\*a\* \*a\*" in text.render(finished=False)
    text.feed("*b* **c")
    assert text.render(finished=False).endswith(r"\*a\* \*b\* \*\*c")
    text.feed("**\n\n*d*\n\n")
    assert text.render(finished=False).endswith("\\*b\\* \\*\\*c\\*\\*\n\n*d*")
    assert text.render(finished=True) == text.render(finished=False)


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("It is wet to", "It is wet "),
        ("It is wet ", "It is wet"),
        ("It is **very wet", "It is"),
        ("It is `very", "It is"),
        ("It is *wet*, says **her", "It is *wet*, says"),
        ("Ask @he", "Ask "),
        ("See:\n\n```py\nx = 1\ny", "See:\n\n```py\nx = 1\n"),
        ("- one\n- two\n", "- one\n- two"),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n| 3", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("done\n\n| a |\n", "done"),
        ("It was ~~$20~~ **$15", "It was"),
        ("So:\n\n~~~md\n# Title\n", "So:"),
    ],
)
def test_whole_words_that_nothing_can_change_any_more_are_committed(text: str, sure: str) -> None:
    growing = IncrementalText(text)
    assert growing.committed() == sure
    assert text[: growing.committed_source()].startswith(sure[:5])


REVOKED = {"19-hr-setext"}
"""The answers of which something was committed too early: a stream of them ends with an edit. A line below a paragraph makes a heading
of it; to wait for that line would be to show no paragraph before the next one."""


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: str(answer["id"]))
def test_what_is_committed_of_an_answer_is_how_it_begins_in_the_end(answer: dict[str, Any]) -> None:
    text, growing, committed = answer["markdown"], IncrementalText(), list[str]()
    for at in range(0, len(text), 7):
        growing.feed(text[at : at + 7])
        committed.append(growing.committed())
    whole = slack_markdown(text)
    revoked = answer["id"] in REVOKED
    assert all(whole.startswith(one) for one in committed) is not revoked


@given(one=st.text("ab"), other=st.text("ab"))
def test_what_two_texts_have_in_common_is_what_both_begin_with(one: str, other: str) -> None:
    length = common(one, other)
    assert one[:length] == other[:length]
    assert one[length : length + 1] != other[length : length + 1] or length in (len(one), len(other))
