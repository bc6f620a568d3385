"""What is to be posted later: when it is due, what can be called off, and what becomes of it where a file goes."""

from __future__ import annotations

import pytest

from slack_emulator.state.models import File, Message, Scheduled
from slack_emulator.state.pending_posts import PendingPosts

SONG, HERON = File("F1", "song.txt", "text/plain", 5), File("F2", "heron.png", "image/png", 7)


def post(id_: str, at: float, *files: File, app: str = "A1") -> Scheduled:
    return Scheduled(id_, Message("C1", "", "U1", "", app_id=app, files=files), at)


def ids(posts: PendingPosts) -> list[str]:
    return [each.id for each in posts]


def test_what_is_due_is_taken_out_soonest_first() -> None:
    posts = PendingPosts([post("Q3", 30), post("Q2", 20), post("Q1", 10)])
    assert posts.next_at() == 10
    assert [each.id for each in posts.take_due(20)] == ["Q1", "Q2"]
    assert ids(posts) == ["Q3"]
    assert posts.take_due(20) == []


def test_where_nothing_waits_nothing_is_due_next() -> None:
    assert PendingPosts().next_at() is None


def test_an_app_has_scheduled_its_own_messages_and_no_file_that_slack_shares() -> None:
    posts = PendingPosts([post("Q2", 20), post("Q1", 10), post("Q3", 5, SONG), post("Q4", 5, app="A2")])
    assert [each.id for each in posts.scheduled_by("A1")] == ["Q1", "Q2"]


def test_what_is_called_off_is_never_posted() -> None:
    posts = PendingPosts([post("Q1", 10)])
    posts.cancel("Q1")
    assert posts.take_due(10) == []
    with pytest.raises(KeyError):
        posts.cancel("Q1")


def test_a_file_that_goes_leaves_every_post_and_takes_those_along_that_shared_nothing_else() -> None:
    posts = PendingPosts([post("Q1", 10, SONG), post("Q2", 10, HERON, SONG), post("Q3", 10)])
    posts.drop_file("F1")
    assert [(each.id, each.draft.files) for each in posts] == [("Q2", (HERON,)), ("Q3", ())]
