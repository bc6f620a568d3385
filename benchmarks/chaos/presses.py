"""People who press what stands below answers, and delete what they do not want, while replicas come and go.

Whoever has pressed something looks whether anything comes of it, and presses again where nothing does: Slack tells an app once of a
press, and a process that is killed takes it along.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.chaos.board import Take
from bot.core.conversation import notices
from bot.core.delivery.control_rules import ANSWERING
from bot.core.delivery.controls import ACTION, ControlKind
from slack_emulator.delivery.transport import INTERACTIVE, DeliveryFailed
from slack_emulator.errors import Refused
from slack_emulator.payloads.interaction_payloads import block_actions

if TYPE_CHECKING:
    from random import Random

    from benchmarks.chaos.board import Board, Shown
    from slack_emulator.server import Workspace

WEIGHTS = {
    ControlKind.STOP: 4,
    ControlKind.CONTINUE: 4,
    ControlKind.RETRY: 4,
    ControlKind.REGENERATE: 2,
    ControlKind.MENU: 1,
    ControlKind.FEEDBACK: 1,
}
"""How often people press each, where it can be pressed. Of the menu they take what deletes the answer."""
DOUBLED = 0.3  # of the presses come twice at once, to whichever replicas
STRANGE = 0.08  # come from somebody who has not asked
BY_HAND = 0.08  # are no press: an admin deletes a reply that is being written
NEWEST = 40  # answers that people still look at
_AGAIN = (
    notices.ASKED_ALREADY.english,
    notices.VANISHED.english,
    notices.NOT_YOURS.english,
    notices.TOO_MANY.english,
)
WORDS = {
    ControlKind.STOP: (
        notices.OVER.english,
        notices.STOPPING.english,
        notices.NOT_YOURS.english,
        notices.UNKNOWN.english,
    ),
    ControlKind.FEEDBACK: (notices.THANKS.english, notices.NOTED.english, notices.VANISHED.english),
    ControlKind.MENU: (notices.VANISHED.english, notices.NOT_YOURS.english),
}
"""With which private words somebody who has pressed a control is content."""
PATIENCE = 12.0  # seconds after which somebody presses again
TRIES = 4


class Below(NamedTuple):
    """A control as it stands below a message of an answer."""

    take: Take
    shown: Shown
    control: ControlKind
    value: str | None


@dataclass(eq=False)
class Presses:
    """What was pressed, and of which answers: those that somebody has stopped, asked for, or deleted.

    Some are `removed` by hand while they are written, of which Slack tells the app: where a process dies with that news, it comes again a
    minute later, and the answer is there again. Answers that are `owed` were asked for by a press that was heard. `unheeded` are presses of which nothing came, however often they were made; `lost` came to no replica that said so.
    """

    slack: Workspace
    board: Board
    random: Random
    people: tuple[str, ...]
    admin: str
    patience: float = PATIENCE
    made: int = 0
    doubled: int = 0
    lost: int = 0
    stopped: set[Take] = field(default_factory=set[Take])
    asked: set[Take] = field(default_factory=set[Take])
    owed: set[Take] = field(default_factory=set[Take])
    deleted: set[Take] = field(default_factory=set[Take])
    removed: set[Take] = field(default_factory=set[Take])
    unheeded: list[Below] = field(default_factory=list[Below])
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def go_on(self, rate: float) -> None:
        """Press, so many times a second, until it is `over` and something has come of each press."""
        async with asyncio.TaskGroup() as tasks:
            while rate and not self.over.is_set():
                await asyncio.sleep(1.0 / rate)
                if self.random.random() < BY_HAND:
                    await self._delete_by_hand()
                elif (chosen := self._choose()) is not None:
                    tasks.create_task(self._insist(chosen))

    # ---- what is pressed

    def _choose(self) -> Below | None:
        there = list(self._there())
        kinds = sorted({one.control for one in there} & set(WEIGHTS), key=lambda kind: kind.value)
        if not kinds:
            return None
        (kind,) = self.random.choices(kinds, [WEIGHTS[one] for one in kinds])
        return self.random.choice([one for one in there if one.control is kind])

    def _there(self) -> list[Below]:
        return [
            Below(take, shown, control, value)
            for take in list(self.board.takes)[-NEWEST:]
            for shown in self.board.messages(take)
            for control, value in shown.offers
        ]

    async def _delete_by_hand(self) -> None:
        written = [one for one in self._there() if one.control is ControlKind.STOP and self._is_one(one.take)]
        if written:
            chosen = self.random.choice(written)
            self.removed.add(chosen.take)
            message = chosen.shown.message
            await self.slack.delete(message.channel, message.ts, user=self.admin)

    def _is_one(self, take: Take) -> bool:
        """Whether the answer is one message: of several it is the last that is being written."""
        return len(self.board.messages(take)) == 1

    # ---- one press

    async def _insist(self, below: Below) -> None:
        stranger = self.random.random() < STRANGE
        person = self._person(below.take, stranger=stranger)
        times = 2 if self.random.random() < DOUBLED else 1
        for _ in range(TRIES):
            told = len(self.board.told)
            if not await self._press(below, person, times, expected=not stranger):
                return  # it does not stand there any more
            if await self._came_of_it(below, person, told):
                return
        self.unheeded.append(below)

    def _person(self, take: Take, *, stranger: bool) -> str:
        asker = self.slack.state.message(take.channel, take.ts).user
        others = [self.slack.person(one).id for one in self.people]
        return self.random.choice([one for one in others if one != asker]) if stranger else asker

    def _expect(self, below: Below) -> None:
        if below.control is ControlKind.STOP:
            self.stopped.add(below.take)
        elif below.control in ANSWERING:
            self.asked.add(below.take._replace(number=below.take.number + 1))
        elif below.control is ControlKind.MENU:
            self.deleted.add(below.take)

    async def _press(self, below: Below, person: str, times: int, *, expected: bool) -> bool:
        state, app, now = self.slack.state, self.slack.app, self.slack.clock()
        message, action = below.shown.message, f"{ACTION}{below.control.value}"
        try:
            pressed = state.press(message.channel, message.ts, action, below.value, by=person, now=now)
        except Refused:
            return False
        if expected:
            self._expect(below)
        payload = block_actions(pressed, app, state, now + 3)
        self.made += 1
        self.doubled += times > 1
        asked = [self.slack.sockets(app).ask(payload, INTERACTIVE) for _ in range(times)]
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(answer, DeliveryFailed):
                self.lost += 1
            elif isinstance(answer, BaseException):
                raise answer
        return True

    async def _came_of_it(self, below: Below, person: str, told: int) -> bool:
        """Wait until something has: it is done, or whoever pressed is told why not."""
        thread = below.shown.message.thread_ts
        further = below.take._replace(number=below.take.number + 1)
        words = WORDS.get(below.control, _AGAIN)

        def answered() -> str:
            heard = self.board.told[told:]
            return next(
                (said for who, where, said in heard if (who, where) == (person, thread) and said in words), ""
            )

        def done() -> bool:
            if below.control in ANSWERING:
                return further in self.board.begun
            standing = [one for one in self.board.messages(below.take) if below.control in one.controls]
            return below.control is not ControlKind.FEEDBACK and not standing

        found = await self.slack.clock.until(lambda: answered() or done(), within=self.patience)
        if below.control in ANSWERING and (done() or answered() == notices.ASKED_ALREADY.english):
            self.owed.add(further)
        return bool(found)
