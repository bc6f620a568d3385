"""Under which licences packages may be, and where a package says its own."""

from __future__ import annotations

from email.message import Message

import pytest

from scripts import package_licences
from scripts.package_licences import is_allowed, licence_of


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", True),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("Apache-2.0 WITH LLVM-exception", False),
    ],
)
def test_a_licence_is_allowed_where_all_that_it_asks_for_is(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed


@pytest.mark.parametrize(
    ("headers", "licence"),
    [
        ([("License-Expression", "MIT AND PSF-2.0"), ("License", "GPL-3.0-only")], "MIT AND PSF-2.0"),
        ([("License", "BSD-3-Clause")], "BSD-3-Clause"),
        ([("License", "3-Clause BSD License")], "BSD-3-Clause"),
        (
            [("License", "Apache 2.0"), ("Classifier", "License :: OSI Approved :: Apache Software License")],
            "Apache-2.0",
        ),
        ([("Classifier", "Programming Language :: Python"), ("License", "as is (see below)")], None),
        ([], None),
    ],
    ids=["an expression", "a field", "words", "a classifier", "odd words", "nothing"],
)
def test_what_a_package_says_is_read_in_the_three_ways_there_are(
    headers: list[tuple[str, str]], licence: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Message()
    for name, value in headers:
        said[name] = value
    monkeypatch.setattr(package_licences, "metadata", lambda _: said)
    assert licence_of("anything") == licence


def test_of_a_package_that_nobody_has_nothing_is_known() -> None:
    assert licence_of("no-such-package-anywhere") is None


def test_what_a_package_does_not_say_stands_in_the_list() -> None:
    assert licence_of("tiktoken") == "MIT"
