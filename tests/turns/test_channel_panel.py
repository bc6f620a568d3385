"""Who sees how a channel is set, and who may change it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.access_rules import AskerStanding
from bot.core.conversation.admission import CHANNEL_OFF, Preferences, Refusal
from bot.core.conversation.answer_settings import NOTHING_SET_AT_ALL, AnswerSettings, ChannelSettings
from bot.core.conversation.channel_form import CHANNEL_FORM, OFF, ChannelVisit, OperatorWants, PanelAnswer
from bot.core.conversation.profiles import ChannelProfile
from bot.core.conversation.reply_policy import Follow
from bot.errors import SlackError
from bot.language.catalogue import ENGLISH, Language
from bot.language.translatable import Translatable
from bot.observability.facts import AdminUnknown, ChannelSettingsKept, Fact, HomeRefused, WorkCrashed
from bot.observability.hooks import subscribe
from bot.turns.channel_panel import ChannelPanel, PanelRules
from bot.turns.owned_tasks import OwnedTasks
from tests.core.conversation.test_channel_form import submitted
from tests.fakes import FakeDesk

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.core.conversation.admission import Admission
    from bot.core.conversation.incoming import TurnKey
    from bot.core.conversation.json_payload import Payload

VISIT = ChannelVisit("T", "C12", "U1", "now")
WHO = {"admin": "U9", "creator": "U2", "named": "U3"}


@dataclass
class There:
    """The workspace T. Its admin is U9, C12 was created by U2, and U8 is an admin of another company."""

    settings: AnswerSettings = NOTHING_SET_AT_ALL
    refusal: Refusal | None = None
    kept: dict[str, ChannelSettings] = field(default_factory=dict[str, ChannelSettings])
    views: list[Payload] = field(default_factory=list)
    error: SlackError | None = None
    hangs: bool = False

    async def surface(self, team: str) -> There | None:
        return self if team == "T" else None

    async def directory(self, team: str) -> There | None:
        return self if team == "T" else None

    async def language(self, team: str, user: str) -> Language:
        return ENGLISH

    def installer(self, team: str) -> str:
        return team

    async def standing(
        self, user: str, channel: str, *, person: bool, place: bool, groups: Iterable[str]
    ) -> AskerStanding:
        return AskerStanding(outside=user == "U8")

    async def channels(self, ids: Iterable[str], *, within: float) -> dict[str, ChannelProfile]:
        return {"C12": ChannelProfile("C12", "general", creator="U2")}

    async def is_admin(self, user: str) -> bool:
        if self.error:
            raise self.error
        return user in ("U8", "U9")

    async def open_view(self, trigger: str, view: Payload) -> None:
        if self.error:
            raise self.error
        self.views.append(view)

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings:
        return self.settings

    async def keep_channel(self, team: str, channel: str, wanted: ChannelSettings, *, installer: str) -> None:
        if self.hangs:
            await asyncio.Event().wait()
        self.kept[channel] = wanted

    def resolve(self, turn: TurnKey) -> Admission:
        return self.refusal or Preferences("", 1000)


async def run(
    there: There, *, visit: ChannelVisit | None = None, payload: Payload | None = None
) -> tuple[PanelAnswer, list[Fact]]:
    """Shows the settings, or submits the form; returns the answer to that, and what was told."""
    tasks, seen, answer = OwnedTasks(), list[Fact](), PanelAnswer()
    rules = PanelRules(OperatorWants(("openai:x", "openai:small"), Follow.ASKER), frozenset({"U3"}))
    with subscribe(seen.append):
        async with tasks.open():
            panel = ChannelPanel(there, there, FakeDesk(there.resolve), rules, tasks)
            if visit is not None:
                panel.show(visit)
            if payload is not None:
                answer = await panel.keep(payload, team="T")
    return answer, seen


@pytest.mark.parametrize("who", WHO.values(), ids=WHO)
async def test_a_manager_gets_the_form_and_what_they_submit_is_kept(who: str) -> None:
    there = There()
    await run(there, visit=ChannelVisit("T", "C12", who, "now"))
    assert [one.get("callback_id") for one in there.views] == [CHANNEL_FORM]
    answer, told = await run(there, payload=submitted(answers=OFF, user=who))
    assert there.kept == {"C12": ChannelSettings(off=True)}
    assert told == [ChannelSettingsKept(team="T", channel="C12")]
    assert notices.CHANNEL_SETTINGS_KEPT.english in json.dumps(answer.view, ensure_ascii=False)


@pytest.mark.parametrize("who", ["U1", "U8"], ids=["a member", "an admin of another company"])
async def test_everybody_else_sees_the_values_and_changes_nothing(who: str) -> None:
    there = There(AnswerSettings(channel=ChannelSettings("In German.")))
    await run(there, visit=ChannelVisit("T", "C12", who, "now"))
    (view,) = there.views
    shown = json.dumps(view, ensure_ascii=False)
    assert ("callback_id" in view, "In German." in shown) == (False, True)
    assert notices.MANAGERS_ONLY.english in shown
    answer, told = await run(there, payload=submitted(answers=OFF, user=who))
    assert (answer, there.kept, told) == (PanelAnswer(notices.NOT_A_MANAGER.english), {}, [])


async def test_whom_the_operator_does_not_answer_changes_nothing_either() -> None:
    there = There(refusal=Refusal("person", Translatable("Not you.")))
    await run(there, visit=ChannelVisit("T", "C12", "U9", "now"))
    answer, _ = await run(there, payload=submitted(user="U9"))
    assert ("Not you." in json.dumps(there.views), answer, there.kept) == (
        True,
        PanelAnswer("Not you."),
        {},
    )


async def test_a_channel_that_is_off_can_be_switched_on_again() -> None:
    there = There(refusal=Refusal(CHANNEL_OFF, notices.CHANNEL_OFF))
    await run(there, visit=ChannelVisit("T", "C12", "U9", "now"), payload=submitted(user="U9"))
    assert ([one.get("callback_id") for one in there.views], there.kept) == (
        [CHANNEL_FORM],
        {"C12": ChannelSettings()},
    )


async def test_what_was_tampered_with_is_told_and_changes_nothing() -> None:
    answer, _ = await run(there := There(), payload=submitted(answers="maybe", user="U9"))
    assert (answer, there.kept) == (PanelAnswer(notices.SETTINGS_UNKNOWN.english), {})


async def test_what_the_record_does_not_take_is_not_said_to_be_kept() -> None:
    answer, told = await run(There(hangs=True), payload=submitted(user="U9"))
    assert (answer, [type(one) for one in told]) == (PanelAnswer(notices.UNDONE.english), [WorkCrashed])


async def test_who_cannot_be_asked_about_is_no_manager_and_a_form_that_does_not_open_is_told() -> None:
    there = There(error=SlackError("unreachable"))
    _, told = await run(there, visit=VISIT)
    assert [type(one) for one in told] == [AdminUnknown, HomeRefused]


async def test_where_we_are_not_installed_nothing_is_shown_and_nobody_manages_anything() -> None:
    there = There()
    await run(there, visit=ChannelVisit("T9", "C12", "U9", "now"))
    assert there.views == []
