"""How a turn is answered, decided from the operator's settings and who asks where."""

from __future__ import annotations

import pytest

from bot.core.conversation.admission import OperatorRules, Preferences, admit
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey

TURN = TurnKey(ThreadKey("T", "C", "1.0"), "1.0", "ada", Kind.MENTION)


@pytest.mark.parametrize(("mention_asker", "mentionable"), [(False, ""), (True, "ada")])
def test_a_turn_is_answered_as_the_operator_wants_and_may_mention_nobody_but_who_asked(
    *, mention_asker: bool, mentionable: str
) -> None:
    rules = OperatorRules("Be kind.", 1000, mention_asker=mention_asker)
    assert admit(rules, TURN) == Preferences("Be kind.", 1000, mentionable=mentionable)
