"""Reading a message nobody has checked: what is not of the expected kind reads as nothing, so that drawing never fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def text_of(value: Any) -> str:
    """A string that can be shown and sent: without NUL, and with half characters (valid in JSON, not in UTF-8) marked."""
    return _LONE_SURROGATE.sub("\ufffd", value).replace("\0", "\ufffd") if isinstance(value, str) else ""


def map_of(value: Any) -> Mapping[str, Any]:
    """An object as it is, {} for anything else."""
    return value if _is_map(value) else {}


def maps_of(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; whatever else it holds is left out."""
    return [item for item in list_of(value) if _is_map(item)]


def list_of(value: Any) -> list[Any]:
    """A list as it is, [] for anything else."""
    return value if _is_list(value) else []


def int_of(value: Any, *, highest: int) -> int:
    """A whole number from 0 to `highest`; True is none."""
    return max(0, min(value, highest)) if isinstance(value, int) and not isinstance(value, bool) else 0


def _is_map(value: Any) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping)


def _is_list(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)
