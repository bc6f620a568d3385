"""Holds what an answer has to say besides what fits its messages: the rest of it, which goes into a file in its thread.

The messages stay as they are from then on, and the last of them says where the answer goes on. What the model adds meanwhile is kept
here until it ends. Where Slack takes no file after all the text goes on in messages, from the very place where they ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.markdown.parse.literal_guard import GUARD
from bot.core.markdown.stream import healing as unfinished

if TYPE_CHECKING:
    from bot.core.markdown.split.pagination import Cut


class Overflow:
    """The rest of an answer: all of `source` behind the `cut`, and what comes after it. `first`: no message was cut before."""

    def __init__(self, source: str, cut: Cut, *, first: bool) -> None:
        self._pieces = [source]
        self._cut = cut
        self._first = first

    def feed(self, text: str) -> None:
        """More of the answer."""
        self._pieces.append(text)

    def break_off(self) -> None:
        """The model broke off here."""
        self._pieces = [unfinished.broken_off(self.source)]

    @property
    def source(self) -> str:
        """Returns the whole text of the message that was cut, as if it had not been."""
        return "".join(self._pieces)

    def rest(self) -> str:
        """Returns what goes into the file, in Markdown that is whole by itself. What only Slack needs is not in it."""
        return self._cut.rest(self.source, first=self._first).replace(GUARD, "").strip("\n") + "\n"
