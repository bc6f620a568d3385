"""What rendering costs, and how calm it looks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from benchmarks import markdown

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_an_answer_is_timed_whole_and_bit_by_bit() -> None:
    measured = markdown.speed(600, repeats=1)
    assert measured.length == len(markdown.answer(600)) == 600
    assert 0 < measured.mean <= measured.worst
    assert min(measured.whole, measured.finish, measured.delta) > 0


def test_what_is_not_installed_is_named_with_its_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "OTHERS", {"nobody's": ("no_such_module", "convert")})
    monkeypatch.setattr(markdown, "LENGTHS", (100,))
    shown = CliRunner().invoke(markdown.cli)
    assert shown.exit_code == 0
    assert markdown.INSTALL in shown.output
    assert "nobody's" not in shown.output


def test_what_is_installed_is_timed_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        markdown, "OTHERS", {"a function": ("html", "escape"), "a class": ("tests.benchmarks.upper", "Upper")}
    )
    monkeypatch.setattr(markdown, "LENGTHS", (100,))
    assert list(markdown.others()) == ["a function", "a class"]
    assert markdown.others()["a class"]("b") == "B"
    assert "a class, not healed" in CliRunner().invoke(markdown.cli).output


def test_what_goes_away_again_is_counted() -> None:
    assert markdown.calm(iter(["a **b** c"])) == markdown.Calm(files=1, prefixes=10, wrong=0, back=0)
    # A link that is explained below it is text in brackets until then.
    assert markdown.calm(iter(["[x] y\n\n[x]: https://e.org\n"])).wrong > 0


def test_the_longest_step_is_found() -> None:
    found = markdown.worst_step(iter(["some **words** " * 300]))
    assert found.steps > 20
    assert found.longest > 0
    assert markdown.worst_step(iter([])) == markdown.Worst(0, 0.0, 0)


def test_the_longest_step_is_told_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "corpus", lambda _: [{"markdown": "*a*"}])
    shown = CliRunner().invoke(markdown.cli, ["worst", "--files", "0"]).output.splitlines()
    assert [line.split(" steps")[0] for line in shown] == ["corpus: 12", "installed packages: 0"]


def test_texts_of_installed_packages_are_read() -> None:
    texts = list(markdown.installed(3))
    assert len(texts) == 3
    assert min(map(len, texts)) > 200


def test_calmness_and_the_specification_are_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "spec.json"
    file.write_text(json.dumps([{"markdown": "*a*"}, {"markdown": "`b`"}]))
    assert (
        CliRunner().invoke(markdown.cli, ["spec", str(file)]).output
        == "2 of 2 examples read the same (100.0 %)\n"
    )
    monkeypatch.setattr(markdown, "corpus", lambda _: [{"markdown": "*a*"}])
    assert CliRunner().invoke(markdown.cli, ["calm", "--files", "0"]).output.splitlines() == [
        "corpus: 1 files, 4 beginnings, 0 wrong (0.000 %), 0 steps back",
        "installed packages: 0 files, 0 beginnings, 0 wrong (0.000 %), 0 steps back",
    ]
