"""What happens in the bot, as values."""

from __future__ import annotations

import dataclasses
import logging
import re
from pathlib import Path

import pytest

from bot.core.conversation.answer_key import AnswerKey
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.observability import facts
from bot.observability.facts import Fact

THREAD = ThreadKey("T1", "C1", "1.0")
TURN = AnswerKey(TurnKey(THREAD, "2.0", "U1", Kind.MENTION))
CLASSES = {
    name: one
    for name, one in vars(facts).items()
    if isinstance(one, type) and issubclass(one, Fact) and hasattr(one, "name")
}
PAGE = Path(__file__).parents[2] / "docs/operating.md"
ROW = re.compile(r"\| `(?P<event>\S+)` \| `(?P<name>\w+)` \| (?P<level>[\w, ]+) \| .+ \| (?P<fields>.*) \|")
ROWS = {row["name"]: row for row in map(ROW.fullmatch, PAGE.read_text().splitlines()) if row is not None}


def test_the_table_of_facts_names_every_class_and_no_other() -> None:
    assert list(ROWS) == list(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_the_table_of_facts_tells_what_each_is_called_and_holds(name: str) -> None:
    fact, row = CLASSES[name], ROWS[name]
    fields = [f"*{one.name}*" if one.name in fact.beside else one.name for one in dataclasses.fields(fact)]
    assert (row["event"], row["fields"]) == (fact.name, ", ".join(fields))


@pytest.mark.parametrize("name", [name for name, fact in CLASSES.items() if "level" not in vars(fact)])
def test_the_table_of_facts_tells_at_which_level_each_is_written(name: str) -> None:
    assert ROWS[name]["level"] == logging.getLevelName(CLASSES[name].severity).lower()


@pytest.mark.parametrize(
    ("fact", "level"),
    [
        (facts.TurnEnded(turn=TURN, how="done"), "info"),
        (facts.TurnEnded(turn=TURN, how=facts.NOT_INSTALLED), "warning"),
        (facts.FileRefused(thread=THREAD, kind="pdf", reason="no_access", mend="add a scope"), "warning"),
        (facts.FileRefused(thread=THREAD, kind="pdf", reason="broken", mend=""), "info"),
        (facts.EditFailed(kind="X", error="", method="chat.update", gone=False), "warning"),
        (facts.EditFailed(kind="X", error="", method="chat.update", gone=True), "info"),
        (facts.SlackWaitedFor(error="", address="", mend="", tries=1), "warning"),
        (facts.SlackWaitedFor(error="", address="", mend="", tries=2), "debug"),
        (facts.HttpFailed(kind="X", times=1, way="", logged_at=logging.ERROR), "error"),
        (facts.HttpFailed(kind="X", times=1, way="", logged_at=logging.DEBUG), "debug"),
    ],
)
def test_the_level_of_some_depends_on_what_they_say(fact: Fact, level: str) -> None:
    assert logging.getLevelName(fact.level).lower() == level
    assert level in ROWS[type(fact).__name__]["level"].split(", ")


@pytest.mark.parametrize(
    ("fact", "line"),
    [
        (
            facts.TurnEnded(turn=TURN, how="done", seconds=3.0),
            {"channel": "C1", "ts": "2.0", "kind": "mention", "how": "done"},
        ),
        (
            facts.ReplyShown(thread=THREAD, state="done", edits=3),
            {"thread_ts": "1.0", "state": "done", "edits": 3},
        ),
        (facts.AnswerCrashed(thread=THREAD, way="x.py, line 3"), {"thread_ts": "1.0"}),
        (
            facts.ModelCallFailed(
                kind="ModelDenied", evidence={"error": "x.Y", "status": 401}, model="m", retried=False
            ),
            {"error": "x.Y", "status": 401, "model": "m", "retried": False},
        ),
        (facts.RunFailed(kind="ModelDenied", evidence={"error": "x.Y"}), {"error": "x.Y"}),
        (facts.HttpTurnedAway(kind="x", times=2), {"kind": "x", "times": 2}),
        (facts.DatabaseWaitedFor(why=None, mend="wait"), {"why": None, "mend": "wait"}),
    ],
)
def test_the_log_tells_of_a_fact_what_operators_look_for(fact: Fact, line: dict[str, object]) -> None:
    assert list(fact.line().items()) == list(line.items())


@pytest.mark.parametrize("name", CLASSES)
def test_no_field_has_a_name_that_a_log_record_needs_itself(name: str) -> None:
    taken = {*vars(logging.makeLogRecord({})), "message", "asctime"} - {"thread"}  # written as thread_ts
    assert taken.isdisjoint(one.name for one in dataclasses.fields(CLASSES[name]))
