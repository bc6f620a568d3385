"""Remembers in which browser each modal was opened: as on Slack it stands there, and not wherever else its person is looking.

A browser is told apart by a name that its tab keeps, also when it is loaded again. A modal that no page has asked for, but a script,
stands in front of its person everywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_emulator.state.changes import ViewGone, ViewShown

if TYPE_CHECKING:
    from collections.abc import Container

    from slack_emulator.state.changes import WorkspaceChange


class ViewSessions:
    """Knows which tab has which modals. Tabs are named by their `session`."""

    def __init__(self) -> None:
        self._acting: dict[str, str] = {}  # by person, where they did something last
        self._opened: dict[str, tuple[str, str]] = {}  # by modal, whose it is, and where it was opened

    def act(self, user: str, session: str) -> None:
        """Notes that a person does something in a tab: what opens from now on opens there."""
        self._acting[user] = session

    def hear(self, change: WorkspaceChange) -> None:
        """Notes which modals come and go."""
        match change:
            case ViewShown(view, user) if view.content["type"] == "modal":
                if session := self._acting.get(user):
                    self._opened.setdefault(view.id, (user, session))
            case ViewGone(view, _):
                self._opened.pop(view.id, None)
            case _:
                pass

    def shows(self, view_id: str, session: str) -> bool:
        """Tells whether a view is to be seen in a tab, as far as it is its person's."""
        return self._opened.get(view_id, ("", session))[1] == session

    def abandon(self, user: str, present: Container[str]) -> list[str]:
        """Forgets the modals of a person in tabs that are not `present` any more; returns which."""
        gone = [id_ for id_, (whose, where) in self._opened.items() if whose == user and where not in present]
        for id_ in gone:
            del self._opened[id_]
        return gone
