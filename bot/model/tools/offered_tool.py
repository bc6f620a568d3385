"""Defines what a tool is to us, whatever it comes from, and what a call of it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.model.tools.tool_file import ToolRules


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """Holds what a call gave, for the model: words, and images as LangChain's content blocks. `failed`: the tool says so itself."""

    text: str
    images: tuple[dict[str, Any], ...] = ()
    failed: bool = False


class ToolBroken(Exception):
    """A call came to no answer: its server is gone, speaks another language, or took too long. `sent`: it may have been done."""

    def __init__(self, words: str, *, outcome: str, sent: bool = True) -> None:
        super().__init__(words)
        self.outcome = outcome
        self.sent = sent


@dataclass(frozen=True, slots=True, eq=False)
class OfferedTool:
    """A tool that the model may call by its `name`, which stands behind its server's. `schema` is JSON's, of its arguments; `acts`
    says whether somebody is asked first. `call` raises ToolBroken."""

    name: str
    description: str
    schema: Mapping[str, Any]
    acts: bool
    rules: ToolRules
    call: Callable[[Mapping[str, Any]], Awaitable[ToolAnswer]] = field(repr=False)


class ToolSource(Protocol):
    """Offers tools, which may come and go."""

    @property
    def offers(self) -> tuple[OfferedTool, ...]:
        """Returns those that can be used now; the same object as long as nothing has changed."""
        ...
