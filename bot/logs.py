"""Logs as events with fields, one a line: `12:00:01 INFO  bot.turns turn.started thread_ts=1766458026.24 kind=mention`.

No prompt, answer or token is ever given to a logger, and what libraries would say of theirs is kept out.
"""

from __future__ import annotations

import logging

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
# Their debug lines hold whole payloads, and their info lines come with every request.
_TALKATIVE = (
    "slack_bolt",
    "slack_sdk",
    "openai",
    "httpx",
    "httpx2",
    "httpcore",
    "aiohttp",
    "langchain",
    "asyncio",
)


class FieldFormatter(logging.Formatter):
    """The event's name, then its fields as `name=value`."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = (f"{name}={_quoted(value)}" for name, value in vars(record).items() if name not in _STANDARD)
        return " ".join((super().formatMessage(record), *fields))


def set_up(level: str) -> None:
    """Log to standard error, from `level` on; libraries only what went wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(FieldFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def _quoted(value: object) -> str:
    text = str(value)
    return f'"{text}"' if " " in text else text
