"""Arguments in the forms they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from slack_emulator.errors import Refused
from slack_emulator.web_api.arguments import Arguments

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_token_is_no_argument() -> None:
    args = Arguments({"token": "xoxb-1", "channel": "C1", "nothing": None})
    assert args.token == "xoxb-1"
    assert args.values == {"channel": "C1"}


def test_values_are_read_as_what_is_expected() -> None:
    args = Arguments(
        {"n": 5, "yes": "true", "no": "0", "list": '[{"a": 1}]', "object": {"b": 2}, "ids": "U1, U2"}
    )
    assert args.text("n") == "5"
    assert (args.flag("yes"), args.flag("no"), args.flag("absent"), args.flag("absent", default=True)) == (
        True,
        False,
        False,
        True,
    )
    assert args.objects("list", "bad") == ({"a": 1},)
    assert args.object("object", "bad") == {"b": 2}
    assert (args.objects("absent", "bad"), args.object("absent", "bad")) == (None, None)
    assert (args.names("ids"), args.names("absent")) == (["U1", "U2"], [])


def test_an_empty_text_stands_for_no_list() -> None:
    assert Arguments({"blocks": ""}).objects("blocks", "bad") is None


def test_a_list_of_ids_may_be_json() -> None:
    assert Arguments({"users": ["U1", "U2"]}).names("users") == ["U1", "U2"]


def test_a_number_is_kept_within_bounds() -> None:
    args = Arguments({"limit": "5000"})
    assert args.whole("limit", default=100, most=999) == 999
    assert args.whole("absent", default=100, most=999) == 100


@pytest.mark.parametrize(
    ("read", "code"),
    [
        pytest.param(
            lambda args: args.needed("absent"),
            "invalid_arguments: .*missing required field: absent",
            id="absent",
        ),
        pytest.param(lambda args: args.text("object"), "invalid_arguments", id="no string"),
        pytest.param(lambda args: args.whole("word", default=1, most=9), "invalid_arguments", id="no number"),
        pytest.param(lambda args: args.whole("zero", default=1, most=9), "invalid_limit", id="too small"),
        pytest.param(
            lambda args: args.objects("word", "invalid_blocks_format"), "invalid_blocks_format", id="no json"
        ),
        pytest.param(
            lambda args: args.objects("object", "invalid_blocks_format"),
            "invalid_blocks_format",
            id="no list",
        ),
        pytest.param(
            lambda args: args.objects("mixed", "invalid_blocks_format"), "invalid_blocks_format", id="mixed"
        ),
        pytest.param(
            lambda args: args.object("mixed", "invalid_metadata_format"),
            "invalid_metadata_format",
            id="a list",
        ),
    ],
)
def test_what_cannot_be_read_is_refused(read: Callable[[Arguments], Any], code: str) -> None:
    args = Arguments({"object": {}, "word": "x", "zero": "-1", "mixed": [{}, 1]})
    with pytest.raises(Refused, match=code):
        read(args)
