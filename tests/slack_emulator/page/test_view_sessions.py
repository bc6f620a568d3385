"""A modal stands in the tab that it was opened in."""

from __future__ import annotations

from slack_emulator.page.view_sessions import ViewSessions
from slack_emulator.state.changes import ViewGone, ViewShown
from slack_emulator.state.models import View


def a_view(id_: str = "V1", kind: str = "modal") -> View:
    return View(id_, "A1", "U1", {"type": kind, "blocks": []}, "1.a", root_id=id_)


def opened(*, session: str = "one", kind: str = "modal") -> ViewSessions:
    sessions = ViewSessions()
    sessions.act("U1", session)
    sessions.hear(ViewShown(a_view(kind=kind), "U1"))
    return sessions


def seen(sessions: ViewSessions) -> list[bool]:
    return [sessions.shows("V1", where) for where in ("one", "two")]


def test_a_modal_is_seen_where_its_person_acted_last_also_after_it_has_changed() -> None:
    sessions = opened()
    sessions.act("U1", "two")
    sessions.hear(ViewShown(a_view(), "U1"))
    assert seen(sessions) == [True, False]


def test_a_home_and_what_no_page_has_asked_for_are_seen_everywhere() -> None:
    assert seen(opened(kind="home")) == [True, True]
    unasked = ViewSessions()
    unasked.hear(ViewShown(a_view(), "U1"))
    assert seen(unasked) == [True, True]


def test_what_stood_in_a_tab_that_is_closed_is_abandoned_and_what_is_gone_is_forgotten() -> None:
    sessions = opened()
    assert (sessions.abandon("U2", {"two"}), sessions.abandon("U1", {"one"})) == ([], [])
    assert (sessions.abandon("U1", {"two"}), sessions.abandon("U1", {"two"})) == (["V1"], [])
    gone = opened()
    gone.hear(ViewGone(a_view(), "U1"))
    assert gone.abandon("U1", set()) == []
