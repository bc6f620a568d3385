"""Says what Socket Mode and HTTP have in common: how long Slack waits for an app, and how often it tries again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Seconds. `deadline`: within which an app has to acknowledge. `spacing`: before each of the retries. `kept`: how
    long an event waits for an app that has no socket open, all retries included. `trigger`: how long an app may open a
    view with what a person did, real ones.

    Slack: 3 s; retries "nearly immediately", after 1 minute and after 5 (Events API page). For Socket Mode it documents
    neither; the same has been seen there. A trigger: 3 s (modals page).
    """

    deadline: float = 3.0
    spacing: tuple[float, ...] = (0.0, 60.0, 300.0)
    kept: float = 400.0
    trigger: float = 3.0
