"""Thoughts that a model writes into its answer, between `<think>` and `</think>` at its very beginning. Pure.

    opening ── "<think>" ──► thinking ── "</think>" ──► answering
        └────── anything else ──────────────────────────────▲

DeepSeek R1, Qwen and their kin write so, and a server without a reasoning parser passes it on as text. A `<think>` further down, or
in code, is part of the answer. Thoughts without an opening tag cannot be told from an answer while they arrive.
"""

from __future__ import annotations

from enum import Enum, auto

from bot.core.conversation.deltas import Reasoning, Text

_OPEN, _CLOSE = "<think>", "</think>"


class _State(Enum):
    OPENING = auto()  # it may still begin with a tag
    THINKING = auto()
    CLOSED = auto()  # the blank lines that part thoughts from the answer
    ANSWERING = auto()


class ThinkSplitter:
    """Tells an answer's text from thoughts written into it. Holds back only what may be part of a tag."""

    def __init__(self) -> None:
        self._state = _State.OPENING
        self._held: list[str] = []  # as the pieces came, so that none is merged with another

    def feed(self, text: str) -> list[Text | Reasoning]:
        """Returns what `text`, the next piece of the answer, adds to it."""
        match self._state:
            case _State.ANSWERING:
                return [Text(text)]
            case _State.OPENING:
                return self._open(text)
            case _State.THINKING:
                return self._think("".join((*self._held, text)))
            case _State.CLOSED:
                return self._answer(text)

    def flush(self) -> list[Text | Reasoning]:
        """Returns what was held back, once nothing more comes."""
        kind = Reasoning if self._state is _State.THINKING else Text
        held, self._held = self._held, []
        return [kind(piece) for piece in held]

    def _open(self, text: str) -> list[Text | Reasoning]:
        so_far = "".join((*self._held, text)).lstrip()
        if so_far.startswith(_OPEN):
            self._state, self._held = _State.THINKING, []
            return self._think(so_far.removeprefix(_OPEN))
        if _OPEN.startswith(so_far):
            self._held.append(text)
            return []
        self._state = _State.ANSWERING
        return [*self.flush(), Text(text)]

    def _think(self, text: str) -> list[Text | Reasoning]:
        thoughts, closed, rest = text.partition(_CLOSE)
        if closed:
            self._state, self._held = _State.CLOSED, []
            return [*([Reasoning(thoughts)] if thoughts else []), *self._answer(rest)]
        kept = _begun(text, _CLOSE)
        self._held = [text[len(text) - kept :]] if kept else []
        said = text[: len(text) - kept]
        return [Reasoning(said)] if said else []

    def _answer(self, text: str) -> list[Text | Reasoning]:
        text = text.lstrip()
        if not text:
            return []
        self._state = _State.ANSWERING
        return [Text(text)]


def _begun(text: str, tag: str) -> int:
    """Returns how many characters at the end of `text` may be the beginning of `tag`."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
