"""Who is answered and who is not, as the operator has decided: through real Bolt, against what the local Slack says of people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.access_rules import AccessList, AccessRules
from bot.core.conversation.spending import SpendingLimits
from slack_emulator.seeding.seed import Home, Person, Registration, Seed, SeedChannel
from slack_emulator.server import Workspace
from tests.patience import SLACK_WAITS
from tests.stories.conftest import MANIFEST, Storyteller
from tests.stories.test_manners import replies, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.stories.conftest import Start

PEOPLE = [Person("ada"), Person("raj"), Person("gus", guest=True), Person("eve", stranger=True)]
HOME = Home(
    "Sparkling",
    PEOPLE,
    [SeedChannel("general"), SeedChannel("partners", shared=True), SeedChannel("lobby")],
    groups={"writers": ["raj"]},
)


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    """A workspace with a guest, a channel that is shared with another company, and somebody of that."""
    app = Registration("Teleprinter", manifest=str(MANIFEST))
    async with Workspace.start(patience=SLACK_WAITS, seed=Seed([HOME], [app])) as workspace:
        yield workspace


def whispers(slack: Workspace, user: str) -> list[str]:
    return [one.text for one in slack.state.whispers_to(slack.person(user).id)]


async def refused(slack: Workspace, user: str, channel: str, word: str) -> None:
    """Somebody asks in a channel, and is told why not, alone."""
    before = len(whispers(slack, user))
    ts = await slack.say(channel, user, "@Teleprinter why?")
    await slack.wait_for(lambda: whispers(slack, user)[before:] == [word])
    assert replies(slack, ts, channel) == []


async def answered(slack: Workspace, user: str, channel: str) -> None:
    ts = await slack.say(channel, user, "@Teleprinter why?")
    await until(slack, ts, "Because.", channel=channel)


async def test_channels_of_other_companies_are_left_alone_unless_they_are_named(
    slack: Workspace, start: Start
) -> None:
    model = Storyteller("Because.")
    async with start(model):
        for user in ("eve", "ada"):
            await refused(slack, user, "partners", notices.BARRED_OUTSIDER.english)
        await answered(slack, "ada", "general")
        await answered(slack, "gus", "general")
    assert len(model.asked) == 2
    named = AccessRules(allowed=AccessList(channels=frozenset({slack.place("partners").id})))
    async with start(model, access=named):
        await answered(slack, "ada", "partners")
        await refused(slack, "eve", "partners", notices.BARRED_OUTSIDER.english)
    async with start(model, access=AccessRules(outsiders=True)):
        await answered(slack, "eve", "partners")


async def test_guests_and_channels_can_be_kept_out(slack: Workspace, start: Start) -> None:
    lobby = frozenset({slack.place("lobby").id})
    async with start(
        Storyteller("Because."), access=AccessRules(denied=AccessList(channels=lobby), guests=False)
    ):
        await refused(slack, "gus", "general", notices.BARRED_GUEST.english)
        await refused(slack, "ada", "lobby", notices.BARRED_CHANNEL.english)
        await answered(slack, "ada", "general")


async def test_where_a_group_may_ask_only_its_members_do(slack: Workspace, start: Start) -> None:
    app = slack.app
    slack.state.apps[app.id] = replace(app, scopes=(*app.scopes, "usergroups:read"))
    (group,) = slack.state.groups
    async with start(
        Storyteller("Because."), access=AccessRules(allowed=AccessList(groups=frozenset({group})))
    ):
        await refused(slack, "ada", "general", notices.BARRED_PERSON.english)
        await answered(slack, "raj", "general")


async def test_where_a_group_cannot_be_read_nobody_is_let_in(slack: Workspace, start: Start) -> None:
    (group,) = slack.state.groups
    async with start(
        Storyteller("Because."), access=AccessRules(allowed=AccessList(groups=frozenset({group})))
    ):
        await refused(slack, "raj", "general", notices.BARRED_PERSON.english)


async def test_in_a_direct_message_a_refusal_is_a_message(slack: Workspace, start: Start) -> None:
    only = AccessRules(allowed=AccessList(people=frozenset({slack.person("raj").id})))
    async with start(Storyteller("Because."), access=only):
        channel = await slack.write_to("ada", "teleprinter")
        ts = await slack.say(channel, "ada", "Why?")
        await until(slack, ts, notices.BARRED_PERSON.english, channel=channel)


async def test_a_day_has_so_many_answers_for_a_person_also_after_a_restart(
    slack: Workspace, start: Start, somewhere: Path | str
) -> None:
    limits = SpendingLimits(person_turns=2)
    for _ in range(2):
        async with start(Storyteller("Because."), spending=limits, database=somewhere):
            await answered(slack, "ada", "general")
    async with start(Storyteller("Because."), spending=limits, database=somewhere):
        await refused(slack, "ada", "general", notices.SPENT_PERSON.english)
        await answered(slack, "raj", "general")
