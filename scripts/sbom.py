"""Writes what the product consists of: sbom.json (CycloneDX 1.6) and docs/licences.md, both from the lock files.

python scripts/sbom.py          after the lock files have changed, and for whoever asks for an SBOM
python scripts/sbom.py --check  writes nothing, and ends with 1 where the page is stale or a licence is not allowed

Each package stands with its version, its licence and the hashes of all files that pip would take for it. What only the extras
install has the scope "optional".
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import TYPE_CHECKING

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.package_licences import is_allowed, licence_of  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

SBOM = ROOT / "sbom.json"
PAGE = ROOT / "docs" / "licences.md"
VERSION = SchemaVersion.V1_6
_PACKAGE = re.compile(r"^([A-Za-z0-9._-]+)==([^ \\]+)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
HEAD = """# Licences of what is installed

Teleprinter itself is under the MIT licence. These are the packages that it installs, with the licence that each one names (SPDX);
a test holds them to the list of those that are allowed. `make sbom` makes this page of the lock files, and an SBOM (CycloneDX), with
versions and hashes, beside it.
"""


class Locked:
    """Holds the packages of a lock file: version and hashes by name."""

    def __init__(self, name: str) -> None:
        found = _PACKAGE.findall((ROOT / name).read_text(encoding="utf-8"))
        self.versions = {package: version for package, version, _ in found}
        self.hashes = {package: _HASH.findall(rest) for package, _, rest in found}


def base_packages() -> list[str]:
    """Returns the names of what is always installed."""
    return list(Locked("requirements.lock").versions)


def all_packages() -> Locked:
    """Returns what is installed with all extras."""
    return Locked("requirements-extras.lock")


def bill() -> Bom:
    """Returns the bill of materials of the product with all its extras."""
    base, locked = set(base_packages()), all_packages()
    parts = {name: component(name, locked, optional=name not in base) for name in locked.versions}
    bom = Bom(components=parts.values())
    bom.metadata.component = product()
    bom.register_dependency(bom.metadata.component, [parts[name] for name in direct() if name in parts])
    for name, part in parts.items():
        bom.register_dependency(part, [parts[one] for one in needs(name) if one in parts])
    return bom


def component(name: str, locked: Locked, *, optional: bool) -> Component:
    """Returns a package as CycloneDX has it."""
    version, licence = locked.versions[name], licence_of(name)
    purl = PackageURL("pypi", None, name, version)
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=one) for one in locked.hashes[name]]
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(purl.to_string()),
        hashes=hashes,
        comment="all files of this version",
    )
    return Component(
        name=name,
        version=version,
        purl=purl,
        bom_ref=purl.to_string(),
        scope=ComponentScope.OPTIONAL if optional else ComponentScope.REQUIRED,
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        external_references=[files],
    )


def product() -> Component:
    """Returns ourselves."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    purl = PackageURL("pypi", None, project["name"], project["version"])
    return Component(
        type=ComponentType.APPLICATION,
        name=project["name"],
        version=project["version"],
        bom_ref=purl.to_string(),
        licenses=[LicenseFactory().make_from_string(project["license"])],
    )


def direct() -> list[str]:
    """Returns what we ask for ourselves, the extras included."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for extra in project["optional-dependencies"].values() for one in extra]
    return [canonicalize_name(Requirement(one).name) for one in [*project["dependencies"], *extras]]


def needs(package: str) -> Iterator[str]:
    """Yields what an installed package asks for; nothing of one that is installed on other systems only."""
    try:
        asked = requires(package) or []
    except PackageNotFoundError:
        return
    yield from dict.fromkeys(canonicalize_name(Requirement(one).name) for one in asked)


def written(bom: Bom) -> str:
    """Returns the bill as JSON."""
    return make_outputter(bom, OutputFormat.JSON, VERSION).output_as_string(indent=2)


def page() -> str:
    """Returns the page of licences, as Markdown: without versions, since it should change when a licence does."""
    base = set(base_packages())
    rows = [
        f"| {name} | {licence_of(name) or 'unknown'} | {'' if name in base else 'extras'} |".replace(
            "|  |", "| |"
        )
        for name in all_packages().versions
    ]
    return "\n".join([HEAD, "| package | licence | only with |", "|---|---|---|", *rows, ""])


def refused() -> list[str]:
    """Returns the packages whose licence is unknown, or not among those that are allowed."""
    licences = {name: licence_of(name) for name in all_packages().versions}
    return [f"{name}: {one}" for name, one in licences.items() if one is None or not is_allowed(one)]


def main(*, check: bool) -> int:
    """Writes both files, or only looks; returns the process's status."""
    problems = refused()
    for one in problems:
        print(f"{one}: not among the licences in scripts/package_licences.py")
    if not check:
        SBOM.write_text(written(bill()) + "\n", encoding="utf-8")
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        problems.append("page")
        print(f"{PAGE.relative_to(ROOT)} is stale: run `make sbom`")
    return int(bool(problems))


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
