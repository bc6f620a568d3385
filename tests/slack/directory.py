"""Workspaces that have installed us, of a test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.delivery.press import NoteGiven, Press, QuestionEdited
    from bot.slack.identity import Identity


class KnownWorkspaces:
    """Knows these, and no other."""

    def __init__(self, *known: Identity) -> None:
        self._known = {us.team: us for us in known}

    async def identity(self, team: str) -> Identity | None:
        return self._known.get(team)


class PressRecorder:
    """Keeps what is pressed and does nothing; a note has the `problem`, if there is one."""

    def __init__(self, problem: str = "") -> None:
        self.pressed: list[Press] = []
        self.edited: list[QuestionEdited] = []
        self.notes: list[NoteGiven] = []
        self.stopped: list[ThreadKey] = []
        self.problem = problem

    def press(self, press: Press) -> None:
        self.pressed.append(press)

    def offer_again(self, edited: QuestionEdited) -> None:
        self.edited.append(edited)

    async def stop_session(self, thread: ThreadKey) -> None:
        self.stopped.append(thread)

    async def note(self, given: NoteGiven) -> str:
        self.notes.append(given)
        return self.problem
