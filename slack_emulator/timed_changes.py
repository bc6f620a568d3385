"""Does what happens when time passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from slack_emulator.runtime.clock import Clock
    from slack_emulator.state.changes import WorkspaceChange
    from slack_emulator.state.teams import Teams
    from slack_emulator.state.workspace import WorkspaceState


async def pass_time(
    teams: Teams, clock: Clock, publish: Callable[[WorkspaceState, Sequence[WorkspaceChange]], None]
) -> None:
    """For as long as the workspace runs: statuses end, and scheduled messages are posted."""
    while True:
        soonest = min(filter(None, (state.next_change() for state in teams)), default=None)
        await clock.next_ring(until=soonest)
        for state in teams:
            now = clock()
            if happened := [*state.expire(now), *state.due(now)]:
                publish(state, happened)
