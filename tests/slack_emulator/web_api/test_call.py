"""Pages of a listing."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slack_emulator.seeding.loader import sparkling
from slack_emulator.web_api.arguments import Arguments
from slack_emulator.web_api.call import Call, page_of


@given(st.integers(0, 30), st.integers(1, 12))
def test_following_the_cursor_shows_everything_once(count: int, limit: int) -> None:
    state = sparkling(1_766_458_026.0)
    items = [f"item {number}" for number in range(count)]
    shown: list[str] = []
    cursor = ""
    while cursor or not shown:
        args = Arguments({"limit": limit, "cursor": cursor})
        call = Call(args, state.apps["A0TELEPRINT"], state, now=0.0)
        page, metadata = page_of(items, str, call, default=5, most=10)
        assert len(page) <= min(limit, 10)
        shown += page
        cursor = metadata["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert shown == items
