"""A network of the tests' own, in which packets can be lost: PostgreSQL is in a name space of its own behind it."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Wire:
    """The way to a name space. `inside` are the words in front of a command that is to run there."""

    name: str
    address: str

    @property
    def inside(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def lose_what_is_open(self, port: int) -> None:
        """From now on no packet of the connections that are open to `port` arrives; new ones work."""
        ports = self._open_to(port)
        self._drop(f"tcp sport {ports}", f"tcp dport {ports}")

    def lose_answers(self, port: int) -> None:
        """From now on what is said through connections open to `port` arrives there, and no packet comes back; new ones work."""
        self._drop("meta l4proto 255", f"tcp dport {self._open_to(port)}")

    def _open_to(self, port: int) -> str:
        """The ports of those that are connected to `port`, as nft writes a set."""
        found = _run(*self.inside, "ss", "-Htn", "state", "established", f"( sport = :{port} )")
        # Recv-Q, Send-Q, ours, theirs
        theirs = {line.split()[3].rpartition(":")[2] for line in found.splitlines()}
        assert theirs
        return f"{{ {', '.join(sorted(theirs))} }}"

    def lose_everything(self) -> None:
        """From now on no packet arrives at all."""
        self._drop("meta l4proto tcp", "meta l4proto tcp")

    def _drop(self, arriving: str, leaving: str) -> None:
        rules = f"""
        table inet losses {{
            chain arriving {{ type filter hook input priority 0; {arriving} drop; }}
            chain leaving {{ type filter hook output priority 0; {leaving} drop; }}
        }}
        """
        _run(*self.inside, "nft", "-f", "-", told=rules)


@contextmanager
def wire() -> Iterator[Wire]:
    """A name space and the way to it. Skips the test, and says so, where that may not be made."""
    for program in ("ip", "ss", "nft"):
        if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
            pytest.skip(f"{program} is not installed (Debian: apt-get install iproute2 nftables)")
    name = f"tp{uuid4().hex[:8]}"
    # A network of four addresses; this one is for benchmarks (RFC 2544), and nobody has it at home.
    first, second = uuid4().bytes[:2]
    network = f"198.{18 + first % 2}.{second}"
    made = subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True, text=True)  # noqa: S603, S607
    if made.returncode:
        pytest.skip(f"no network name space may be made here: {made.stderr.strip()}")
    try:
        _run("ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", name)
        _run("ip", "addr", "add", f"{network}.1/30", "dev", name)
        _run("ip", "link", "set", name, "up")
        there = Wire(name, f"{network}.2")
        _run(*there.inside, "ip", "addr", "add", f"{there.address}/30", "dev", "eth0")
        _run(*there.inside, "ip", "link", "set", "eth0", "up")
        yield there
    finally:
        _run("ip", "netns", "del", name)  # and the link with it


def _run(*command: str, told: str = "") -> str:
    done = subprocess.run(command, check=False, input=told, capture_output=True, text=True)  # noqa: S603
    assert done.returncode == 0, done.stderr
    return done.stdout
