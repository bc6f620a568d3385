"""Says what a request can do without where an OpenAI-compatible server refuses it. Pure.

    stream_options    asks for token counts; strict servers refuse what they do not know
    a system message  some models' templates have no place for it: it goes before the person's first words instead

Whether to ask again is decided by the server's words, which may repeat the prompt: a wrong guess costs one request, is made once,
and what the second request brings counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from openai import APIStatusError

Body: TypeAlias = dict[str, Any]

_STATUSES = (400, 422, 500)  # 500: llama.cpp, where a template refuses
_SYSTEM = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Concession:
    """A part of the request that may be left out: how a server names it, whether it is there, and the request without it."""

    named: re.Pattern[str]
    is_in: Callable[[Body], bool]
    make: Callable[[Body], Body]

    def mends(self, error: APIStatusError, body: Body) -> bool:
        """Tells whether `error` may be for this part of `body`."""
        said = f"{error.message} {error.body}"
        return error.status_code in _STATUSES and self.is_in(body) and bool(self.named.search(said))


def _has_counts(body: Body) -> bool:
    return "stream_options" in body


def _without_counts(body: Body) -> Body:
    return {name: value for name, value in body.items() if name != "stream_options"}


def _has_system(body: Body) -> bool:
    return any(message.get("role") in _SYSTEM for message in body.get("messages", ()))


def _without_system(body: Body) -> Body:
    """The system's words go before the first of the person, as templates without a place for them do it themselves."""
    told = [str(message["content"]) for message in body["messages"] if message["role"] in _SYSTEM]
    rest = [dict(message) for message in body["messages"] if message["role"] not in _SYSTEM]
    first = next((message for message in rest if message["role"] == "user"), None)
    if first is None:
        return {**body, "messages": [{"role": "user", "content": "\n\n".join(told)}, *rest]}
    first["content"] = "\n\n".join((*told, str(first["content"])))
    return {**body, "messages": rest}


CONCESSIONS = (
    Concession(re.compile("stream_options"), _has_counts, _without_counts),
    Concession(
        re.compile(
            r"\b(system|developer)\b.{0,60}\brole|\brole\b.{0,60}\b(system|developer)\b",
            re.IGNORECASE | re.DOTALL,
        ),
        _has_system,
        _without_system,
    ),
)
