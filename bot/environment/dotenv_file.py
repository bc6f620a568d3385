"""A `.env` file: lines of NAME=value, of which none is left out in silence, and which is never written by half."""

from __future__ import annotations

import os
import re
import tempfile
from io import StringIO
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_PLAIN = re.compile(r"[A-Za-z0-9_./:@%+=,~-]+")
"""A value that every reader of such files takes as it stands: a shell, systemd and Docker have rules of their own for quotes."""


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


def write_dotenv(path: Path, values: Mapping[str, str]) -> None:
    """Sets `values` in `path`, an empty one by leaving it out, and keeps its other lines; only its owner may read it afterwards.

    Whatever stops us, there is the old file or the new one. Raises SettingsError for a value that such a file cannot hold, and
    where it cannot be written.
    """
    for name, value in values.items():
        if value and not _PLAIN.fullmatch(value):
            raise SettingsError(f"{name} holds a character that a .env file cannot hold: set it another way.")
    lines = "".join(f"{name}={value}\n" for name, value in values.items() if value)
    try:
        _replace(path.resolve(), _others(path, frozenset(values)) + lines)
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be written ({_why(error)}): go to a folder of your own."
        ) from error


def _others(path: Path, names: frozenset[str]) -> str:
    """Returns the lines of a file that set none of `names`, the last one with its end."""
    if not path.exists():
        return ""
    bindings = parse_stream(StringIO(path.read_text(encoding="utf-8-sig")))
    kept = "".join(one.original.string for one in bindings if one.key not in names)
    return kept if kept.endswith("\n") or not kept else f"{kept}\n"


def _replace(path: Path, text: str) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".env-")  # of mode 600
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise


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
