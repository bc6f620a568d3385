"""Keeps the catalogues of what the bot says: finds the texts in the code, brings them into each language's .po, and compiles those.

python scripts/catalogues.py          after a text was added or changed; what has no translation yet is named
python scripts/catalogues.py --check  changes nothing, and ends with 1 where something is missing or stale
"""

from __future__ import annotations

import sys
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bot.language.catalogue import DOMAIN, FOLDER, TRANSLATED  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

KEYWORDS = {"Translatable": (1,), "by_count": (1, 2)}
COMMENTS = ("Translators:",)
LINE = 120


def texts() -> Catalog:
    """Returns all texts that stand in the code, without translations."""
    found = Catalog(domain=DOMAIN, project="Teleprinter", fuzzy=False)
    for _, _, text, comments, context in _extracted():
        found.add(text, auto_comments=comments, context=context)
    return found


@cache
def _extracted() -> list[Any]:
    """Returns what Babel finds in the code; it reads all of it, which takes seconds."""
    return list(
        extract_from_dir(str(ROOT / "bot"), keywords=KEYWORDS, comment_tags=COMMENTS, strip_comment_tags=True)
    )


def po_path(code: str) -> Path:
    """Returns where the translations into a language stand, as people write them."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def load(code: str) -> Catalog:
    """Returns the translations into a language. Raises OSError where it has none."""
    with po_path(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


def update(code: str) -> Catalog:
    """Returns them with the texts that stand in the code now: new ones have no translation, and none is guessed."""
    catalogue = load(code)
    catalogue.update(texts(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def write(catalogue: Catalog) -> bytes:
    """Returns the .po file of a catalogue."""
    file = BytesIO()
    write_po(file, catalogue, width=LINE, omit_header=False, sort_output=False, no_location=True)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """Returns the .mo file of a catalogue, which gettext reads."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """Yields the texts that have no translation, or only some of its plural forms."""
    for message in catalogue:
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(forms):
            yield message


def main(*, check: bool) -> int:
    """Brings all catalogues up to date, or only looks; returns the process's status."""
    problems = 0
    for code in TRANSLATED:
        catalogue, path = update(code), po_path(code)
        for message in untranslated(catalogue):
            problems += 1
            print(f"{code}: not translated: {message.id!r}")
        for one, wanted in ((path, write(catalogue)), (path.with_suffix(".mo"), compiled(catalogue))):
            if check and (not one.exists() or one.read_bytes() != wanted):
                problems += 1
                print(f"{one.relative_to(ROOT)} is stale: run `make texts`")
            if not check:
                one.write_bytes(wanted)
    return int(problems > 0)


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
