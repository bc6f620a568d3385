"""Decides who is answered, and how: anew for each turn, from what the operator wants and who asks where.

Who may ask is `bot.core.conversation.access_rules`'s to say. What a workspace, a channel or a person may prefer belongs into
`admit` as well: whoever runs a turn knows its outcome only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from bot.core.conversation import notices
from bot.core.conversation.access_rules import AccessRules, AskerStanding, Barred, bar
from bot.core.conversation.answer_settings import NOTHING_SET_AT_ALL, model_of
from bot.core.conversation.authors import is_app
from bot.core.conversation.spending import Cap
from bot.core.conversation.wishes import NO_WISHES, Wishes

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.core.conversation.answer_settings import AnswerSettings
    from bot.core.conversation.incoming import TurnKey
    from bot.language.translatable import Translatable


@dataclass(frozen=True, slots=True)
class OperatorRules:
    """Holds what the operator wants for all turns. See `Preferences`; `mention_asker`: an answer may mention who asked for it;
    `situated`: the model is told where it stands, behind the system prompt. `offered` are the models that may be chosen."""

    system_prompt: str
    history_tokens: int | None
    mention_asker: bool = False
    situated: bool = False
    access: AccessRules = field(default_factory=AccessRules)
    offered: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Preferences:
    """Says how one turn is answered: what the model is told first, how many tokens of its thread the operator wants read (see
    `history_budget`), and the user whom the answer may mention, "" for nobody. `model` is the one that was chosen, `wishes` what people
    want of the answer, and `language` what they want to be spoken to in; "" where nothing is set."""

    system_prompt: str
    history_tokens: int | None
    mentionable: str = ""
    situated: bool = False
    model: str = ""
    wishes: Wishes = NO_WISHES
    language: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Says why a turn is not answered: a `reason` for the record, without blanks, and the `words` for its asker."""

    reason: str
    words: Translatable


Admission: TypeAlias = "Preferences | Refusal"


HISTORY = 3_000
"""Tokens of history where nobody knows the model's window: what fits the smallest that are in use."""
MOST_HISTORY = 30_000
"""Tokens of history where nobody wants more: they are paid for with every question."""


def history_budget(wanted: int | None, window: int | None) -> int:
    """Returns how many tokens of history a model reads whose window is `window`, None where that is not known.

    `wanted` is the operator's figure, or None. A quarter of the window is left for the answer, half where nobody says how much.
    """
    if window is None:
        return HISTORY if wanted is None else wanted
    return min(MOST_HISTORY, window // 2) if wanted is None else min(wanted, window * 3 // 4)


CHANNEL_OFF = "channel-off"
"""The reason where a channel's managers want no answers there."""
_REFUSALS = {
    Barred.CHANNEL: notices.BARRED_CHANNEL,
    Barred.PERSON: notices.BARRED_PERSON,
    Barred.OUTSIDER: notices.BARRED_OUTSIDER,
    Barred.GUEST: notices.BARRED_GUEST,
}


_SPENT = {
    Cap.PERSON: notices.SPENT_PERSON,
    Cap.TEAM: notices.SPENT_TEAM,
    Cap.MONTH: notices.SPENT_MONTH,
}


def refuse_spending(cap: Cap) -> Refusal:
    """Returns what somebody is told where a budget is used up."""
    return Refusal(cap.value, _SPENT[cap])


def admit(
    rules: OperatorRules,
    turn: TurnKey,
    standing: AskerStanding,
    settings: AnswerSettings = NOTHING_SET_AT_ALL,
) -> Admission:
    """Decides how the turn, which names its workspace, channel and person, is answered, or that it is not. `settings` are those of who
    asks, and of where."""
    if (barred := bar(rules.access, turn, standing)) is not None:
        return Refusal(barred.value, _REFUSALS[barred])
    if settings.channel.off:
        return Refusal(CHANNEL_OFF, notices.CHANNEL_OFF)
    mentionable = turn.user if rules.mention_asker and not is_app(turn.user) else ""
    return Preferences(
        rules.system_prompt,
        rules.history_tokens,
        mentionable,
        rules.situated,
        model_of(settings, rules.offered).name,
        Wishes(settings.person.instructions, settings.channel.instructions),
        settings.person.language,
    )
