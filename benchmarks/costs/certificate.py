"""A certificate for this computer's own name, made anew for each measurement."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_certificate(folder: Path) -> Path:
    """The certificate of localhost and its key, in one file in `folder`, valid for a day. Wants the command openssl.

    Raises FileNotFoundError where there is no such command.
    """
    file = folder / "localhost.pem"
    command = [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", str(file), "-out", "-",
    ]  # fmt: skip
    done = subprocess.run(command, check=True, capture_output=True)  # noqa: S603
    file.write_bytes(file.read_bytes() + done.stdout)
    return file
