"""Defines a text of ours for people before it is in a language. It is no `str`, so that none is shown without being said in one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

Value: TypeAlias = "str | int | Translatable"


@dataclass(frozen=True, slots=True)
class Translatable:
    """Holds a text in English, by which catalogues know it (gettext's msgid), and what it says of any other number than one, "" where
    no number counts. Braces name what is filled in; `count` is the number.

    Babel finds the texts by calls of this class and of `by_count`, so both are called with literals only.
    """

    english: str
    plural: str = ""
    values: tuple[tuple[str, Value], ...] = ()

    def __format__(self, spec: str) -> str:
        """Raises TypeError: a text that was put into another one unsaid would be read as what it is here, by everybody."""
        raise TypeError(f"to be said in a language first: {self.english}")

    def fill(self, **values: Value) -> Translatable:
        """Returns the text with `values` for what stands in its braces. A value may be a text of ours itself."""
        return replace(self, values=tuple(sorted(values.items())))


def by_count(one: str, many: str) -> Translatable:
    """Returns a text of `{count}` things, as it says one of them and as it says any other number."""
    # By a name of its own: where Babel tells calls of one name apart by their arguments, it counts a trailing comma as one.
    return Translatable(one, many)
