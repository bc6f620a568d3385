"""A table as lines that are all equally wide."""

from __future__ import annotations

import pytest

from bot.core.markdown.parse.work_meter import SHARE, pausing
from bot.core.markdown.render.table_grid import aligned, width


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("\u2060", 0), ("👩", 2)]
)
def test_how_many_columns_a_text_takes(text: str, columns: int) -> None:
    assert width(text) == columns


def test_every_column_is_as_wide_as_its_widest_cell() -> None:
    assert aligned([["a", "名前", "c"], ["long", "b", "mid"]], ["", "right", "center"]) == [
        "a     名前   c",
        "----  ----  ---",
        "long     b  mid",
    ]


def test_a_large_table_is_aligned_in_many_steps() -> None:
    pauses: list[int] = []
    with pausing(lambda: pauses.append(1)):
        aligned([["key", "value"]] * 1_000, ["", ""])
    assert len(pauses) >= 2_000 / SHARE
