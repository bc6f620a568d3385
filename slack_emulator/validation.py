"""Reads what somebody wrote by hand (a seed, a script of faults, a command line), as the type it has to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

from slack_emulator.errors import WorkspaceError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Kind = TypeVar("Kind")


def checked(kind: type[Kind], value: object, what: str) -> Kind:
    """`value` as a `kind`; WorkspaceError says in one line what is wrong, and where in `what`."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        flaws = "; ".join(_told(each) for each in error.errors()[:3])
        raise WorkspaceError(f"{what}: {flaws}") from None


def _told(flaw: ErrorDetails) -> str:
    place = ".".join(str(step) for step in flaw["loc"])
    return f"{place}: {flaw['msg']}" if place else flaw["msg"]
