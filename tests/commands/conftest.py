"""Time for those whom a set-up is tried out with."""

from __future__ import annotations

import pytest

from bot.commands import health_checks
from bot.slack import api_answers


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here everybody answers in the end, however busy the machine is."""
    monkeypatch.setattr(api_answers, "CALL_TIMEOUT", 120.0)
    monkeypatch.setattr(health_checks, "PATIENCE", 240.0)
