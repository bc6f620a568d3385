"""Several workspaces, and whose token is whose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from slack_emulator.errors import Refused, WorkspaceError
from slack_emulator.seeding.loader import sown
from slack_emulator.seeding.seed import Seed
from slack_emulator.state.token_mint import Mint
from slack_emulator.validation import checked

if TYPE_CHECKING:
    from slack_emulator.state.teams import Teams

NOW = 1_766_458_026.0
MINT = Mint()


@pytest.fixture
def teams() -> Teams:
    homes = [{"name": name, "people": [{"name": "ada"}]} for name in ("Still", "Sparkling")]
    apps = [{"name": "Mixer"}, {"name": "Lonely", "workspaces": ["Sparkling"]}]
    return sown(checked(Seed, {"workspaces": homes, "apps": apps}, "seed"), NOW, MINT)


@pytest.mark.parametrize("name", ["Sparkling", "sparkling", "T0SPARKLING"])
def test_a_workspace_is_found_by_id_name_and_domain(teams: Teams, name: str) -> None:
    assert teams[name].team.id == "T0SPARKLING"


def test_a_workspace_that_is_not_there_is_told_with_those_that_are(teams: Teams) -> None:
    with pytest.raises(WorkspaceError, match="no workspace Fizzy: choose among Still, Sparkling"):
        teams["Fizzy"]


def test_a_token_tells_the_app_and_the_workspace(teams: Teams) -> None:
    for installed in teams.installed("A0MIXER"):
        found, app_level = teams.bearer(installed.app.bot_token, NOW)
        assert (found, app_level) == (installed, False)
    assert teams.bearer(MINT.secret("xapp", "mixer"), NOW)[1]


def test_tokens_end_and_are_taken_back(teams: Teams) -> None:
    lonely = MINT.secret("xoxb", "lonely")
    teams.expiring[lonely] = NOW
    assert teams.bearer(lonely, NOW)
    with pytest.raises(Refused, match="token_expired"):
        teams.bearer(lonely, NOW + 1)
    teams.expiring["xoxb-gone"] = 0.0
    with pytest.raises(Refused, match="token_revoked"):
        teams.bearer("xoxb-gone", NOW)
    with pytest.raises(Refused, match="invalid_auth"):
        teams.bearer("xoxb-never", NOW)


def test_an_app_is_found_wherever_it_is(teams: Teams) -> None:
    assert teams.app("A0LONELY").name == "Lonely"
    with pytest.raises(WorkspaceError, match="no app A9"):
        teams.app("A9")


def test_the_workspaces_can_be_others(teams: Teams) -> None:
    sparkling = teams["Sparkling"]
    teams.replace(sparkling)
    assert (list(teams), teams.first) == ([sparkling], sparkling)
