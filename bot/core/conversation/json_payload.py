"""Slack's JSON, of which nothing is certain: what is missing or of another kind counts as empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

Payload: TypeAlias = Mapping[str, Any]


def as_payload(value: object) -> Payload:
    """`value` where it is a JSON object, else an empty one: what Slack leaves out is missing, not wrong."""
    return cast("Payload", value) if isinstance(value, Mapping) else {}


def as_payloads(value: object) -> list[Payload]:
    """`value` where it is a list of JSON objects; what else is in it counts as empty."""
    return [as_payload(one) for one in as_list(value)]


def as_list(value: object) -> list[object]:
    """`value` where it is a list, else an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def as_text(value: object) -> str:
    """`value` where it is a string or a number, else ""."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)
