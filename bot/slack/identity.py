"""Says who we are in each workspace that has installed us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from slack_sdk.web.async_client import AsyncWebClient

INSTALL_PATH, REDIRECT_PATH = "/slack/install", "/slack/oauth_redirect"
"""Lead to the page where a workspace installs us, and back from Slack."""
US = "us"
"""Names in Bolt's context who we are in the workspace that sent a payload: an `Identity`."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Names us in a workspace, as `auth.test` does."""

    team: str
    user: str
    bot_id: str
    name: str
    team_name: str
    site: str = ""  # the workspace's address, with a slash behind it
    organisation: str = ""  # that the workspace is in, of Enterprise Grid
    org_wide: bool = False  # one token for all workspaces of an organisation


@dataclass(frozen=True, slots=True)
class WorkspaceLogin:
    """The way to a workspace: who we are there, and a client with our token, which `installer` has given: that workspace, or its
    organisation."""

    us: Identity
    client: AsyncWebClient
    installer: str = ""


class IdentityDirectory(Protocol):
    """Knows the workspaces that have installed us; see `bot.installation`."""

    async def identity(self, team: str) -> Identity | None:
        """Returns who we are in the workspace `team`, or None where it has not installed us."""
        ...
