"""What cannot stand at the edge of marked words, moved out of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.markdown.parse.spans import Mark, Span, plain_text
from bot.core.markdown.render.mark_edges import peeled

BOLD, LINK = Mark("strong"), Mark("link", "https://e.org")


def texts(runs: list[Span], edges: tuple[str, str]) -> list[str]:
    return [plain_text(part) for part in peeled(runs, depth=0, edges=edges)]


@pytest.mark.parametrize(
    ("text", "edges", "parts"),
    [
        ("a", (" ", " "), ["", "a", ""]),
        (" a ", ("x", "y"), [" ", "a", " "]),
        ("「a」", ("は", "な"), ["「", "a", "」"]),
        ("「a」", (" ", " "), ["", "「a」", ""]),
        ('"a"', (" ", "."), ["", '"a"', ""]),
        ("...", ("a", "b"), [".", ".", "."]),
        ("\n a", (" ", " "), ["\n ", "a", ""]),
    ],
)
def test_a_mark_keeps_what_it_can_hold(text: str, edges: tuple[str, str], parts: list[str]) -> None:
    assert texts([Span(text, (BOLD,))], edges) == parts


@pytest.mark.parametrize(
    "run", [Span("ls", (BOLD,), code=True), Span("ls", (BOLD, LINK)), Span("<@U1>", (BOLD,), live=True)]
)
def test_code_links_and_mentions_go_out_whole(run: Span) -> None:
    assert [len(part) for part in peeled([run], depth=0, edges=("用", "列"))] in ([1, 0, 0], [0, 1, 0])


def test_what_goes_out_is_without_the_mark() -> None:
    before, kept, after = peeled([Span(" a ", (BOLD, LINK)), Span(" b", (BOLD,))], depth=0, edges=(" ", " "))
    assert before == []
    assert [run.marks for run in kept] == [(BOLD, LINK), (BOLD,)]
    assert after == []


@given(
    st.lists(st.text("a (.中「 \n", min_size=1, max_size=4), max_size=4),
    st.sampled_from(" a中."),
    st.sampled_from(" a中."),
)
def test_nothing_is_lost_and_nothing_changes_place(parts: list[str], before: str, after: str) -> None:
    assert "".join(texts([Span(part, (BOLD,)) for part in parts], (before, after))) == "".join(parts)
