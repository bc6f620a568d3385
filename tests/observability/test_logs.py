"""Logs are events with fields, one a line."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import datetime
from typing import TYPE_CHECKING, cast

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.errors import SlackUnreachable
from bot.observability import logs
from bot.observability.current_turn import TURN as CURRENT
from bot.observability.facts import ClaimRaced, LockLost, TurnStarted, WeightsStopped
from bot.observability.logs import FieldFormatter, WithoutSecrets, log_fact, set_up

if TYPE_CHECKING:
    from collections.abc import Generator

    from bot.observability.facts import Fact

TURN = TurnKey(ThreadKey("T1", "C024BE91L", "1766458026.240010"), "1766458026.240010", "U1", Kind.MENTION)


def line(*, msg: str = "turn.started", **fields: object) -> str:
    record = logging.makeLogRecord({"name": "bot", "levelname": "INFO", "msg": msg, **fields})
    return FieldFormatter().format(record).split(" ", 1)[1]


def test_fields_follow_the_events_name() -> None:
    assert line(thread_ts="1.0", why="no scope") == 'INFO    bot turn.started thread_ts=1.0 why="no scope"'


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('two\nlines "q"', r'"two\nlines \"q\""'),
        ("x\ty", r'"x\ty"'),
        ("a=b", '"a=b"'),
        ("it's", '"it\'s"'),
        ("", '""'),
        ("Grüße", "Grüße"),
        ("\x1b[31mred", r'"\u001b[31mred"'),
        ("up\u2028down\x7f", r'"up\u2028down\x7f"'),
        ("half \ud83d", r'"half \ud83d"'),
        (None, "None"),
    ],
    ids=repr,
)
def test_one_event_stays_one_line_whatever_a_field_holds(value: object, shown: str) -> None:
    assert line(why=value).removeprefix("INFO    bot turn.started why=") == shown


def test_a_librarys_event_is_one_line_too() -> None:
    assert line(msg="two\r\nlines") == r"INFO    bot two\r\nlines"


def raised(error: BaseException) -> str:
    """The lines that stand for `error` below an event."""
    try:
        raise error
    except BaseException:
        return FieldFormatter().formatException(sys.exc_info())


def test_what_was_raised_is_told_without_its_words() -> None:
    told = raised(ValueError("PROMPT: my salary is 3"))
    assert 'test_logs.py", line' in told
    assert told.endswith("builtins.ValueError")
    assert "salary" not in told


def test_our_own_errors_words_are_told_since_they_name_the_mend() -> None:
    assert raised(SlackUnreachable("no answer:\nlook")).endswith(r"SlackUnreachable: no answer:\nlook")


def test_what_an_error_came_from_stands_above_it() -> None:
    error = KeyError("salary")
    error.__cause__ = TypeError("salary")
    told = raised(error)
    assert told.index("builtins.TypeError") < told.index("builtins.KeyError")
    assert "salary" not in told


def test_a_groups_errors_are_told_one_by_one() -> None:
    told = raised(ExceptionGroup("salary", [KeyError("salary"), TypeError("salary")]))
    assert told.splitlines()[-3:] == ["builtins.ExceptionGroup", "builtins.KeyError", "builtins.TypeError"]
    assert "salary" not in told


def test_a_chain_that_bites_its_own_tail_comes_to_an_end() -> None:
    first, second = ValueError(), TypeError()
    first.__cause__, second.__cause__ = second, first
    assert raised(first).count("ValueError") == 1


def test_where_nothing_was_raised_nothing_is_told() -> None:
    assert FieldFormatter().formatException((None, None, None)) == ""


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("wss://slack/link/?ticket=ab-c%3D&app_id=A1", "wss://slack/link/?ticket=…&app_id=A1"),
        ("url='wss://slack/?a=1&ticket=abc'", "url='wss://slack/?a=1&ticket=…'"),
        ("Bearer xoxb-1-2-aB_c, xapp-1-A-2-ff", "Bearer …, …"),
        ("the ticket was refused", "the ticket was refused"),
    ],
)
def test_tickets_and_tokens_are_kept_out_of_a_librarys_words(said: str, shown: str) -> None:
    record = logging.makeLogRecord({"msg": "%s", "args": (said,)})
    assert WithoutSecrets().filter(record)
    assert logging.Formatter("%(message)s").format(record) == shown


def test_nor_does_the_exception_tell_them_to_any_formatter() -> None:
    address = "wss://slack/?ticket=" + "SECRET"
    try:
        raise ConnectionError(address)
    except ConnectionError:
        record = logging.makeLogRecord({"msg": "Failed to connect", "exc_info": sys.exc_info()})
    WithoutSecrets().filter(record)
    told = logging.Formatter("%(message)s").format(record)
    assert told.endswith("builtins.ConnectionError")
    assert "=SECRET" not in told


@pytest.fixture
def loggers() -> Generator[None]:
    """The loggers that `set_up` changes, put back as they were."""
    root, ours = logging.getLogger(), logging.getLogger("bot")
    levels, handlers = (root.level, ours.level), list(root.handlers)
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


@pytest.mark.parametrize("library", ["anthropic._base_client", "slack_sdk.web", "botocore", "bottle"])
def test_libraries_say_only_what_went_wrong(
    loggers: None, capsys: pytest.CaptureFixture[str], library: str
) -> None:
    set_up("DEBUG")
    logging.getLogger(library).info("PROMPT")
    logging.getLogger(library).warning("It failed.")
    assert not logging.getLogger(library).isEnabledFor(logging.INFO)
    heard = capsys.readouterr().err
    assert heard.endswith(f"WARNING {library} It failed.\n")
    assert "PROMPT" not in heard


def test_not_even_a_library_whose_own_level_says_so_prints_its_debug(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("DEBUG")
    library = logging.getLogger("a_library_that_reads_the_environment")
    library.setLevel(logging.DEBUG)  # as openai does for OPENAI_LOG=debug
    library.debug("PROMPT")
    assert capsys.readouterr().err == ""


def test_we_ourselves_are_heard_from_the_level_that_was_asked_for(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("DEBUG")
    log_fact(ClaimRaced(ts="1.0"))
    assert capsys.readouterr().err.endswith("DEBUG   bot claim.raced ts=1.0\n")


def test_the_line_at_the_top_of_the_module_is_what_is_printed(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("INFO")
    log_fact(TurnStarted(turn=AnswerKey(TURN), attempt=1))
    [_, said] = capsys.readouterr().err.split(" ", 1)
    assert f"    2026-01-05T12:00:01+0100 {said}" in str(logs.__doc__)


def test_a_line_tells_the_day_and_its_zone(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    log_fact(LockLost(replica="me"))
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} WARNING bot", capsys.readouterr().err)


def test_for_machines_each_line_is_one_json_object(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO", form="JSON")
    log_fact(WeightsStopped(way="  File x.py, line 3\nbuiltins.OSError"))
    log_fact(TurnStarted(turn=AnswerKey(TURN), attempt=1))
    stopped, started = (json.loads(one) for one in capsys.readouterr().err.splitlines())
    assert datetime.fromisoformat(stopped.pop("time")).tzinfo is not None
    assert stopped == {
        "level": "warning",
        "logger": "bot",
        "event": "weights.stopped",
        "way": "  File x.py, line 3\nbuiltins.OSError",
    }
    assert (started["event"], started["channel"], started["attempt"]) == ("turn.started", "C024BE91L", 1)


def test_a_librarys_exception_is_told_without_its_words_there_too(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("INFO", form="JSON")
    words = "PROMPT"
    try:
        raise ValueError(words)
    except ValueError:
        logging.getLogger("a_library").exception("It failed.")
    said = capsys.readouterr().err
    assert "builtins.ValueError" in json.loads(said)["way"]
    assert "PROMPT" not in said


def test_where_something_was_raised_the_way_to_it_stands_below_the_line(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("INFO")
    log_fact(WeightsStopped(way="  File x.py, line 3\nbuiltins.OSError"))
    assert capsys.readouterr().err.endswith(
        "WARNING bot weights.stopped\n  File x.py, line 3\nbuiltins.OSError\n"
    )


def test_a_fact_below_the_level_is_not_even_written_down(loggers: None) -> None:
    set_up("ERROR")
    log_fact(cast("Fact", Unwritable()))


class Unwritable:
    """A fact that may only be asked for its level."""

    level = logging.WARNING


def test_where_only_errors_are_asked_for_nobody_warns(
    loggers: None, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up("ERROR")
    log_fact(LockLost(replica="me"))
    logging.getLogger("slack_sdk.web").warning("It failed.")
    assert capsys.readouterr().err == ""


def test_whatever_happens_in_a_turn_tells_which(loggers: None, capsys: pytest.CaptureFixture[str]) -> None:
    set_up("INFO")
    token = CURRENT.set(AnswerKey(TURN))
    log_fact(LockLost(replica="me"))
    CURRENT.reset(token)
    assert capsys.readouterr().err.endswith("lock.lost replica=me ts=1766458026.240010\n")
