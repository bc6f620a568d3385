"""A workspace as a YAML file declares it: people, channels, apps, and what was said. docs/workspace.md shows one.

`sparkling.yml` is the one everybody starts with: four people, three channels, one app, and what was said today.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from pydantic import ConfigDict

from slack_emulator.disputed_rules import STRICT, Compat
from slack_emulator.errors import WorkspaceError
from slack_emulator.json_values import as_object
from slack_emulator.validation import checked

SPARKLING = Path(__file__).parent / "sparkling.yml"
CLOSED = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Person:
    """Somebody. `name` is the handle; the id is made of it where none is given. Everybody is an admin, unless it is said.
    `locale` is that of their Slack, as `users.info` tells it."""

    name: str
    real_name: str = ""
    color: str = ""
    email: str = ""
    id: str = ""
    admin: bool = True
    guest: bool = False
    stranger: bool = False  # of another company
    locale: str = "en-US"
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class SeedChannel:
    """A channel. `members` are handles; everybody where none are named, and every app."""

    name: str
    topic: str = ""
    purpose: str = ""
    private: bool = False
    members: list[str] | None = None
    id: str = ""
    shared: bool = False  # with another company
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class SeedMessage:
    """One message: who, what, and how many minutes ago; with its replies."""

    user: str
    text: str
    minutes_ago: float = 0.0
    channel: str = ""
    replies: list[SeedMessage] = field(default_factory=list["SeedMessage"])
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Registration:
    """An app. What its `manifest` says (a file beside the seed, or the manifest itself) is what it may do, hears and
    offers; without one it may do everything. `workspaces`: where it is installed, all where none are named.
    """

    name: str
    manifest: str | dict[str, Any] | None = None
    handle: str = ""
    code: str = ""
    workspaces: list[str] | None = None
    internal: bool = True
    client_id: str = ""
    client_secret: str = ""
    signing_secret: str = ""
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Home:
    """One workspace."""

    name: str
    people: list[Person]
    channels: list[SeedChannel] = field(default_factory=list[SeedChannel])
    messages: list[SeedMessage] = field(default_factory=list[SeedMessage])
    groups: dict[str, list[str]] = field(
        default_factory=dict[str, list[str]]
    )  # user groups: handles, by theirs
    domain: str = ""
    id: str = ""
    __pydantic_config__: ClassVar = CLOSED


@dataclass(frozen=True)
class Seed:
    """A whole server: its workspaces, the apps in them, how Slack is read, how often they may call, and what goes wrong
    from the start. `limits` is false for none, or new rates: `{chat.update: 5/60}`.
    """

    workspaces: list[Home]
    apps: list[Registration] = field(default_factory=list[Registration])
    readings: Compat = STRICT
    limits: dict[str, str] | bool = True
    script: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    folder: str = ""
    __pydantic_config__: ClassVar = CLOSED


def read_seed(path: Path) -> Seed:
    """The seed in a file; WorkspaceError says what is wrong with it, and where."""
    read = as_object(read_yaml(path))
    if read is None:
        raise WorkspaceError(f"{path}: a seed is a mapping with workspaces and apps")
    seed: Seed = checked(Seed, {**read, "folder": str(path.parent)}, str(path))
    if not seed.workspaces or not all(home.people for home in seed.workspaces):
        raise WorkspaceError(f"{path}: a seed wants a workspace, and somebody in it")
    return seed


@cache
def sparkling_seed() -> Seed:
    """The one everybody starts with."""
    return read_seed(SPARKLING)


def granting(manifest: dict[str, Any], seed: Seed) -> Seed:
    """The same seed, whose apps may do what `manifest` grants, and no more."""
    return replace(seed, apps=[replace(app, manifest=manifest) for app in seed.apps])


def read_yaml(path: Path) -> Any:
    """Returns what a YAML (or JSON) file holds."""
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror or error}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} is no YAML: {' '.join(str(error).split())}") from error
