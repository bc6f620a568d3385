"""The manifest of the app is the one that stands in the repository, wherever the bot was installed from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from bot.commands import app_manifest as module
from bot.commands.app_manifest import IN_REPOSITORY, app_manifest, manifest_path

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_in_a_checkout_it_is_the_one_of_the_repository() -> None:
    assert manifest_path() == IN_REPOSITORY
    assert app_manifest() == yaml.safe_load(IN_REPOSITORY.read_text("utf-8"))


def test_in_an_installed_wheel_it_is_the_one_that_was_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = tmp_path / "manifest.yml"
    packed.write_text("display_information: {name: Packed}")
    monkeypatch.setattr(module, "PACKED", packed)
    assert app_manifest() == {"display_information": {"name": "Packed"}}
