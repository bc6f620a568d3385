"""A converter as another library would have it."""

from __future__ import annotations


class Upper:
    """Says it louder."""

    def convert(self, text: str) -> str:
        return text.upper()
