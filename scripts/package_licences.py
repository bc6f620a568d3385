"""Says under which licence each package is that the product installs, and which licences it may be under.

A package says so in its metadata, in one of three ways; what the metadata of a package does not tell, or of one that is installed on
other systems only, stands here. The licences are written as SPDX expressions.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from typing import Any

from license_expression import ExpressionError, get_spdx_licensing

ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CNRI-Python", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0",
    "Python-2.0", "Unlicense", "Zlib",
    # Of these the source of the packages themselves has to be open, and they are used as they are published.
    "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0",
}  # fmt: skip
"""Licences under which a package may be that everybody installs who installs the product."""

KNOWN = {
    "httpx2-jsfetch": "BSD-3-Clause",  # in a browser only; from its wheel's metadata
    "pypdfium2": "Apache-2.0 AND BSD-3-Clause",  # with PDFium, whose parts ask for no more; the texts are in its wheel
    "pywin32": "PSF-2.0",  # on Windows only; from its wheel's metadata
    "tiktoken": "MIT",  # its metadata has the whole text
}
CLASSIFIERS = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
WORDS = {"3-Clause BSD License": "BSD-3-Clause"}
_SPDX = get_spdx_licensing()


def licence_of(package: str) -> str | None:
    """Returns an SPDX expression; None where nobody knows."""
    if package in KNOWN:
        return KNOWN[package]
    try:
        said = metadata(package)
    except PackageNotFoundError:
        return None
    named = [*(said.get_all("License-Expression") or []), *(said.get_all("License") or []), ""][0]
    for one in (named, WORDS.get(named, "")):
        if _is_expression(one):
            return one
    classified = [one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or [] if "License" in one]
    return next((CLASSIFIERS[one] for one in classified if one in CLASSIFIERS), None)


def is_allowed(expression: str) -> bool:
    """Tells whether we may use what is under `expression`: all that it joins by AND, or one that it joins by OR."""
    return _holds(_SPDX.parse(expression, validate=True))


def _holds(expression: Any) -> bool:
    name = type(expression).__name__
    if name in ("AND", "OR"):
        each = map(_holds, expression.args)
        return all(each) if name == "AND" else any(each)
    return str(expression) in ALLOWED


@cache
def _is_expression(text: str) -> bool:
    try:
        return bool(text) and not _SPDX.unknown_license_keys(text)
    except ExpressionError:
        return False
