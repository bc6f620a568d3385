"""What a terminal and a log see of a model on its way."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

from bot.model.local.progress import Progress, shown, unreported

if TYPE_CHECKING:
    import pytest

MB = 1_000_000


def test_a_log_gets_a_line_where_a_step_begins_and_one_a_tenth_of_the_download() -> None:
    out = io.StringIO()
    with shown(Console(file=out)) as report:
        for percent in range(0, 101, 4):
            report(Progress("download", percent * MB, 100 * MB))
        for percent in range(0, 101, 4):
            report(Progress("unpack", percent * MB, 100 * MB))
        report(Progress("load", 0, 98 * MB))
        report(Progress("load", 98 * MB, 98 * MB))
    assert out.getvalue().splitlines() == [
        "Fetching the model (100.0 MB)",
        *(f"Fetching the model: {tenth}0 %" for tenth in range(1, 11)),
        "Unpacking the model (100.0 MB)",
        "Loading the model (98.0 MB)",
    ]


def test_a_step_of_nothing_is_shown_all_the_same() -> None:
    out = io.StringIO()
    with shown(Console(file=out)) as report:
        report(Progress("load", 0, 0))
    assert out.getvalue() == "Loading the model (0 bytes)\n"


def test_a_terminal_gets_a_bar_for_each_step() -> None:
    out = io.StringIO()
    with shown(Console(file=out, force_terminal=True, width=100)) as report:
        report(Progress("download", 0, 100 * MB))
        report(Progress("download", 50 * MB, 100 * MB))
        report(Progress("load", 0, 98 * MB))
    last = out.getvalue().rsplit("Fetching the model", 1)[1]
    assert "50.0/100.0 MB" in last
    assert "Loading the model" in last


def test_when_the_model_is_loaded_the_terminal_is_free_again_and_a_restart_is_shown_too() -> None:
    out = io.StringIO()
    with shown(Console(file=out, force_terminal=True, width=100)) as report:
        report(Progress("load", 0, 98 * MB))
        report(Progress("load", 98 * MB, 98 * MB))
        loaded = out.tell()
        out.write("The answer.")
        assert out.getvalue()[loaded:] == "The answer."
        report(Progress("load", 0, 98 * MB))
    assert "Loading the model" in out.getvalue()[loaded:]


def test_who_need_not_see_it_sees_nothing() -> None:
    unreported(Progress("load", 0, 1))


def test_standard_error_is_where_it_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as report:
        report(Progress("load", 0, 98 * MB))
    out, err = capsys.readouterr()
    assert (out, err) == ("", "Loading the model (98.0 MB)\n")
