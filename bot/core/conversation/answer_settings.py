"""Holds what may be set about answers by others than the operator."""

from __future__ import annotations

from dataclasses import dataclass

MOST_INSTRUCTIONS = 1_000
"""Characters of instructions: some 250 tokens in each question."""


@dataclass(frozen=True, slots=True)
class PersonalSettings:
    """Holds what a person has set for all their answers in a workspace: a `language` by its code, `instructions` in their own words,
    and the name of a `model`; "" is what has not been set."""

    language: str = ""
    instructions: str = ""
    model: str = ""

    def __bool__(self) -> bool:
        return self != PersonalSettings()


NOTHING_SET = PersonalSettings()
