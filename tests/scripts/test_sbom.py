"""The bill of materials is made of the lock files, keeps its schema, and holds no licence that is not allowed."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.validation.json import JsonStrictValidator

from scripts import sbom

ROOT = Path(__file__).parents[2]


@cache
def text() -> str:
    return sbom.written(sbom.bill())


@cache
def components() -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in json.loads(text())["components"]}


@pytest.mark.slow
def test_it_keeps_the_schema_of_cyclonedx() -> None:
    assert JsonStrictValidator(sbom.VERSION).validate_str(text()) is None


def shortened() -> str:
    """The bill of ten packages: the validator takes 30 ms to look whether an address is one."""
    bom = json.loads(text())
    return json.dumps(bom | {"components": bom["components"][:10]})


def test_so_it_does_for_ten_packages() -> None:
    assert JsonStrictValidator(sbom.VERSION).validate_str(shortened()) is None


def test_a_bill_that_lacks_what_it_needs_is_found() -> None:
    wrong = text().replace('"type": "library"', '"kind": "library"', 1)
    assert JsonStrictValidator(sbom.VERSION).validate_str(wrong) is not None


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-extras.lock"])
def test_every_package_of_a_lock_file_is_in_it_with_its_version(lock: str) -> None:
    pinned = re.findall(r"^(\S+)==(\S+)", (ROOT / lock).read_text(), re.MULTILINE)
    assert len(pinned) > 60
    assert {(name, components()[name]["version"]) for name, _ in pinned} == set(pinned)


def test_every_package_has_its_licence_and_all_hashes_that_are_locked() -> None:
    hashed = [one["externalReferences"][0]["hashes"] for one in components().values()]
    count = (ROOT / "requirements-extras.lock").read_text().count("--hash=sha256:")
    assert sum(map(len, hashed)) == count
    assert all(one["licenses"] for one in components().values())


def test_what_only_the_extras_install_is_optional() -> None:
    scopes = {name: one["scope"] for name, one in components().items()}
    assert (scopes["openai"], scopes["mcp"]) == ("required", "optional")


def test_it_says_what_asks_for_what() -> None:
    asked = {one["ref"]: one.get("dependsOn", []) for one in json.loads(text())["dependencies"]}
    versions = {name: one["version"] for name, one in components().items()}
    [ours] = [ref for ref in asked if ref.startswith("pkg:pypi/teleprinter@")]
    assert f"pkg:pypi/slack-bolt@{versions['slack-bolt']}" in asked[ours]
    assert (
        f"pkg:pypi/slack-sdk@{versions['slack-sdk']}"
        in asked[f"pkg:pypi/slack-bolt@{versions['slack-bolt']}"]
    )


def test_all_that_we_ask_for_is_in_the_lock_files() -> None:
    assert set(sbom.direct()) - set(sbom.all_packages().versions) == set()


def test_no_index_is_named_in_it() -> None:
    assert re.findall(r"https?://[^\"]+", text()) == ["http://cyclonedx.org/schema/bom-1.6.schema.json"]


def test_every_licence_is_one_that_is_allowed() -> None:
    assert sbom.refused() == []


def test_the_page_of_licences_is_made_from_the_lock_files() -> None:
    assert sbom.main(check=True) == 0


def test_a_stale_page_and_a_licence_that_is_not_allowed_are_told_and_both_files_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sbom, "ROOT", tmp_path)
    monkeypatch.setattr(sbom, "PAGE", tmp_path / "licences.md")
    monkeypatch.setattr(sbom, "SBOM", tmp_path / "sbom.json")
    for name in ("requirements.lock", "requirements-extras.lock"):
        (tmp_path / name).write_text(f"openai==3.0 \\\n    --hash=sha256:{'0' * 64}\nno-such-package==1\n")
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    assert sbom.main(check=True) == 1
    told = capsys.readouterr().out
    assert "no-such-package: None: not among the licences" in told
    assert "licences.md is stale: run `make sbom`" in told
    assert sbom.main(check=False) == 1
    assert "| no-such-package | unknown | |" in (tmp_path / "licences.md").read_text()
    assert json.loads((tmp_path / "sbom.json").read_text())["components"][1]["version"] == "3.0"
