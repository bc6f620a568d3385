"""Says texts of ours in a person's language, from gettext's catalogues in `locale/`. Each is read when it is first needed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import TYPE_CHECKING

from bot.language.translatable import Translatable

if TYPE_CHECKING:
    from bot.language.translatable import Value

DOMAIN = "teleprinter"
FOLDER = Path(__file__).parent / "locale"
TRANSLATED = ("de", "es", "fr", "ja")
"""Languages that have a catalogue, by ISO 639. English has none: the texts are in English."""


@dataclass(frozen=True, slots=True)
class Language:
    """Says texts in the language `code`, by ISO 639. A plain value: two of one code are the same."""

    code: str

    def say(self, text: Translatable) -> str:
        """Returns the text in this language; in English where the catalogue does not have it."""
        catalogue, values = _catalogue(self.code), dict(text.values)
        if text.plural:
            number = values.get("count")
            said = catalogue.ngettext(text.english, text.plural, number if isinstance(number, int) else 0)
        else:
            said = catalogue.gettext(text.english)
        # What is filled in is no format itself: people's words may hold braces.
        return said.format(**{name: self._value(one) for name, one in values.items()}) if values else said

    def _value(self, value: Value) -> str | int:
        return self.say(value) if isinstance(value, Translatable) else value


ENGLISH = Language("en")
LANGUAGES = (ENGLISH, *(Language(code) for code in TRANSLATED))


def language_of(locale: str) -> Language:
    """Returns the language of a locale of Slack's, like `de-DE` or `es-LA`; English for one that we do not speak, or none."""
    code = locale.replace("_", "-").partition("-")[0].lower()
    return Language(code) if code in TRANSLATED else ENGLISH


@cache
def _catalogue(code: str) -> NullTranslations:
    if code == ENGLISH.code:
        return NullTranslations()
    with (FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return GNUTranslations(file)
