"""Records keep secrets to themselves."""

from __future__ import annotations

from slack_emulator.seeding.loader import made
from slack_emulator.seeding.seed import Registration


def test_an_apps_tokens_are_not_in_its_repr() -> None:
    app = made(Registration("Teleprinter"))
    assert not [
        secret
        for secret in (app.bot_token, app.app_token, app.signing_secret, app.client_secret)
        if secret in repr(app)
    ]
