"""The whole bot is measured beside other ways to read the same streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import cli
from benchmarks.costs import whole_bot
from benchmarks.costs.certificate import make_certificate
from benchmarks.costs.comparison import token_server, trust
from benchmarks.costs.readers import WAYS, with_aiohttp, with_ours
from bot.errors import ModelUntrusted

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from benchmarks.costs.readers import Reading


@pytest.fixture
def url() -> Iterator[str]:
    with token_server(rate=500.0) as url:
        yield url


@pytest.mark.parametrize("read", [with_aiohttp, with_ours])
async def test_a_reader_hears_every_token_and_says_how_late(
    url: str, read: Callable[..., Awaitable[Reading]]
) -> None:
    reading = await read(url, tokens=20, streams=2)
    assert 0 <= reading.late <= reading.latest


async def test_over_tls_the_same_is_read_by_who_trusts_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    with token_server(500.0, certificate) as url:
        with pytest.raises(ModelUntrusted):
            await with_ours(url, tokens=20, streams=2)
        monkeypatch.setenv("SSL_CERT_FILE", trust(certificate)["SSL_CERT_FILE"])
        reading = await with_ours(url, tokens=20, streams=2)
    assert url.startswith("https://")
    assert 0 <= reading.late <= reading.latest


@pytest.mark.slow
def test_all_ways_and_the_bot_stand_in_one_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_bot, "IDLE", 0.1)
    shown = CliRunner().invoke(cli, ["cpu", "--streams", "2", "--tokens", "20", "--rate", "100"])
    assert shown.exit_code == 0
    assert [name for name in (*WAYS, "the whole bot") if name not in shown.output] == []
    assert "ready after" in shown.output
