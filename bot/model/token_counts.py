"""Counts how many tokens an answer has taken so far, from counts that mean one thing at one provider and another at the next.
Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.core.conversation.deltas import Usage

if TYPE_CHECKING:
    from langchain_core.messages.ai import UsageMetadata

_DIFFERENCES = frozenset({"google_genai", "perplexity"})
"""Integrations, by `model_provider`, that turn their provider's running totals into what each chunk adds."""


class TokenCounter:
    """The usage of one call. Tokens are the provider's own."""

    def __init__(self) -> None:
        self.usage = Usage(0, 0)

    def count(self, new: UsageMetadata, provider: str) -> bool:
        """Take a chunk's counts; True where they changed the usage.

        A running total repeats the prompt's tokens, a difference or the second half of a count in two halves does not: so they
        are told apart where the provider is not known to send one of them.
        """
        # A cached message comes with a cost and no counts, though LangChain's type has them always.
        prompt, answer = new.get("input_tokens") or 0, new.get("output_tokens") or 0
        old = self.usage
        if provider in _DIFFERENCES or prompt < old.input_tokens:
            self.usage = Usage(old.input_tokens + prompt, old.output_tokens + answer)
        else:
            self.usage = Usage(prompt, max(old.output_tokens, answer))
        return self.usage != old
