"""How a turn is answered, decided from the operator's settings and who asks where."""

from __future__ import annotations

import pytest

from bot.core.conversation import notices
from bot.core.conversation.access_rules import AccessList, AccessRules, AskerStanding
from bot.core.conversation.admission import (
    CHANNEL_OFF,
    MOST_HISTORY,
    OperatorRules,
    Preferences,
    Refusal,
    admit,
    history_budget,
    refuse_spending,
)
from bot.core.conversation.answer_settings import AnswerSettings, ChannelSettings, PersonalSettings
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.core.conversation.reply_policy import Follow
from bot.core.conversation.spending import Cap
from bot.core.conversation.wishes import Wishes

INSIDE = AskerStanding(shared=False)
TURN = TurnKey(ThreadKey("T", "C", "1.0"), "1.0", "ada", Kind.MENTION)


@pytest.mark.parametrize(("mention_asker", "mentionable"), [(False, ""), (True, "ada")])
def test_a_turn_is_answered_as_the_operator_wants_and_may_mention_nobody_but_who_asked(
    *, mention_asker: bool, mentionable: str
) -> None:
    rules = OperatorRules("Be kind.", 1000, mention_asker=mention_asker)
    assert admit(rules, TURN, INSIDE) == Preferences("Be kind.", 1000, mentionable=mentionable)


def test_an_app_is_never_mentioned() -> None:
    workflow = TurnKey(TURN.thread, "1.0", "B9", Kind.MENTION)
    rules = OperatorRules("Be kind.", 1000, mention_asker=True, situated=True)
    assert admit(rules, workflow, INSIDE) == Preferences("Be kind.", 1000, situated=True)


def test_who_may_not_ask_is_told_why() -> None:
    rules = OperatorRules("", 1000, access=AccessRules(denied=AccessList(people=frozenset({"ada"}))))
    assert admit(rules, TURN, INSIDE) == Refusal("person", notices.BARRED_PERSON)


@pytest.mark.parametrize(
    ("wanted", "window", "budget"),
    [
        (None, None, 3_000),
        (8_000, None, 8_000),
        (None, 8_000, 4_000),
        (None, 1_000_000, MOST_HISTORY),
        (100_000, 1_000_000, 100_000),
        (100_000, 8_000, 6_000),
    ],
)
def test_history_takes_what_the_model_reads_and_the_operator_pays_for(
    wanted: int | None, window: int | None, budget: int
) -> None:
    assert history_budget(wanted, window) == budget


@pytest.mark.parametrize("cap", Cap)
def test_each_budget_that_is_used_up_has_words_of_its_own(cap: Cap) -> None:
    refusals = {one: refuse_spending(one).words for one in Cap}
    assert refuse_spending(cap).reason == cap.value
    assert list(refusals.values()).count(refusals[cap]) == 1


def test_what_a_person_has_set_counts_for_their_turns() -> None:
    rules = OperatorRules("Be kind.", 1000, offered=("usual", "small"))
    wishes = PersonalSettings("ja", "Answer briefly.", "small")
    assert admit(rules, TURN, INSIDE, AnswerSettings(wishes)) == Preferences(
        "Be kind.", 1000, model="small", wishes=Wishes("Answer briefly."), language="ja"
    )


def test_a_model_that_is_not_offered_any_more_is_not_asked() -> None:
    rules = OperatorRules("", 1000, offered=("usual",))
    assert admit(rules, TURN, INSIDE, AnswerSettings(PersonalSettings(model="gone"))) == Preferences("", 1000)


DENIED = AccessRules(denied=AccessList(people=frozenset({"ada"})))
ALL_SET = PersonalSettings("ja", "Briefly.", "mine")


@pytest.mark.parametrize(
    ("access", "off", "person", "reason"),
    [
        (DENIED, off, person, "person")  # the operator's word is the last
        for off in (False, True)
        for person in (PersonalSettings(), ALL_SET)
    ]
    + [(AccessRules(), True, person, CHANNEL_OFF) for person in (PersonalSettings(), ALL_SET)]
    + [(AccessRules(), False, person, "") for person in (PersonalSettings(), ALL_SET)],
)
def test_a_restriction_holds_whatever_somebody_narrower_has_set(
    access: AccessRules, person: PersonalSettings, reason: str, *, off: bool
) -> None:
    settings = AnswerSettings(person, ChannelSettings("In German.", "theirs", Follow.EVERYONE, off))
    admission = admit(OperatorRules("", 1000, access=access), TURN, INSIDE, settings)
    assert (admission.reason if isinstance(admission, Refusal) else "") == reason


def test_a_channel_s_instructions_are_wishes_beside_the_person_s() -> None:
    settings = AnswerSettings(PersonalSettings(instructions="Briefly."), ChannelSettings("In German."))
    wanted = Preferences("Be kind.", 1000, wishes=Wishes("Briefly.", "In German."))
    assert admit(OperatorRules("Be kind.", 1000), TURN, INSIDE, settings) == wanted
