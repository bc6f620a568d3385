"""Tokens nobody can guess, unless somebody wants them to be the same."""

from __future__ import annotations

from slack_emulator.server import Workspace
from slack_emulator.state.token_mint import Mint


def test_a_mint_makes_the_same_secret_for_the_same_name() -> None:
    mint = Mint()
    assert mint.secret("xoxb", "teleprinter") == mint.secret("xoxb", "teleprinter")
    assert mint.secret("xoxb", "teleprinter").startswith("xoxb-local-teleprinter-")


def test_every_mint_makes_others() -> None:
    assert Mint().secret("xoxb", "teleprinter") != Mint().secret("xoxb", "teleprinter")


def test_the_same_words_make_the_same_secrets() -> None:
    assert Mint("a b").secret("xoxb", "x") == Mint("a b").secret("xoxb", "x") != Mint("b").secret("xoxb", "x")


async def test_a_workspace_has_new_tokens_at_each_start_and_keeps_them_at_a_reset() -> None:
    async with Workspace.start() as first, Workspace.start() as second:
        had = first.app
        await first.reset()
        assert first.app.bot_token == had.bot_token != second.app.bot_token
        assert had.app_token != second.app.app_token
        assert had.signing_secret != second.app.signing_secret
        assert had.client_secret != second.app.client_secret


async def test_a_workspace_whose_tokens_are_fixed_has_them_again() -> None:
    async with Workspace.start(tokens="a b") as first, Workspace.start(tokens="a b") as second:
        assert first.app == second.app
