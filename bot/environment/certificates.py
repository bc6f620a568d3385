"""Says whose certificates are believed, where SSL_CERT_FILE or SSL_CERT_DIR names others than the usual ones."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

MEND = "If its certificate is your company's own, name a file that holds it in SSL_CERT_FILE."

REFUSED = "CERTIFICATE_VERIFY_FAILED"  # OpenSSL's name of it, where only words are left of an error


def check_certificates(env: Mapping[str, str]) -> None:
    """Raises SettingsError where the file holds no certificate or is not there. Our clients would fail on it, or trust nobody."""
    if file := env.get("SSL_CERT_FILE", ""):
        try:
            ssl.create_default_context(cafile=file)
        except ssl.SSLError:
            raise SettingsError(
                f"SSL_CERT_FILE={_path(file)} holds no certificate: name a file of certificates (PEM), or unset it."
            ) from None
        except (OSError, ValueError):
            raise SettingsError(
                f"SSL_CERT_FILE={_path(file)} cannot be read: name a file of certificates, or unset it."
            ) from None
    if (folders := env.get("SSL_CERT_DIR", "")) and not any(_is_folder(one) for one in folders.split(":")):
        raise SettingsError(
            f"SSL_CERT_DIR={_path(folders)} is no folder that can be read: name a folder of certificates, or unset it."
        )


def is_refused(error: BaseException | None) -> bool:
    """Tells whether `error` came of a server's certificate that nobody here vouches for."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _is_folder(path: str) -> bool:
    try:
        return any(Path(path).iterdir())
    except (OSError, ValueError):
        return False


def _path(path: str) -> str:
    """`path`, where it is one: anything else may be a secret in the wrong place."""
    return path if path.isprintable() and path.startswith(("/", ".")) and len(path) <= 200 else "…"
