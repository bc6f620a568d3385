"""Variables of the environment, read one at a time: what each may hold, and how a wrong one is told.

Every complaint is one line that names the variable and the mend. A value is repeated only where it is short and looks like
no secret, since a token is easily pasted into the wrong place.
"""

from __future__ import annotations

import ipaddress
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SHOWN = 24  # characters of a wrong value that are repeated; Slack's shortest secret has 32
MOST = 1_000_000_000  # of anything that is counted
WEEK = 7 * 24 * 60 * 60.0  # seconds; nothing here waits longer

_SECRET = re.compile(
    r"xox[a-z]|xapp-|sk-|pk-|gh[a-z]_|ey[A-Za-z0-9]{6}|@|key|token|secret|pass", re.IGNORECASE
)
_WHOLE = re.compile(r"[+-]?[0-9]{1,12}")
_AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_SECONDS = re.compile(r"\+?(?:[0-9]{1,12}(?:\.[0-9]*)?|\.[0-9]+)")
_KEY = re.compile(r"[!-~]+")
_ADDRESS = re.compile(
    r"https?://(?P<user>[^\s/?#@\[\]\\\"<>^`{|}]*@)?(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?(?P<path>/[!-~]*)?",
    re.IGNORECASE,
)
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


def shown(value: str) -> str:
    """`value`, wrong as it is, where it may be repeated; else "…"."""
    safe = len(value) <= LONGEST_SHOWN and value.isprintable() and not _SECRET.search(value)
    return value if safe else "…"


def is_address(text: str, *, bare: bool = False) -> bool:
    """Tells whether `text` is an http:// or https:// address that every client here can dial; `bare`: with no user and no query."""
    match = _ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match["port"] or 80) < 65536 or not _is_host(match["host"]):
        return False
    return text.isascii() and (not bare or not (match["user"] or set(match["path"] or "") & set("?#@")))


def _is_host(host: str) -> bool:
    if not host.startswith("["):
        return len(host) <= 253 and bool(_HOST.fullmatch(host))
    try:
        return bool(ipaddress.IPv6Address(host[1:-1]))
    except ValueError:
        return False


class Variables:
    """Reads one variable at a time, and says what is wrong with it. An empty value counts as not set."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def raw(self, name: str) -> str:
        """Returns what is set, without the space around it; "" where nothing is."""
        return self._env.get(name, "").strip()

    def words(self, name: str) -> str:
        """A text of any kind, on any number of lines."""
        value = self.raw(name)
        try:
            value.encode()
        except UnicodeEncodeError:
            raise SettingsError(f"{name} is no text: write it in UTF-8.") from None
        return value

    def text(self, name: str, default: str = "") -> str:
        """A text of one line."""
        value = self.raw(name)
        if not value.isprintable():
            raise SettingsError(
                f"{name} holds a line break or a character that cannot be seen: write it again without."
            )
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
            raise SettingsError(f"{name} stands in quotation marks that are part of it: leave them out.")
        return value or default

    def secret(self, name: str) -> str:
        """A key or a token, which goes into a header: letters, digits and signs of ASCII. Never repeated."""
        value = self.text(name)
        if value and not _KEY.fullmatch(value):
            raise SettingsError(
                f"{name} holds a space or a character that no key has: copy it again, and nothing beside it."
            )
        return value

    def name(self, name: str, default: str) -> str:
        """A name of ours, which may be repeated wherever it is used: so no secret may stand in its place."""
        value = self.text(name, default)
        if re.match(r"xox[a-z]|xapp-|sk-", value):
            raise SettingsError(
                f"{name} holds what looks like a key: write its name there, and keep the key apart."
            )
        return value

    def path(self, name: str) -> Path | None:
        """A path, in which ~ is the home of who runs us; None where none is set."""
        return home_path(name, text) if (text := self.text(name)) else None

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        """One of `choices` in capitals, whatever the case it is written in; `default` need not be one of them."""
        value = self.text(name)
        if value and value.upper() not in map(str.upper, choices):
            raise SettingsError(f"{name}={shown(value)}: choose one of {', '.join(choices)}.")
        return value.upper() or default

    def names(self, name: str) -> frozenset[str]:
        """Names or ids with commas between them, in small letters; none where nothing is set."""
        named = (one.strip().casefold() for one in self.name(name, "").split(","))
        return frozenset(one for one in named if one)

    def whole(self, name: str, default: int, *, least: int, most: int = MOST) -> int:
        """A whole number from `least` to `most`."""
        text = self.text(name)
        if not text:
            return default
        span = f"from {least} to {most}" if most < MOST else f"of at least {least}"
        if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise SettingsError(f"{name}={shown(text)}: write a whole number {span}.")
        return int(text)

    def whole_or_none(self, name: str, *, least: int, most: int = MOST) -> int | None:
        """A whole number from `least` to `most`; None where none is set."""
        return self.whole(name, least, least=least, most=most) if self.raw(name) else None

    def amount_or_none(self, name: str) -> Decimal | None:
        """An amount of money above 0, with a point in it where it is no whole number; None where none is set."""
        text = self.text(name)
        if not text:
            return None
        if not _AMOUNT.fullmatch(text) or not Decimal(text):
            raise SettingsError(f"{name}={shown(text)}: write an amount above 0, such as 250 or 99.50.")
        return Decimal(text)

    def seconds(self, name: str, default: float) -> float:
        """A time above 0, of a week at most."""
        text = self.text(name)
        if not text:
            return default
        if not _SECONDS.fullmatch(text) or not 0 < float(text) <= WEEK:
            raise SettingsError(f"{name}={shown(text)}: write a number of seconds above 0, a week at most.")
        return float(text)

    def url(self, name: str, default: str, *, bare: bool = False) -> str:
        """An address of the web. Never repeated: a password may be part of it."""
        text = self.text(name, default)
        if text and not is_address(text, bare=bare):
            extra = ", and has no user, password or query" if bare else ""
            raise SettingsError(
                f"{name} is not an address: write one that begins with http:// or https://{extra}."
            )
        return text


def home_path(name: str, text: str) -> Path:
    """The path `text`, which the variable `name` holds. Raises SettingsError for ~ where nobody has such a home."""
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SettingsError(
            f"{name} begins with ~, and there is no such home: write the whole path."
        ) from None
