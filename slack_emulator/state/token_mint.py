"""Makes what an app signs in with: tokens, ids and secrets that nobody can guess who was not told them."""

from __future__ import annotations

import hashlib
import hmac
import secrets


class Mint:
    """Makes the same secret for the same name as long as it lives; `seed` makes the same ones again another time.

    Without a seed they are new in each mint, so that no web page can know the tokens of a workspace on its reader's computer.
    """

    def __init__(self, seed: str | None = None) -> None:
        self._key = (secrets.token_hex(32) if seed is None else seed).encode()

    def secret(self, kind: str, handle: str) -> str:
        """`xoxb-local-teleprinter-…` for the kind xoxb."""
        name = f"{kind}-local-{handle}"
        return f"{name}-{hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()[:24]}"
