"""Writes docs/settings.md from the table of all settings in bot/environment/setting_reference.py.

python scripts/settings_page.py          after a setting was added or changed
python scripts/settings_page.py --check  changes nothing, and ends with 1 where the page is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.environment.setting_reference import SECTIONS, SettingEntry  # noqa: E402

PAGE = ROOT / "docs" / "settings.md"
HEAD = """# All settings

All come from the environment, or from a `.env` file in the working directory; what the environment says wins. An empty value
counts as not set. Anything wrong is one line that names the mend, and `teleprinter doctor` tells all of them at once, misspelt names
too; `teleprinter settings` lists them in a terminal. This page is made from the code: `make settings`.
"""


def page() -> str:
    """Returns the whole page, as Markdown."""
    return "\n".join([HEAD, *(_section(title, entries) for title, entries in SECTIONS.items())])


def _section(title: str, entries: tuple[SettingEntry, ...]) -> str:
    rows = [
        f"| `{entry.name}` | {entry.meaning} | {entry.default} |".replace("|  |", "| |") for entry in entries
    ]
    return "\n".join([f"## {title}", "", "| variable | meaning | default |", "|---|---|---|", *rows, ""])


def main(*, check: bool) -> int:
    """Writes the page, or only looks; returns the process's status."""
    if not check:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page():
        return 0
    print(f"{PAGE.relative_to(ROOT)} is stale: run `make settings`")
    return 1


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
