"""Records keep secrets to themselves."""

from __future__ import annotations

from bot.workspace.seed import teleprinter


def test_an_apps_tokens_are_not_in_its_repr() -> None:
    app, _ = teleprinter()
    assert not [
        secret for secret in (app.bot_token, app.app_token, app.signing_secret) if secret in repr(app)
    ]
