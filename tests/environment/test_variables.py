"""One variable at a time: whatever is in it, it is taken as it should be or told in one line, and no secret is repeated."""

from __future__ import annotations

import string
from urllib.parse import urlsplit

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from bot.environment.setting_reference import KNOWN_VARIABLES
from bot.environment.variables import Variables, home_path, is_address, shown
from bot.errors import SettingsError
from bot.settings import from_env

NAMES = sorted(KNOWN_VARIABLES)
ODD = st.one_of(
    st.text(max_size=40),
    st.text(string.printable, max_size=20),
    st.sampled_from(
        [
            "0",
            "70000",
            "-1",
            "1e400",
            "nan",
            "inf",
            "1_0",
            "٣",
            "½",
            "'3000'",
            '"x"',
            "a\nb",
            "a\rb: c",
            "\udcff",
            "\u200b",
            "~nobody-of-that-name/x",
            "//",
            "http://",
            "http:/x",
            "https://[::1",
            "http://a..b",
            "http://u:p@ss@h",
            "9" * 5000,
        ]
    ),
)
SECRETS = [
    "xoxb-81-hunter2",
    "xapp-81-hunter2",
    "sk-hunter2hunter2",
    "8f742231b10e8888abcd99yyyzzz85a5",
    "https://ada:hunter2@h",
]


def complaint(env: dict[str, str]) -> str:
    """What is said of `env`; "" where nothing is wrong with it."""
    try:
        from_env(env)
    except SettingsError as error:
        return str(error)
    return ""


@given(st.sampled_from(NAMES), ODD)
def test_whatever_a_variable_holds_is_taken_or_told_in_one_line_that_names_it(name: str, value: str) -> None:
    said = complaint({name: value})
    assert said == "" or said.startswith(name)
    assert said == "" or said.isprintable()
    assert len(said) < 300


@given(
    st.sampled_from(NAMES),
    st.sampled_from(SECRETS),
    st.sampled_from(["{}", " {}\n", "'{}'", "{}\n{}", "é{}", "{} {}", "http://u:{}@h h", "{}@h", "1{}"]),
)
def test_a_secret_in_any_place_and_any_shape_is_never_repeated(name: str, secret: str, shape: str) -> None:
    said = complaint({name: shape.replace("{}", secret)})
    assert "hunter2" not in said
    assert "8f742231" not in said


@given(
    st.text(string.ascii_letters + string.digits + ':/@?#[].%_- \\"<>^`{|}', max_size=30).map(
        "http://{}".format
    )
)
def test_what_is_taken_for_an_address_can_be_dialled_by_every_client(text: str) -> None:
    if is_address(text):
        assert httpx2.URL(text).host
        assert URL(text).host
        urlsplit(text).port  # noqa: B018
        str(urlsplit(text).hostname).encode("idna")


@given(st.text(max_size=30))
def test_a_key_that_is_taken_can_be_sent_in_a_header(value: str) -> None:
    try:
        key = Variables({"K": value}).secret("K")
    except SettingsError:
        return
    assert key.encode("ascii").isalnum() or not set(key) & set("\r\n\0 ")


@pytest.mark.parametrize(
    ("text", "bare", "taken"),
    [
        ("https://slack.com/api/", True, True),
        ("http://[::1]:3000", True, True),
        ("https://ada:pw@proxy/v1", False, True),
        ("https://ada:pw@proxy/v1", True, False),
        ("https://slack.com/api?x=1", True, False),
        ("http://ada:p@ss@h", False, False),
        ("http://h:0", False, False),
        ("http://[1:2]", False, False),
        ("slack.com", False, False),
    ],
)
def test_what_an_address_is(text: str, *, bare: bool, taken: bool) -> None:
    assert is_address(text, bare=bare) is taken


def test_only_short_values_that_look_like_no_secret_are_shown() -> None:
    assert [shown(value) for value in ("abc", "a" * 25, "a\n", "xoxb-1", "MyPassword")] == [
        "abc",
        "…",
        "…",
        "…",
        "…",
    ]


def test_a_home_that_nobody_has_is_told() -> None:
    with pytest.raises(SettingsError, match="TELEPRINTER_CACHE begins with ~"):
        home_path("TELEPRINTER_CACHE", "~nobody-of-that-name/x")


def test_a_prompt_may_have_lines_and_quotation_marks() -> None:
    assert Variables({"P": '"a"\n"b"'}).words("P") == '"a"\n"b"'


def test_names_stand_between_commas_in_any_case() -> None:
    assert Variables({"N": "Alarm Bot, B01 ,,"}).names("N") == {"alarm bot", "b01"}
    assert Variables({}).names("N") == frozenset()
