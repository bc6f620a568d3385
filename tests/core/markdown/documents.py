"""Markdown texts as a model may write them, of words that are all different; for property tests."""

from __future__ import annotations

import re
from itertools import count

from hypothesis import strategies as st

_WORD = re.compile(r"\b([whp])(?!\w)")
_MARKS = ["{}", "{}", "{}", "**{}**", "*{}*", "~~{}~~", "`{}`", "[{}](https://example.org/a)", "***{}***"]
_ENDS = [" ", " ", " ", ", ", ". ", "\n", "! "]


@st.composite
def words(draw: st.DrawFn, most: int = 30) -> str:
    """A few words, some of them emphasised, code or links."""
    lengths = draw(
        st.lists(
            st.tuples(st.integers(1, 4), st.sampled_from(_MARKS), st.sampled_from(_ENDS)),
            min_size=1,
            max_size=most,
        )
    )
    return "".join(mark.format(" ".join("w" for _ in range(n))) + end for n, mark, end in lengths).strip()


@st.composite
def code(draw: st.DrawFn) -> str:
    fence, info = draw(st.sampled_from(["```", "````", "~~~"])), draw(st.sampled_from(["", "python", "sh"]))
    lines = draw(
        st.lists(st.sampled_from(["w = w(w)", "    return w", "", "x <w> & w"]), min_size=1, max_size=12)
    )
    return "\n".join([fence + info, "w", *lines, "w", fence])


@st.composite
def table(draw: st.DrawFn) -> str:
    rows = draw(
        st.lists(
            st.sampled_from(["| w w | w |", "| **w** | `w` |", "| w | w w w w |"]), min_size=1, max_size=10
        )
    )
    return "\n".join(["| key | value |", "|---|--:|", *rows])


def bullets(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=1, max_size=5).map(
        lambda items: "\n".join(_item("-", item) for item in items)
    )


def numbers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(inner, min_size=1, max_size=5).map(
        lambda items: "\n".join(_item(f"{number}.", item) for number, item in enumerate(items, 1))
    )


def quote(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inner.map(lambda text: "\n".join(f"> {line}".rstrip() for line in text.split("\n")))


def _item(marker: str, text: str) -> str:
    lines = text.split("\n")
    indent = " " * (len(marker) + 1)
    return "\n".join([f"{marker} {lines[0]}", *(f"{indent}{line}".rstrip() for line in lines[1:])])


def _blocks(leaves: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(leaves, min_size=1, max_size=3).map("\n\n".join)


_LEAVES = st.one_of(words(), code(), table())
_NESTED = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(bullets(_blocks(inner)), numbers(_blocks(inner)), quote(_blocks(inner))),
    max_leaves=6,
)
_HEADING = words(3).map(lambda text: "## " + text.replace("\n", " "))
documents = (
    st.lists(st.one_of(_NESTED, _NESTED, _HEADING), min_size=1, max_size=8)
    .map("\n\n".join)
    .map(lambda text: _numbered(text))
)
"""Whole texts. Every word is a `w` with a number of its own."""

_SIGNS = [
    "#", "##", ">", "-", "+", "*", "1.", "12)", "2.", "~~~", "```", "---", "===", "***", "___", "|", "a|b", "[x]:", "[^1]:", "<b>",
    "&lt;", "&", "\\", "\\[", "\\]", "$$", "$", "\\(", "**w w**", "*w*", "`w`", "[w w](https://example.org)", "[ ]", "|---|",
    "---|---", ":--", "=", "_w_", "~w~", "![", "](", "w.", "w,", "https://example.org/a",
]  # fmt: skip


@st.composite
def signs(draw: st.DrawFn) -> str:
    """Running words among which is all that could be taken for something else."""
    word = st.one_of(st.just("w"), st.just("w"), st.sampled_from(_SIGNS))
    drawn = draw(st.lists(st.tuples(word, st.sampled_from("    \n")), min_size=1, max_size=60))
    return "".join(map("".join, drawn)).strip()


def _prefixed(first: str, further: str) -> st.SearchStrategy[str]:
    return signs().map(lambda text: first + text.replace("\n", f"\n{further}"))


_TABLE_OF_SIGNS = st.lists(
    signs().map(lambda text: text.replace("\n", " ").replace("|", "")), min_size=1, max_size=5
).map(lambda rows: "\n".join(["| key | value |", "|---|---|", *(f"| {row} | w |" for row in rows)]))
_BLOCK_OF_SIGNS = st.one_of(
    signs(),
    signs(),
    signs().map(lambda text: "## " + text.replace("\n", " ")[:90]),
    signs().map(lambda text: f"````py\nw\n{text}\nw\n````"),
    *(
        _prefixed(first, further)
        for first, further in [
            ("> ", "> "), ("- ", "  "), ("1. ", "   "), ("> - ", ">   "), ("- ", ""), ("> ", ""), ("    ", "    ")
        ]
    ),
)  # fmt: skip


def soup(*, tables: bool) -> st.SearchStrategy[str]:
    """Whole texts of such words, in blocks of all kinds, now and then without an empty line between two."""
    block = st.one_of(_BLOCK_OF_SIGNS, _TABLE_OF_SIGNS) if tables else _BLOCK_OF_SIGNS
    blocks = st.lists(st.tuples(block, st.sampled_from(["\n\n", "\n\n", "\n"])), min_size=1, max_size=4)
    return blocks.map(lambda drawn: "".join(map("".join, drawn))).map(lambda text: _numbered(text))


_CELL = st.lists(
    st.sampled_from(["w", "w", "w", "**w w**", "*w*", "`w`", "~~w~~", "w, w"]), min_size=1, max_size=12
)
_HEADS = st.lists(
    st.sampled_from(["h", "h h", "**h** h", "h `h`", "h h h h h h h h h h h h"]), min_size=1, max_size=4
)
_AROUND = [("", ""), ("", ""), ("> ", "> "), ("- ", "  "), ("1. ", "   "), ("> - ", ">   ")]


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table, alone, in a list or in a quote, below a line of words and above another; it has a word in each row.

    The words of its header begin with `h`, its other words with `w`, and those around it with `p`; each is another one.
    """
    heads = draw(_HEADS)
    empty = st.just("")
    cell = _CELL.map(" ".join)
    row = st.tuples(cell, *[st.one_of(cell, empty) for _ in heads[1:]])
    rows = [heads, ["---"] * len(heads), *draw(st.lists(row, min_size=1, max_size=5))]
    edge = draw(st.sampled_from(["| ", "| ", ""])) if len(heads) > 1 else "| "
    first, further = draw(st.sampled_from(_AROUND))
    lines = [edge + " | ".join(one) + edge[::-1] for one in rows]
    before, behind = (
        draw(st.sampled_from(["", "p p p p\n\n"])),
        draw(st.sampled_from(["", "\n\np p", "\n# p p"])),
    )
    return _numbered(before + first + f"\n{further}".join(lines) + behind)


def _numbered(text: str) -> str:
    number = count(1)
    return _WORD.sub(lambda word: f"{word[1]}{next(number)}", text)
