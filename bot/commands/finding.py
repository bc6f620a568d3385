"""Says what a look at a set-up has found: what was looked at, what it is like, and the mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """Says what a check has found."""

    GOOD = "ok"
    DOUBTFUL = "look"  # it works, and may not be what is wanted
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """Holds what was looked at, what it is like, and what to do where it is wrong."""

    subject: str
    verdict: Verdict
    words: str


def good(subject: str, words: str) -> Finding:
    """Returns that all is well."""
    return Finding(subject, Verdict.GOOD, words)


def wrong(subject: str, words: object) -> Finding:
    """Returns what is wrong, in words that name the mend."""
    return Finding(subject, Verdict.WRONG, str(words))
