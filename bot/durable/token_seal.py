"""Seals tokens for the database with AES-GCM, bound to where they belong: what is moved to another row or column opens nowhere.

A sealed text names its key: `2.<base64 of a nonce and the rest>`. It is opened with any key that is known, and sealed with the first;
so a new key goes in front, the rows are sealed anew, and the old one is taken out afterwards.
"""

from __future__ import annotations

import base64
import binascii
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

NONCE = 12  # bytes: what AES-GCM wants


class TokenSeal:
    """Seals and opens. `keys` are of 32 bytes, by their names, the newest first."""

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self._newest = next(iter(keys))

    def seal(self, text: str, *place: str) -> str:
        """Returns `text` sealed for that `place`; "" stays so."""
        if not text:
            return ""
        nonce = os.urandom(NONCE)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode(), _bound(place))
        return f"{self._newest}.{base64.b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, *place: str) -> str:
        """Returns what was sealed for that `place`. Raises SettingsError where no key that is known opens it there."""
        if not sealed:
            return ""
        name, _, text = sealed.partition(".")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise SettingsError(
                f"TELEPRINTER_SECRET_KEYS: the database holds tokens that the key {name} has sealed: put that key back behind the others."
            )
        try:
            data = base64.b64decode(text, validate=True)
            return cipher.decrypt(data[:NONCE], data[NONCE:], _bound(place)).decode()
        except (InvalidTag, binascii.Error, ValueError):
            raise SettingsError(
                f"TELEPRINTER_SECRET_KEYS: the key {name} is not the one that has sealed the tokens in the database, "
                "or somebody has changed them there: set the right key, or install the app again."
            ) from None

    def is_current(self, sealed: str) -> bool:
        """Tells whether it was sealed with the newest key."""
        return not sealed or sealed.startswith(f"{self._newest}.")


def _bound(place: tuple[str, ...]) -> bytes:
    """Returns what a sealed text belongs to, so that no two places read alike."""
    return "".join(f"{len(one)}:{one}" for one in place).encode()
