"""What is written to somebody in private, and who pays for it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from bot.core.conversation import notices
from bot.core.conversation.admission import Preferences, Refusal
from bot.core.conversation.answer_footer import MODEL, footer_line
from bot.core.conversation.content_parts import text_parts
from bot.core.conversation.deltas import Finish, HistoryRead, Reason, Text, Usage
from bot.core.conversation.history import ThreadMessage
from bot.core.conversation.incoming import ThreadKey
from bot.core.conversation.private_question import SUMMARISE_PROMPT
from bot.core.conversation.spending import Prices
from bot.errors import ModelStalled
from bot.language.catalogue import ENGLISH
from bot.model.model_choice import ModelChoice
from bot.turns.private_writer import PrivateWriter, TurnedAwayError
from tests.clock import VIRTUAL
from tests.fakes import FakeDesk, FakeModel
from tests.turns.test_control_actions import Workspace

if TYPE_CHECKING:
    from bot.core.conversation.admission import Admission
    from bot.core.conversation.deltas import DeltaStream
    from bot.language.translatable import Translatable

WHERE = ThreadKey("T", "C", "")
SAID = [ThreadMessage("", "U1", text_parts("Why?"))]
SPENT = Usage(5, 7)


@pytest.fixture
def anyio_backend() -> object:
    return VIRTUAL


async def counted() -> DeltaStream:
    yield Text("Because.")
    yield SPENT
    yield Finish(Reason.STOP)


async def silent() -> DeltaStream:
    yield SPENT
    raise ModelStalled("silent")


async def unheard(read: HistoryRead) -> None:
    """Hears of no step."""


def a_desk(admission: Admission | None = None, spent: Refusal | None = None) -> FakeDesk:
    return FakeDesk(lambda _: admission or Preferences("Be kind.", 1000), spent)


def a_writer(answer: DeltaStream, desk: FakeDesk, *, shows: frozenset[str] = frozenset()) -> PrivateWriter:
    footer = partial(footer_line, shows, Prices())
    return PrivateWriter(ModelChoice(FakeModel(answer)), desk, Workspace(), footer=footer if shows else None)


async def test_what_an_answer_used_is_paid_by_who_asked() -> None:
    desk = a_desk()
    await a_writer(counted(), desk).write(WHERE, "U1", SAID, progress=unheard)
    ((place, used, answered),) = desk.settled
    assert (place.team, place.person, used, answered) == ("T", "U1", SPENT, True)


async def test_an_answer_that_the_model_did_not_begin_is_not_counted() -> None:
    desk = a_desk()
    with pytest.raises(ModelStalled):
        await a_writer(silent(), desk).write(WHERE, "U1", SAID, progress=unheard)
    assert [(used, answered) for _, used, answered in desk.settled] == [(SPENT, False)]


@pytest.mark.parametrize(
    "desk",
    [
        a_desk(Refusal("person", notices.BARRED_PERSON)),
        a_desk(spent=Refusal("budget", notices.BARRED_PERSON)),
    ],
    ids=["not allowed", "nothing left"],
)
async def test_who_is_turned_away_reads_why_and_pays_nothing(desk: FakeDesk) -> None:
    with pytest.raises(TurnedAwayError) as raised:
        await a_writer(counted(), desk).write(WHERE, "U1", SAID, progress=unheard)
    assert (raised.value.words, desk.settled) == (notices.BARRED_PERSON, [])


@pytest.mark.parametrize(
    ("shows", "footer"),
    [(frozenset[str](), None), (frozenset({MODEL}), notices.ANSWERED_BY.fill(model="fake"))],
    ids=["off", "on"],
)
async def test_the_model_is_named_below_a_private_answer_where_that_is_wanted(
    shows: frozenset[str], footer: Translatable | None
) -> None:
    assert await a_writer(counted(), a_desk(), shows=shows).write(WHERE, "U1", SAID, progress=unheard) == (
        "Because.",
        footer,
    )


async def test_a_private_answer_says_what_was_left_out_of_it() -> None:
    long = [ThreadMessage(f"{number}.0", "U1", text_parts("word " * 200)) for number in range(9)]
    answer = await a_writer(counted(), a_desk()).write(WHERE, "U1", [*long, *SAID], progress=unheard)
    left_out = notices.left_out(6)
    assert left_out is not None
    assert answer.text == f"Because.\n\n*{ENGLISH.say(left_out)}*"


async def test_who_asks_about_a_whole_thread_hears_how_far_it_is_read() -> None:
    long = [ThreadMessage(f"{number}.0", "U1", text_parts("word " * 40)) for number in range(40)]
    wanted = ThreadMessage("", "U1", text_parts(SUMMARISE_PROMPT))
    model = FakeModel(*(counted() for _ in range(20)))
    writer = PrivateWriter(ModelChoice(model), a_desk(), Workspace())
    heard: list[HistoryRead] = []

    async def hear(read: HistoryRead) -> None:
        heard.append(read)

    answer = await writer.write(WHERE, "U1", [*long, wanted], progress=hear)
    assert len(heard) == len(model.asked) - 1
    assert (heard[0].first, {one.total for one in heard}) == (1, {41})
    assert answer.text == "Because."
