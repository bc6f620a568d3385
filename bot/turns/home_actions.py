"""Shows people their App Home, lets them set how they want to be answered, and deletes what is stored of whoever wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices
from bot.core.conversation.app_home import HomeVisit, home_view
from bot.core.conversation.settings_form import parse_personal, personal_form
from bot.errors import SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to
from bot.turns.submitted_forms import keep_in_time

if TYPE_CHECKING:
    from bot.core.conversation.answer_settings import PersonalSettings
    from bot.core.conversation.app_home import StoredData
    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.model.answering import Models
    from bot.turns.owned_tasks import OwnedTasks


class HomeSurface(Protocol):
    """Shows views in a workspace; see `bot.slack.web_api_client`."""

    async def open_view(self, trigger: str, view: Payload) -> None: ...
    async def publish_view(self, user: str, view: Payload) -> None: ...


class HomeSurfaces(Protocol):
    """Knows the workspaces that have installed us; see `bot.installation`."""

    async def surface(self, team: str) -> HomeSurface | None: ...
    def installer(self, team: str) -> str: ...
    async def language(self, team: str, user: str) -> Language: ...


class PersonalRecord(Protocol):
    """Holds what is on record of a person; see `bot.durable.personal_data`."""

    async def count(self, team: str, person: str) -> StoredData: ...
    async def delete(self, team: str, person: str) -> None: ...


class KeptSettings(Protocol):
    """Keeps what people have set; see `bot.turns.settings_desk`."""

    async def keep(self, team: str, person: str, wanted: PersonalSettings, *, installer: str) -> None: ...


class HomeActions:
    """The App Homes of all workspaces of a process. Its work is owned by `tasks`; `models` are those that may be chosen, and `most` is
    how many answers a day a person may have."""

    def __init__(
        self,
        record: PersonalRecord,
        settings: KeptSettings,
        surfaces: HomeSurfaces,
        tasks: OwnedTasks,
        models: Models,
        most: int | None = None,
    ) -> None:
        self._record = record
        self._settings = settings
        self._surfaces = surfaces
        self._tasks = tasks
        self._models = models
        self._most = most

    def show(self, visit: HomeVisit) -> None:
        """Shows somebody their home, soon."""
        self._tasks.start("app home", self._publish(visit, None))

    def delete(self, visit: HomeVisit) -> None:
        """Deletes what is stored of somebody, and shows them, soon."""
        self._tasks.start("delete my data", self._delete(visit))

    def change(self, visit: HomeVisit) -> None:
        """Opens the form of somebody, soon."""
        self._tasks.start("settings", self._open_form(visit))

    async def keep(self, payload: Payload, *, team: str) -> str:
        """Keeps what somebody has submitted, and shows them. Returns why not, in their language; "" where it is kept."""
        given = parse_personal(payload, team=team, models=self._models.names)
        problem = given.problem
        if problem is None:
            installer = self._surfaces.installer(team)
            keeping = self._settings.keep(team, given.user, given.settings, installer=installer)
            problem = await keep_in_time(keeping, name="settings")
        if problem is not None:
            return (await self._surfaces.language(team, given.user)).say(problem)
        tell(facts.PreferencesKept(team=team))
        self._tasks.start("app home", self._publish(HomeVisit(team, given.user), notices.SETTINGS_KEPT))
        return ""

    async def _open_form(self, visit: HomeVisit) -> None:
        surface = await self._surfaces.surface(visit.team)
        if surface is None:
            return
        stored = await self._record.count(visit.team, visit.user)
        language = await self._surfaces.language(visit.team, visit.user)
        try:
            await surface.open_view(
                visit.trigger, personal_form(stored.settings, language, self._models.names)
            )
        except SlackError as error:
            tell(facts.HomeRefused(error=str(error)))
            await self._publish(visit, notices.UNDONE)

    async def _delete(self, visit: HomeVisit) -> None:
        try:
            await self._record.delete(visit.team, visit.user)
            left = await self._record.count(visit.team, visit.user)
        except Exception as error:
            # Whoever wants it deleted has to know that it is not.
            tell(facts.WorkCrashed(work="delete my data", way=way_to(error)))
            await self._publish(visit, notices.HOME_UNDONE)
            return
        tell(facts.PersonalDataDeleted(team=visit.team, left=left.questions))
        await self._publish(visit, notices.HOME_KEPT_RUNNING if left.questions else notices.HOME_DELETED)

    async def _publish(self, visit: HomeVisit, word: Translatable | None) -> None:
        surface = await self._surfaces.surface(visit.team)
        if surface is None:
            return
        stored = await self._record.count(visit.team, visit.user)
        language = await self._surfaces.language(visit.team, visit.user)
        model = self._models.name_of(stored.settings.model)
        view = home_view(stored, language, model=model, most=self._most, word=word)
        try:
            await surface.publish_view(visit.user, view)
        except SlackError as error:
            tell(facts.HomeRefused(error=str(error)))
