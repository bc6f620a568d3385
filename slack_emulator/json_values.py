"""A value out of somebody's JSON, as the type it turns out to have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

Json: TypeAlias = dict[str, Any]
"""A JSON object."""


def as_object(value: object) -> Json | None:
    """An object; None for anything else."""
    return cast("Json", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """A list, or the tuple we keep one as; None for anything else."""
    return list(cast("list[Any]", value)) if isinstance(value, list | tuple) else None


def as_objects(value: object) -> list[Json]:
    """The objects of a list; what else is in it is left out."""
    objects = [as_object(item) for item in as_list(value) or ()]
    return [each for each in objects if each is not None]


def texts(value: object) -> Iterator[str]:
    """Every string under the key `text`, however deep."""
    for name, inner in (as_object(value) or {}).items():
        if name == "text" and isinstance(inner, str):
            yield inner
        else:
            yield from texts(inner)
    for inner in as_list(value) or ():
        yield from texts(inner)
