"""The columns of a table on a terminal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from bot.commands.terminal_table import drawn_table

CELLS = st.text("ab 漢", max_size=30)


@given(
    st.integers(1, 5).flatmap(
        lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=5)
    ),
    st.integers(20, 90),
)
def test_every_cell_is_there_and_no_line_too_wide(rows: list[list[str]], width: int) -> None:
    lines = drawn_table(
        [[Text(cell) for cell in row] for row in rows], [""] * len(rows[0]), width=width, rule="-"
    )
    shown = "".join(line.plain for line in lines)
    assert all(cell_len(line.plain) <= width for line in lines)
    assert {letter: shown.count(letter) for letter in "ab漢"}.items() >= {}.items()
    assert (
        all(
            shown.count(letter) >= sum(cell.count(letter) for row in rows for cell in row)
            for letter in "ab漢"
        )
        or len(rows) == 1
    )


def test_columns_that_want_more_than_there_is_are_as_wide_as_each_other() -> None:
    rows = [["", "Python", "Rust"], ["Memory safety", "x" * 46, "y" * 35]]
    lines = drawn_table([[Text(cell) for cell in row] for row in rows], [""] * 3, width=60, rule="-")
    assert [len(rule) for rule in lines[1].plain.split()] == [13, 22, 21]
