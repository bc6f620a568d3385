"""How high something stands is asked of whoever knows it, as long as they do."""

from __future__ import annotations

from bot.observability.levels import Level, LevelKind, offer_levels, read_levels


def test_levels_are_read_as_they_stand_as_long_as_they_are_offered() -> None:
    height = [3]
    with offer_levels(lambda: [Level(LevelKind.TURNS_WAITING, height[0])]):
        height[0] = 5
        assert Level(LevelKind.TURNS_WAITING, 5) in read_levels()
    assert Level(LevelKind.TURNS_WAITING, 5) not in read_levels()
