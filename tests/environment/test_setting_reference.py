"""The table of all settings says of each variable that is read, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.environment.certificates import check_certificates
from bot.environment.proxies import proxy_for
from bot.environment.setting_reference import KNOWN_VARIABLES, SECTIONS
from bot.model.local.weights import cache_dir
from bot.observability.tracing import is_wanted
from bot.settings import demo_port, from_env

ROOT = Path(__file__).parents[2]
ENTRIES = [entry for entries in SECTIONS.values() for entry in entries]
VALUES = [(one.name, one.default.strip("`")) for one in ENTRIES if re.fullmatch("`[^`]+`", one.default)]
OURS = re.compile(r"[\"'](?:f\")?((?:TELEPRINTER|SLACK)_[A-Z_]*[A-Z])\b")


class Spy(dict[str, str]):
    """An environment that notes which variables are asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


def test_exactly_the_variables_that_are_read_are_in_the_table() -> None:
    spy = Spy()
    from_env(spy)
    demo_port(spy)
    check_certificates(spy)
    proxy_for("https://slack.com/api/", spy)
    cache_dir(spy, platform="linux")
    is_wanted(spy)
    # A proxy is also taken in small letters, as other programs do; XDG's folders are the system's.
    assert {name.upper() for name in spy.asked} - {"XDG_CACHE_HOME"} == KNOWN_VARIABLES


def test_no_module_reads_a_variable_of_ours_beside_it() -> None:
    sources = [path for path in (ROOT / "bot").rglob("*.py") if path.name != "setting_reference.py"]
    named = {name for path in sources for name in OURS.findall(path.read_text(encoding="utf-8"))}
    assert named - KNOWN_VARIABLES == set()


def test_a_variable_stands_in_the_table_once() -> None:
    assert len(ENTRIES) == len(KNOWN_VARIABLES)


@pytest.mark.parametrize(("name", "value"), VALUES, ids=[name for name, _ in VALUES])
def test_a_default_that_is_a_value_is_the_one_that_counts(name: str, value: str) -> None:
    assert from_env({name: value}) == from_env({})


def test_some_defaults_are_values() -> None:
    assert ("PORT", "3000") not in VALUES
    assert ("TELEPRINTER_TOOL_CALLS", "20") in VALUES
