"""A `.env` file that is odd: nothing in it is left out in silence, and none of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.environment.dotenv_file import read_dotenv
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


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
