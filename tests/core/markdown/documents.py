"""Markdown texts as a model may write them, of words that are all different; for property tests."""

from __future__ import annotations

from itertools import count

from hypothesis import strategies as st

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


def _numbered(text: str) -> str:
    number = count(1)
    return "".join(f"w{next(number)}" if letter == "w" else letter for letter in text)
