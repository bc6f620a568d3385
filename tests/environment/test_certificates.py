"""Whose certificates are believed, where the environment says so."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import certifi
import pytest

from bot.environment.certificates import check_certificates, is_refused
from bot.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def test_certificates_that_are_there_are_taken(tmp_path: Path) -> None:
    (tmp_path / "0a1b2c3d.0").touch()
    check_certificates({})
    check_certificates({"SSL_CERT_FILE": certifi.where(), "SSL_CERT_DIR": f"/nowhere:{tmp_path}"})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SSL_CERT_FILE", "/nowhere.pem", "SSL_CERT_FILE=/nowhere.pem cannot be read: name a file"),
        ("SSL_CERT_FILE", "{}", "cannot be read: name a file of certificates, or unset it"),
        ("SSL_CERT_FILE", "{}/text.pem", "holds no certificate"),
        ("SSL_CERT_FILE", "a\0b", "SSL_CERT_FILE=… cannot be read"),
        ("SSL_CERT_DIR", "/nowhere", "SSL_CERT_DIR=/nowhere is no folder"),
        ("SSL_CERT_DIR", "{}/text.pem", "is no folder that can be read"),
    ],
)
def test_certificates_that_are_not_there_are_one_line(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    (tmp_path / "text.pem").write_text("no certificate")
    with pytest.raises(SettingsError) as caught:
        check_certificates({name: value.replace("{}", str(tmp_path))})
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_a_certificate_that_was_refused_is_known_below_what_came_of_it() -> None:
    error = OSError("connect")
    error.__cause__ = ssl.SSLCertVerificationError("self-signed")
    assert is_refused(error)
    assert not is_refused(OSError("connect"))
    assert not is_refused(None)
