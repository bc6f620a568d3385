"""The server that stands for a provider."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx2
import pytest

from benchmarks.providers.server import Answer, Server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server() as server:
        yield server


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(trust_env=False) as client:
        yield client


async def test_the_steps_are_the_body(server: Server, client: httpx2.AsyncClient) -> None:
    server.play(Answer([b"Hel", 0.001, b"lo"], content_type="text/x"))
    response = await client.post(server.address, content=b"{}")
    assert (response.text, response.headers["content-type"]) == ("Hello", "text/x")


async def test_the_last_answer_is_given_again(server: Server, client: httpx2.AsyncClient) -> None:
    server.play(Answer([b"no"], status=429, headers={"retry-after": "2"}), Answer([b"yes"]))
    first, *later = [await client.post(server.address) for _ in range(3)]
    assert (first.status_code, first.headers["retry-after"]) == (429, "2")
    assert [response.text for response in later] == ["yes", "yes"]
    assert server.asked == 3


async def test_what_is_not_a_question_counts_for_none(server: Server, client: httpx2.AsyncClient) -> None:
    server.play(Answer([b"yes"]))
    assert (await client.get(f"{server.address}/models")).json() == {"data": []}
    assert server.asked == 0


async def test_an_endless_answer_ends_when_its_reader_hangs_up(
    server: Server, client: httpx2.AsyncClient
) -> None:
    server.play(Answer([b"once ", b"word ", 0.001], endless=True))
    async with client.stream("POST", server.address) as response:
        chunks = response.aiter_text()
        read = [await anext(chunks) for _ in range(3)]
        assert not server.hung_up.is_set()
    assert "".join(read).startswith("once word word")
    async with asyncio.timeout(10):
        await server.hung_up.wait()


@pytest.mark.parametrize("way", ["whole", "in pieces"])
async def test_what_was_asked_is_kept(way: str, server: Server, client: httpx2.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b'{"a": '
        yield b"[1]}"

    server.play(Answer([b"yes"]))
    content: dict[str, bytes | AsyncIterator[bytes]] = {"whole": b'{"a": [1]}', "in pieces": pieces()}
    assert (await client.post(server.address, content=content[way])).text == "yes"
    assert server.bodies == [{"a": [1]}]


async def test_a_new_play_forgets_the_one_before(server: Server, client: httpx2.AsyncClient) -> None:
    server.play(Answer([b"old"]))
    await client.post(server.address)
    server.play(Answer([b"new"]))
    assert server.asked == 0
    assert (await client.post(server.address)).text == "new"
