"""Decides who is answered, and how: anew for each turn, from what the operator wants and who asks where.

The operator's settings are the only source today. What a workspace, a channel or a person may prefer, and whom a rule keeps
out, belongs into `admit`: whoever runs a turn knows its outcome only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from bot.core.conversation.authors import is_app

if TYPE_CHECKING:
    from bot.core.conversation.incoming import TurnKey


@dataclass(frozen=True, slots=True)
class OperatorRules:
    """Holds what the operator wants for all turns. See `Preferences`; `mention_asker`: an answer may mention who asked for it."""

    system_prompt: str
    history_tokens: int
    mention_asker: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """Says how one turn is answered: what the model is told first, how many tokens of its thread it reads, and the user whom
    the answer may mention, "" for nobody."""

    system_prompt: str
    history_tokens: int
    mentionable: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Says why a turn is not answered: a `reason` for the record, without blanks, and the `words` that its asker reads."""

    reason: str
    words: str


Admission: TypeAlias = "Preferences | Refusal"


def admit(rules: OperatorRules, turn: TurnKey) -> Admission:
    """Decides how the turn, which names its workspace, channel and person, is answered, or that it is not."""
    mentionable = turn.user if rules.mention_asker and not is_app(turn.user) else ""
    return Preferences(rules.system_prompt, rules.history_tokens, mentionable)
