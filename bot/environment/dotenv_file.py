"""A `.env` file: lines of NAME=value, of which none is left out in silence."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def read_dotenv(path: Path) -> dict[str, str]:
    """Returns what `path` sets; nothing where there is no such file. Raises SettingsError for what cannot be read, and shows
    none of it."""
    try:
        # Windows' editors begin a file with a mark, which would be part of the first name.
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({_why(error)}): make it a readable UTF-8 file of NAME=value lines, or remove it."
        ) from error
    _check(path, text)
    return {name: value for name, value in dotenv_values(stream=StringIO(text)).items() if value}


def _check(path: Path, text: str) -> None:
    """The library leaves out a line that it cannot read, and says so in a log: a token would be missing, and nobody knows why."""
    for binding in parse_stream(StringIO(text)):
        # A name alone sets nothing, and the system takes no NUL.
        alone = binding.key is not None and binding.value is None
        if binding.error or alone or "\0" in binding.original.string:
            line, said = binding.original.line, binding.original.string
            line += said[: -len(said.lstrip())].count("\n")  # the empty lines above it are counted as its own
            raise SettingsError(f"{path}, line {line}: write NAME=value.")


def _why(error: OSError | UnicodeDecodeError) -> str:
    return (
        "it is not UTF-8 text"
        if isinstance(error, UnicodeDecodeError)
        else error.strerror or type(error).__name__
    )
