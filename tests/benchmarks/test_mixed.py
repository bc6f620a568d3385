"""Streams in direct messages beside edits in channels."""

from __future__ import annotations

import io

from rich.console import Console

from benchmarks.mixed import mixed_table, play_mixed


def test_beside_streams_those_who_read_edits_wait_less_and_nobody_is_refused() -> None:
    rows = play_mixed()
    streamed, edited, alone = (row.figures for row in rows)
    assert streamed.mean <= 0.7
    assert edited.mean < alone.mean
    assert max(streamed.last_worst, edited.last_worst) <= 0.3
    assert {(each.limited, each.lost) for each in (streamed, edited, alone)} == {(0, 0)}
    console = Console(file=io.StringIO(), width=110)
    console.print(mixed_table(rows, plain=True))
    assert isinstance(console.file, io.StringIO)
    assert "in direct messages, streamed" in console.file.getvalue()
