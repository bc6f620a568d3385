"""Reads what LangChain's callbacks tell of a tool that is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def tool_name(serialized: Mapping[str, Any] | None, more: Mapping[str, Any]) -> str:
    """Returns what the tool is called that starts: LangChain says so in one place or the other, or in none for a bare function."""
    return str((serialized or {}).get("name") or more.get("name") or "tool")


def has_failed(output: object) -> bool:
    """Tells whether the tool says of itself that it has failed: then its model is told so, and no error is raised."""
    return getattr(output, "status", "") == "error"
