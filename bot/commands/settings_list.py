"""`teleprinter settings`: every variable that can be set, with what it means and its default, for whoever has no page at hand."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from bot.environment.setting_reference import SECTIONS
from bot.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.environment.setting_reference import SettingEntry

_LINK = re.compile(r"\[([^\]]+)\]\([^)]*\)")


def settings_list(word: str, *, width: int) -> str:
    """Returns the settings in whose name or meaning `word` stands, all for "", in lines of `width`. Raises InputError for none."""
    sections = [
        "\n".join([f"{title}\n", *(_drawn(entry, width) for entry in found)])
        for title, entries in SECTIONS.items()
        if (found := [entry for entry in entries if _has(entry, word)])
    ]
    if not sections:
        raise InputError(f"No setting speaks of {word!r}: `teleprinter settings` lists all of them.")
    return "\n".join(sections).rstrip()


def _has(entry: SettingEntry, word: str) -> bool:
    return word.casefold() in f"{entry.name} {entry.meaning}".casefold()


def _drawn(entry: SettingEntry, width: int) -> str:
    return "\n".join([f"  {entry.name}", *_lines(entry, width), ""])


def _lines(entry: SettingEntry, width: int) -> Iterator[str]:
    default = f"Default: {entry.default}" if entry.default else ""
    for text in filter(None, (entry.meaning, default)):
        plain = _LINK.sub(r"\1", text).replace("`", "")
        yield textwrap.fill(
            plain, width, initial_indent=" " * 6, subsequent_indent=" " * 6,
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip
