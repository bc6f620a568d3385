"""Reading a fault_script."""

from __future__ import annotations

import pytest
import yaml

from slack_emulator.errors import WorkspaceError
from slack_emulator.runtime.injected_failures import Fault
from slack_emulator.scenario import fault_script
from slack_emulator.scenario.fault_script import (
    Advance,
    CloseSockets,
    DeleteReply,
    Fail,
    LoseAcks,
    RepeatEvents,
    Say,
    Speed,
    Wait,
    read_script,
)


def test_every_line_of_the_modules_own_example_can_be_read() -> None:
    example = (fault_script.__doc__ or "").partition("each.\n")[2]
    kinds = [type(step) for step in read_script(yaml.safe_load(example))]
    assert kinds == [
        *(Fail, Fail, Fail, Fail, Fail),
        *(LoseAcks, DeleteReply, CloseSockets, RepeatEvents, Say, Wait, Advance, Speed),
    ]


def test_a_single_step_is_a_script_too() -> None:
    assert read_script({"lose_acks": 2}) == [LoseAcks(2)]


@pytest.mark.parametrize(
    ("step", "fault"),
    [
        ({"retry_after": 30, "nth": 3}, Fault(retry_after=30, nth=3, times=1)),
        ({"retry_after": 30, "lasting": 30}, Fault(retry_after=30, times=None, lasting=30.0)),
        ({"status": 500, "times": 2, "lasting": 9}, Fault(status=500, times=2, lasting=9.0)),
        ({"latency": 1.5}, Fault(latency=1.5)),
        ({"drop": True, "carried_out": True}, Fault(drop=True, carried_out=True)),
    ],
)
def test_a_failure_happens_once_unless_it_says_otherwise(step: dict[str, object], fault: Fault) -> None:
    (read,) = read_script({"fail": "chat.update"} | step)
    assert isinstance(read, Fail)
    assert read.fault() == fault


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param("fail", "a script is a list of steps", id="no list"),
        pytest.param([{}], "step 1 of the script wants one of these: fail, lose_acks", id="no action"),
        pytest.param(
            [{"wait": 1}, {"wait": 1, "speed": 2}], "step 2 of the script wants one", id="two actions"
        ),
        pytest.param([{"fail": "chat.update"}], "chat.update is to fail, but how", id="no way to fail"),
        pytest.param([{"fail": "x", "status": "bad"}], "step 1 of the script: status: ", id="no number"),
        pytest.param([{"wait": 1, "why": 2}], "step 1 of the script: why: Unexpected", id="an unknown key"),
        pytest.param([{"close_sockets": "now"}], "'warning', 'refresh_requested'", id="no reason"),
    ],
)
def test_a_step_that_is_none_is_told(value: object, words: str) -> None:
    with pytest.raises(WorkspaceError) as told:
        read_script(value)
    assert words in str(told.value)
