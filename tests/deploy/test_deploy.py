"""What ships the bot is what its tools take, and asks for settings and figures that there are."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, generate_latest

from bot.environment.setting_reference import KNOWN_VARIABLES
from bot.observability.level_gauges import LevelGauges
from bot.observability.metrics import Metrics
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
LAST_WORDS = 12
"""Seconds beyond the grace time, after which the process ends whatever happens (docs/settings.md)."""
NOT_OURS = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "PATH", "PYTHONUNBUFFERED", "LOCK"}


def tool(name: str) -> str:
    """A program beside this Python; the test is skipped where it does not exist for this machine."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not on this machine")
    return found


def said(*command: str) -> tuple[int, str]:
    # Programs that we named ourselves.
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)  # noqa: S603
    return done.returncode, done.stdout + done.stderr


def test_the_dockerfile_is_what_a_linter_takes() -> None:
    assert said(tool("hadolint"), "Dockerfile") == (0, "")


def test_everything_that_the_image_is_made_of_is_sent_to_the_builder() -> None:
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    locks = re.findall(r"LOCK=(\S+)", (ROOT / "Dockerfile").read_text())
    named = {*locks, *(one for line in copied for one in line.split())}
    sent = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE))
    assert named == {"requirements-extras.lock", *sent}
    assert [one for one in named if not (ROOT / one).exists()] == []


def test_the_compose_file_keeps_the_schema() -> None:
    code, words = said(
        tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "deploy/compose.yml"
    )
    assert code == 0, words


def test_a_misspelt_key_in_a_compose_file_is_found(tmp_path: Path) -> None:
    wrong = tmp_path / "compose.yml"
    wrong.write_text((DEPLOY / "compose.yml").read_text().replace("read_only:", "readonly:"))
    code, _ = said(tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", str(wrong))
    assert code == 1


def test_kubernetes_takes_the_manifests() -> None:
    code, words = said(tool("kubernetes-validate"), "-k", "1.36", "--strict", "deploy/kubernetes.yml")
    assert code == 0, words


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "teleprinter.service"
    # It looks whether the command is there.
    installed = (DEPLOY / "teleprinter.service").read_text()
    unit.write_text(installed.replace("/opt/teleprinter/.venv/bin/teleprinter", sys.executable))
    code, words = said(tool("systemd-analyze"), "verify", str(unit))
    assert (code, words) == (0, "")


def variables(text: str) -> set[str]:
    """The names that a file of settings, a unit, or an image sets, commented ones included."""
    return set(re.findall(r"(?:^#? ?|^Environment=| |ENV )([A-Z][A-Z_]+)=", text, re.MULTILINE))


@pytest.mark.parametrize("name", [".env.example", "Dockerfile", "deploy/teleprinter.service"])
def test_every_variable_that_is_set_is_one_that_is_read(name: str) -> None:
    found = variables((ROOT / name).read_text()) - NOT_OURS - {"PIP_DISABLE_PIP_VERSION_CHECK"}
    assert found
    assert found - KNOWN_VARIABLES == set()


def test_so_is_every_variable_of_compose_and_kubernetes() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["bot"]["environment"]
    pod = deployment()["spec"]["template"]["spec"]
    names = set(compose) | {one["name"] for one in pod["containers"][0]["env"]}
    assert names - KNOWN_VARIABLES == set()


def deployment() -> dict[str, Any]:
    found: dict[str, Any] = next(
        one
        for one in yaml.safe_load_all((DEPLOY / "kubernetes.yml").read_text())
        if one["kind"] == "Deployment"
    )
    return found


def test_who_stops_it_waits_until_it_has_finished() -> None:
    needed = Settings.drain + LAST_WORDS
    compose = yaml.safe_load((DEPLOY / "compose.yml").read_text())["services"]["bot"]
    assert float(compose["stop_grace_period"].removesuffix("s")) > needed
    assert deployment()["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > needed
    [stop] = re.findall(r"^TimeoutStopSec=(\d+)$", (DEPLOY / "teleprinter.service").read_text(), re.MULTILINE)
    assert int(stop) > needed


def test_nothing_runs_as_root_or_writes_to_its_own_image() -> None:
    assert re.search(r"^USER 10001:10001$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    pod = deployment()["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["containers"][0]["securityContext"]["readOnlyRootFilesystem"]


def figures() -> set[str]:
    """The names of all samples that a process may tell."""
    registry = CollectorRegistry()
    hook = Metrics(registry)
    registry.register(LevelGauges())
    names = {sample.name for family in registry.collect() for sample in family.samples}
    # A level has no sample where nobody offers one.
    names |= {family.name for family in LevelGauges().collect()}
    # A counter with labels has no sample before its first.
    families = re.findall(r"^# TYPE (\w+) counter", generate_latest(registry).decode(), re.MULTILINE)
    assert callable(hook)
    return names | set(families) | {"teleprinter_event_loop_lag_seconds"}


def queries() -> Iterator[tuple[str, str]]:
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]:
        yield from ((rule["alert"], rule["expr"]) for rule in group["rules"])
    for panel in json.loads((DEPLOY / "grafana.json").read_text())["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel["targets"])


@pytest.mark.parametrize(("title", "expr"), [*queries()], ids=[expr for _, expr in queries()])
def test_every_query_asks_for_a_figure_that_there_is(title: str, expr: str) -> None:
    asked = set(re.findall(r"teleprinter_\w+", expr))
    assert asked, title
    assert asked - figures() == set()


def test_every_alert_is_explained_to_whoever_is_woken_by_it_and_no_other() -> None:
    section = (ROOT / "docs" / "operating.md").read_text().partition("## What an alert means\n")[2]
    told = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \|$", section.partition("\n## ")[0], re.MULTILINE)
    groups = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]
    assert sorted(name for name, *_ in told) == sorted(
        rule["alert"] for one in groups for rule in one["rules"]
    )
    assert [name for name, *words in told if min(map(len, words)) < 10] == []
