"""Reads the keys that seal what must not be read in the database: `2:<base64 of 32 bytes>,1:<…>`, the newest first."""

from __future__ import annotations

import base64
import binascii
import re

from bot.errors import SettingsError

SIZE = 32  # bytes
_MEND = (
    "write name:key with commas between, the newest first, where a key is 32 bytes in base64; "
    "make one with: openssl rand -base64 32"
)


def read_secret_keys(name: str, text: str) -> dict[str, bytes]:
    """Returns the keys by their names, in their order. Raises SettingsError, which never repeats any of them."""
    keys: dict[str, bytes] = {}
    for one in filter(None, (part.strip() for part in text.split(","))):
        key, _, value = one.partition(":")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", key) or key in keys:
            raise SettingsError(f"{name}: a key has no name, or one that another has: {_MEND}.")
        keys[key] = _decoded(name, value)
    return keys


def _decoded(name: str, value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"{name}: a key is not written in base64: {_MEND}.") from None
    if len(key) != SIZE:
        raise SettingsError(f"{name}: a key has {len(key)} bytes: {_MEND}.")
    return key
