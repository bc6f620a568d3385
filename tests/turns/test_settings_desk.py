"""What people have set, as turns are told of it."""

from __future__ import annotations

import asyncio

import pytest

from bot.core.conversation.answer_settings import (
    NOTHING_SET,
    NOTHING_SET_HERE,
    AnswerSettings,
    ChannelSettings,
    PersonalSettings,
)
from bot.turns.settings_desk import FRESH, MOST, PATIENCE, SettingsDesk
from tests.clock import VIRTUAL

GERMAN, FRENCH = PersonalSettings("de"), PersonalSettings("fr")


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


class Record:
    """What people have set, of the workspace T; where it `hangs` it does not answer."""

    def __init__(self) -> None:
        self.settings: dict[str, PersonalSettings] = {}
        self.channels: dict[str, ChannelSettings] = {}
        self.reads = 0
        self.hangs = False

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings:
        self.reads += 1
        if self.hangs:
            await asyncio.Event().wait()
        here = self.channels.get(f"{team}/{channel}", NOTHING_SET_HERE)
        return AnswerSettings(self.settings.get(f"{team}/{person}", NOTHING_SET), here)

    async def keep_channel(self, team: str, channel: str, wanted: ChannelSettings, *, installer: str) -> None:
        self.channels[f"{team}/{channel}"] = wanted

    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None:
        self.settings[f"{team}/{person}"] = wanted


def a_desk(record: Record) -> SettingsDesk:
    return SettingsDesk(record, clock=asyncio.get_running_loop().time)


async def test_each_turn_hears_what_is_on_record_then() -> None:
    desk = a_desk(record := Record())
    record.settings["T/U1"] = GERMAN
    assert await desk.of_person("T", "U1") == GERMAN
    record.settings["T/U1"] = FRENCH  # by another replica
    assert await desk.of_person("T", "U1") == FRENCH
    assert await desk.of_person("T9", "U1") == NOTHING_SET


async def test_a_record_that_is_silent_is_not_waited_for() -> None:
    desk = a_desk(record := Record())
    record.settings["T/U1"] = GERMAN
    await desk.of_person("T", "U1")
    record.hangs = True
    began = asyncio.get_running_loop().time()
    assert [await desk.of_person("T", one) for one in ("U1", "U2")] == [GERMAN, NOTHING_SET]
    assert asyncio.get_running_loop().time() - began == pytest.approx(2 * PATIENCE)


async def test_a_language_is_not_asked_for_again_at_each_word() -> None:
    desk = a_desk(record := Record())
    record.settings["T/U1"] = GERMAN
    assert [await desk.language("T", "U1") for _ in range(3)] == ["de"] * 3
    assert record.reads == 1
    record.settings["T/U1"] = FRENCH
    await asyncio.sleep(FRESH)
    assert await desk.language("T", "U1") == "fr"


async def test_what_is_kept_here_is_known_here_at_once() -> None:
    desk = a_desk(record := Record())
    await desk.language("T", "U1")
    await desk.keep("T", "U1", GERMAN, installer="T")
    assert (await desk.language("T", "U1"), record.settings) == ("de", {"T/U1": GERMAN})


async def test_not_everybody_is_remembered_for_ever() -> None:
    desk = a_desk(record := Record())
    for number in range(MOST + 1):
        await desk.language("T", f"U{number}")
    reads = record.reads
    await desk.language("T", f"U{MOST}")
    assert record.reads == reads
    await desk.language("T", "U0")
    assert record.reads == reads + 1


async def test_a_channel_that_was_off_stays_so_while_the_record_is_silent() -> None:
    desk, off = a_desk(record := Record()), ChannelSettings(off=True)
    await desk.keep_channel("T", "C1", off, installer="T")
    assert record.channels == {"T/C1": off}
    record.hangs = True
    assert await desk.of_turn("T", "U1", "C1") == AnswerSettings(NOTHING_SET, off)
    assert (await desk.of_turn("T", "", "C2")).channel == NOTHING_SET_HERE
