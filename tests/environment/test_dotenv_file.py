"""A `.env` file that is odd: nothing in it is left out in silence, and none of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.environment.dotenv_file import read_dotenv, write_dotenv
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

SIMPLE = st.from_regex(r"[A-Za-z0-9_./:@%+=,~-]{1,60}", fullmatch=True)
"""Values as tokens and addresses are."""


def test_a_mark_at_the_beginning_is_no_part_of_the_first_name(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("\ufeffPORT=4000\r\nTELEPRINTER_HOST=::1\r\n".encode())
    assert read_dotenv(tmp_path / ".env") == {"PORT": "4000", "TELEPRINTER_HOST": "::1"}


@pytest.mark.parametrize(
    "text",
    ["A=1\nSLACK_BOT_TOKEN\n", "A=1\nB=xoxb\0\n", "A=1\n=xoxb\n"],
    ids=["a name alone", "NUL", "no name"],
)
def test_a_line_that_sets_nothing_is_named_and_not_shown(tmp_path: Path, text: str) -> None:
    (tmp_path / ".env").write_text(text)
    with pytest.raises(SettingsError) as caught:
        read_dotenv(tmp_path / ".env")
    assert str(caught.value).endswith(".env, line 2: write NAME=value.")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_another_encoding_is_told(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=sk-hunter2\n", encoding=encoding)
    with pytest.raises(SettingsError) as caught:
        read_dotenv(tmp_path / ".env")
    assert "hunter2" not in str(caught.value)


@given(
    st.one_of(
        st.binary(max_size=60), st.text("AB=#'\"\\ \n\t${}export\0é\ufeff", max_size=40).map(str.encode)
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_told_in_one_line(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / ".env"
    path.write_bytes(raw)
    try:
        found = read_dotenv(path)
    except SettingsError as error:
        assert str(error).isprintable()  # noqa: PT017
    else:
        assert not any("\0" in name + value or "=" in name for name, value in found.items())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "A=1\nB=x/y:z\n"),
        ("# Mine.\nA=old\nC='3 4'\n", "# Mine.\nC='3 4'\nA=1\nB=x/y:z\n"),
        ("export B=old\nGONE=2\nC=3", "C=3\nA=1\nB=x/y:z\n"),
    ],
    ids=["empty", "a comment and another", "no line end"],
)
def test_what_is_set_takes_the_place_of_what_was_and_the_rest_stays(
    tmp_path: Path, before: str, after: str
) -> None:
    file = tmp_path / ".env"
    file.write_text(before)
    write_dotenv(file, {"A": "1", "B": "x/y:z", "GONE": ""})
    assert file.read_text() == after
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [".env"]


@pytest.mark.parametrize("value", ["two words", "a\nb", "a'b", 'a"b', "a$b", "a#b", "é"])
def test_a_value_that_readers_of_such_files_take_differently_is_refused_and_not_shown(
    tmp_path: Path, value: str
) -> None:
    with pytest.raises(SettingsError, match=r"^A holds a character") as caught:
        write_dotenv(tmp_path / ".env", {"A": value})
    assert value not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_where_a_file_cannot_take_the_place_nothing_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "folder" / "full").mkdir(parents=True)
    with pytest.raises(SettingsError, match="cannot be written"):
        write_dotenv(tmp_path / "folder", {})
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


@given(values=st.dictionaries(st.from_regex(r"[A-Z]{1,9}", fullmatch=True), SIMPLE))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)  # each is synced
def test_what_is_written_reads_back(tmp_path: Path, values: dict[str, str]) -> None:
    (tmp_path / ".env").unlink(missing_ok=True)
    write_dotenv(tmp_path / ".env", values)
    assert read_dotenv(tmp_path / ".env") == values
