"""Several chunks that only add words, made into one that adds them all. Pure.

What LangChain makes of a chunk costs the same for one word as for twenty, so it is given the words of a look at once. Whatever else
a chunk may say (a role, a tool call, a finish reason, a count, a probability, an error) goes through as it came and where it came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard, cast

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORDS = frozenset({"content", "reasoning_content", "reasoning"})
"""Fields of a delta whose strings are added up by whoever reads them: the answer's, and the thoughts' two names."""


class _Words(NamedTuple):
    """Holds what a chunk adds, and to what: chunks of the same `kind` can be one."""

    field: str
    text: str
    kind: tuple[str, object, object]


def merge(chunks: Iterable[Any]) -> list[Any]:
    """`chunks` of Chat Completions, as few as say the same. The others are left as they are, and none is changed."""
    merged: list[Any] = []
    run: list[_Words] = []
    for chunk in chunks:
        words = _words(chunk)
        if words is not None and run and run[0].kind == words.kind:
            run.append(words)
            continue
        _close(merged, run)
        merged.append(chunk)
        run = [words] if words is not None else []
    _close(merged, run)
    return merged


def is_end(chunk: Any) -> bool:
    """Tells whether `chunk` says why the answer ends: nothing is worth waiting for then."""
    choice = _only_choice(chunk)
    return choice is not None and bool(choice.get("finish_reason"))


def _close(merged: list[Any], run: list[_Words]) -> None:
    """Give the last of `merged`, which began `run`, the words of all of it."""
    if len(run) < 2:
        return
    first = merged[-1]
    [choice] = first["choices"]
    words = {run[0].field: "".join([one.text for one in run])}
    merged[-1] = {**first, "choices": [{**choice, "delta": {**choice["delta"], **words}}]}


def _words(chunk: Any) -> _Words | None:
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
    rest = {name: value for name, value in choice.items() if name != "delta"}
    return _Words(said[0], text, (said[0], rest, chunk.get("id")))


def _only_choice(chunk: Any) -> dict[str, Any] | None:
    found: object = chunk.get("choices") if _is_mapping(chunk) else None
    choices = cast("list[object]", found) if isinstance(found, list) else []
    return choices[0] if len(choices) == 1 and _is_mapping(choices[0]) else None


def _is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)
