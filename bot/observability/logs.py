"""Logs as facts with their fields, one a line:

    2026-01-05T12:00:01+0100 INFO    bot turn.started channel=C024BE91L ts=1766458026.240010 kind=mention attempt=1

or, for machines, as JSON with the fields `time` (with its zone), `level`, `logger` and `event` before them.

No fact holds a prompt, an answer or a token (see `bot.observability.facts`), and what libraries would say of theirs is kept
out: below a warning they are not heard, whichever of them is in use, and the words of an exception are not printed, since some
repeat what was sent.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from typing import TYPE_CHECKING, cast

from bot.errors import TeleprinterError
from bot.observability.current_turn import TURN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import TypeAlias

    from bot.observability.facts import Fact

    Raised: TypeAlias = (
        tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    )

_log = logging.getLogger("bot")
DATE = "%Y-%m-%dT%H:%M:%S%z"

_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
# A Socket Mode address with its ticket opens our event stream; a token is all of us.
_SECRETS = re.compile(r"""(?<=\bticket=)[^&'"\s]+|\b(?:xox[a-z]|xapp)-[\w-]+""")


class FieldFormatter(logging.Formatter):
    """The event's name, then its fields as `name=value`. Below them, where something was raised, the way to it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s %(message)s", DATE)

    def formatMessage(self, record: logging.LogRecord) -> str:
        fields = (f"{name}={_quoted(value)}" for name, value in vars(record).items() if name not in _STANDARD)
        return _one_line(" ".join((super().formatMessage(record), *fields)))

    def formatException(self, ei: Raised) -> str:
        return way_to(ei[1]) if ei[1] is not None else ""


class JsonFormatter(FieldFormatter):
    """The same as one JSON object a line. What was raised is its field `way`."""

    def format(self, record: logging.LogRecord) -> str:
        """Writes a record. A field that JSON has no form for is written as text."""
        way = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line = {
            "time": self.formatTime(record, DATE),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            **fields,
            **({"way": way} if way else {}),
        }
        return json.dumps(line, default=str)


class WithoutSecrets(logging.Filter):
    """For a library's logger that would tell tickets and tokens: puts "…" in their place."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _SECRETS.sub("…", record.getMessage()), None
        if record.exc_info and record.exc_info[1] is not None:
            # Any formatter prints this where it is set, instead of the exception with its words.
            record.exc_text = FieldFormatter().formatException(record.exc_info)
        return True


def set_up(level: str, *, form: str = "TEXT") -> None:
    """Log to standard error, as "TEXT" or "JSON": ourselves from `level` on, libraries only what went wrong."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter() if form == "JSON" else FieldFormatter())
    # A library may set its own logger to DEBUG, as OPENAI_LOG=debug does; then the root's level would not be asked.
    handler.addFilter(_is_ours_or_wrong)
    _log.setLevel(level)
    logging.basicConfig(level=max(logging.WARNING, _log.level), handlers=[handler], force=True)


def _is_ours_or_wrong(record: logging.LogRecord) -> bool:
    return f"{record.name}.".startswith("bot.") or record.levelno >= logging.WARNING


def log_fact(fact: Fact) -> None:
    """Writes a fact's line; below it, where something was raised, the way to it."""
    if not _log.isEnabledFor(fact.level):
        return
    line = fact.line()
    if (turn := TURN.get()) is not None:
        line.setdefault("ts", turn.name)  # a turn has one id in all its lines
    record = _log.makeRecord(_log.name, fact.level, "", 0, fact.name, (), None, extra=line)
    # Any formatter prints this below the line.
    record.exc_text = getattr(fact, "way", None)
    _log.handle(record)


def way_to(error: BaseException) -> str:
    """A traceback of `error` that says where and what, without the words that may repeat a key, a prompt or an answer."""
    return "".join(_way(error, [])).rstrip()


def _way(error: BaseException, seen: list[int]) -> Iterator[str]:
    """Returns where `error` was raised and what it is, after what it came from. Only our own errors' words are known to be
    harmless."""
    if id(error) in seen:  # a chain may bite its own tail
        return
    seen.append(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _way(cause, seen)
    yield from traceback.format_tb(error.__traceback__)
    words = f": {_one_line(str(error))}" if isinstance(error, TeleprinterError) else ""
    yield f"{type(error).__module__}.{type(error).__qualname__}{words}\n"
    for one in cast("tuple[BaseException, ...]", getattr(error, "exceptions", ())):  # a group's
        yield from _way(one, seen)


def _quoted(value: object) -> str:
    text = str(value)
    plain = text.isprintable() and text and not set(text) & set(" =\"'\\")
    return text if plain else json.dumps(text, ensure_ascii=False)


def _one_line(text: str) -> str:
    """`text` with its line breaks and what else cannot be seen as escapes."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
