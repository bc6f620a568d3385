"""Holds what is going to be posted later: messages that apps have scheduled, and files that Slack has yet to share.

Both wait here until their time comes. Only what an app has scheduled can be listed and called off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from slack_emulator.state.models import Scheduled


class PendingPosts:
    """All posts of a workspace whose time has not come, by their ids."""

    def __init__(self, posts: Iterable[Scheduled] = ()) -> None:
        self._posts = {post.id: post for post in posts}

    def __iter__(self) -> Iterator[Scheduled]:
        return iter(self._posts.values())

    def add(self, post: Scheduled) -> None:
        """Keep a post until its time."""
        self._posts[post.id] = post

    def scheduled_by(self, app_id: str) -> list[Scheduled]:
        """The messages an app has scheduled, soonest first."""
        own = [post for post in self if post.draft.app_id == app_id and not post.draft.files]
        return sorted(own, key=lambda post: (post.post_at, post.id))

    def cancel(self, id_: str) -> None:
        """Let a post never be made. KeyError where there is none of that id."""
        del self._posts[id_]

    def drop_file(self, file_id: str) -> None:
        """Take a file out of every post that is to share it; a post that shared nothing else is not made."""
        for post in [each for each in self if any(file.id == file_id for file in each.draft.files)]:
            left = tuple(file for file in post.draft.files if file.id != file_id)
            if left:
                self.add(replace(post, draft=replace(post.draft, files=left)))
            else:
                self.cancel(post.id)

    def take_due(self, now: float) -> list[Scheduled]:
        """Take out what is to be posted now or was before, soonest first."""
        due = sorted((post for post in self if post.post_at <= now), key=lambda post: post.post_at)
        for post in due:
            self.cancel(post.id)
        return due

    def next_at(self) -> float | None:
        """Returns when the next post is due, in seconds since the epoch; None where nothing waits."""
        return min((post.post_at for post in self), default=None)
