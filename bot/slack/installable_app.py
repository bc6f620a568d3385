"""Puts together what an app needs that many workspaces install: where their tokens are, the pages, and the rotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.durable.installation_store import InstallationStore, OAuthStates
from bot.durable.token_seal import TokenSeal
from bot.slack.oauth_pages import OAuthApp, OAuthPages
from bot.slack.stored_tokens import StoredTokens
from bot.slack.token_rotation import TokenRotation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.durable.database import Database
    from bot.settings import Settings
    from bot.slack.token_rotation import TokenUser


class InstallableApp:
    """Our app, as the settings name it. `client` has no token; `scopes` are those that a workspace is asked for."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        client: AsyncWebClient,
        scopes: Sequence[str],
    ) -> None:
        self.store = InstallationStore(database, settings.slack_client_id, TokenSeal(settings.secret_keys))
        self.tokens = StoredTokens(self.store, settings.slack_api_url, client.session)
        app = OAuthApp(
            settings.slack_client_id, settings.slack_client_secret, settings.public_url, tuple(scopes)
        )
        self.pages = OAuthPages(app, self.store, OAuthStates(database), client)
        self._client = client
        self._secrets = (settings.slack_client_id, settings.slack_client_secret)

    def rotation(self, user: TokenUser) -> TokenRotation:
        """Returns what gives the tokens new ones in time, and tells `user`."""
        return TokenRotation(self.store, user, self._client, *self._secrets)
