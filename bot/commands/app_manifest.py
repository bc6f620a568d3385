"""The manifest of our Slack app, as it is installed: `manifest.yml`, beside the code or packed into the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import yaml

import bot

PACKED = Path(bot.__file__).with_name("manifest.yml")
IN_REPOSITORY = Path(bot.__file__).parent.parent / "manifest.yml"


def manifest_path() -> Path:
    """Returns where it is: in the wheel, else at the top of the repository."""
    return PACKED if PACKED.exists() else IN_REPOSITORY


def app_manifest() -> dict[str, Any]:
    """The manifest, as Slack's own format has it."""
    return cast("dict[str, Any]", yaml.safe_load(manifest_path().read_text("utf-8")))
