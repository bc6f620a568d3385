"""The certificate that measurements over TLS are made with."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from benchmarks.costs.certificate import make_certificate

if TYPE_CHECKING:
    from pathlib import Path


def test_a_server_can_show_it_and_a_client_can_trust_it(tmp_path: Path) -> None:
    file = make_certificate(tmp_path)
    ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(file)
    trusting = ssl.create_default_context(cafile=file)
    assert trusting.get_ca_certs()[0]["subjectAltName"] == (("DNS", "localhost"),)
