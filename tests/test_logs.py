"""Logs are events with fields, one a line."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.logs import FieldFormatter, set_up

if TYPE_CHECKING:
    from collections.abc import Generator


def line(**fields: object) -> str:
    record = logging.makeLogRecord(
        {"name": "bot.turns", "levelname": "INFO", "msg": "turn.started", **fields}
    )
    return FieldFormatter().format(record).split(" ", 1)[1]


def test_fields_follow_the_events_name() -> None:
    assert (
        line(thread_ts="1.0", why="no scope") == 'INFO    bot.turns turn.started thread_ts=1.0 why="no scope"'
    )


@pytest.fixture
def root() -> Generator[logging.Logger]:
    """The root logger, put back as it was."""
    logger = logging.getLogger()
    level, handlers = logger.level, list(logger.handlers)
    logger.handlers.clear()
    yield logger
    logger.handlers[:] = handlers
    logger.setLevel(level)


def test_libraries_say_only_what_went_wrong(root: logging.Logger) -> None:
    set_up("DEBUG")
    assert root.level == logging.DEBUG
    assert not logging.getLogger("slack_sdk.web").isEnabledFor(logging.DEBUG)
    assert isinstance(root.handlers[0].formatter, FieldFormatter)
