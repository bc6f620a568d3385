"""Several chunks that only add words, made into one that adds them all. Pure.

What LangChain makes of a chunk costs the same for one word as for twenty, so it is given the words of a look at once. Whatever else
a chunk may say (a role, a tool call, a finish reason, a count, a probability, an error) goes through as it came and where it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard, cast

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = frozenset({"content", "reasoning_content", "reasoning"})
"""Fields of a delta whose strings are added up by whoever reads them: the answer's, and the thoughts' two names."""


class _Kind(NamedTuple):
    """Holds what a chunk adds, and to what: it and those that say the same but for `text` can be one."""

    field: str
    text: str
    choice: dict[str, Any]  # without its delta
    id: object


class AddedWords(dict[str, Any]):
    """A chunk of nothing but words of the answer, which are all that it holds, under `WORDS`: no dict of a provider's."""


WORDS = "words"


def merge(chunks: Sequence[Any], *, light: bool = False) -> list[Any]:
    """`chunks` of Chat Completions, as few as say the same. The others are left as they are, and none is changed.

    `light`: what only adds words of the answer is `AddedWords`, which wants no message made of it.
    """
    merged: list[Any] = []
    run: list[str] = []  # what the chunks add that are one with the last of `merged`
    kind: _Kind | None = None
    for chunk in chunks:
        if kind is not None and (text := _text_of_kind(chunk, kind)) is not None:
            run.append(text)
            continue
        _close(merged, run, kind, light=light)
        merged.append(chunk)
        kind = _kind(chunk)
        run = [] if kind is None else [kind.text]
    _close(merged, run, kind, light=light)
    return merged


def is_end(chunk: Any) -> bool:
    """Tells whether `chunk` says why the answer ends: nothing is worth waiting for then."""
    choice = _only_choice(chunk)
    return choice is not None and bool(choice.get("finish_reason"))


def _close(merged: list[Any], run: list[str], kind: _Kind | None, *, light: bool) -> None:
    """Give the last of `merged`, which began `run`, the words of all of it."""
    if kind is None:
        return
    if light and kind.field == "content":
        merged[-1] = AddedWords({WORDS: "".join(run)})
        return
    if len(run) < 2:
        return
    first = merged[-1]
    [choice] = first["choices"]
    delta = {**choice["delta"], kind.field: "".join(run)}
    merged[-1] = {**first, "choices": [{**choice, "delta": delta}]}


def _kind(chunk: Any) -> _Kind | None:
    """Returns what `chunk` adds; None where it does or says anything else."""
    choice = _only_choice(chunk)
    if choice is None or chunk.get("usage"):
        return None
    delta: object = choice.get("delta")
    if not _is_mapping(delta) or choice.get("finish_reason") or choice.get("logprobs"):
        return None
    said = [name for name, value in delta.items() if value is not None]
    if len(said) != 1 or said[0] not in _WORDS or not isinstance(text := delta[said[0]], str):
        return None
    return _Kind(said[0], text, {**choice, "delta": None}, chunk.get("id"))


def _text_of_kind(chunk: Any, kind: _Kind) -> str | None:
    """Returns what `chunk` adds to the same as `kind`. Once a token: hence without a step more than it takes."""
    try:
        [choice] = chunk["choices"]
        [text] = [value for value in choice["delta"].values() if value is not None]
        same = choice["delta"][kind.field] is text and {**choice, "delta": None} == kind.choice
        return (
            text
            if same and chunk.get("id") == kind.id and not chunk.get("usage") and type(text) is str
            else None
        )
    except (AttributeError, KeyError, TypeError, ValueError):  # it is of another form
        return None


def _only_choice(chunk: Any) -> dict[str, Any] | None:
    found: object = chunk.get("choices") if _is_mapping(chunk) else None
    choices = cast("list[object]", found) if isinstance(found, list) else []
    return choices[0] if len(choices) == 1 and _is_mapping(choices[0]) else None


def _is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
