"""A table of a report, as the terminal shows it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from rich.table import Table


def said(table: Table) -> str:
    """The table as text, 100 columns wide."""
    console = Console(width=100, file=io.StringIO(), record=True)
    console.print(table)
    return console.export_text()
