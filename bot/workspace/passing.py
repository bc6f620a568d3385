"""What time does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.workspace.clock import Clock
    from bot.workspace.happenings import Happening
    from bot.workspace.state import State
    from bot.workspace.teams import Teams


async def pass_time(
    teams: Teams, clock: Clock, publish: Callable[[State, Sequence[Happening]], None]
) -> None:
    """For as long as the workspace runs: statuses end, and scheduled messages are posted."""
    while True:
        soonest = min(filter(None, (state.next_change() for state in teams)), default=None)
        await clock.next_ring(until=soonest)
        for state in teams:
            now = clock()
            if happened := [*state.expire(now), *state.due(now)]:
                publish(state, happened)
