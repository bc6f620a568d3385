"""Shows people their App Home, and deletes what is stored of whoever wants that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.core.conversation import notices
from bot.core.conversation.app_home import home_view
from bot.errors import SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.logs import way_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.core.conversation.app_home import HomeVisit, StoredData
    from bot.core.conversation.json_payload import Payload
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.turns.owned_tasks import OwnedTasks


class HomeSurface(Protocol):
    """Shows views in a workspace; see `bot.slack.web_api_client`."""

    async def publish_view(self, user: str, view: Payload) -> None: ...


class HomeSurfaces(Protocol):
    """Knows the workspaces that have installed us; see `bot.installation`."""

    async def surface(self, team: str) -> HomeSurface | None: ...
    async def language(self, team: str, user: str) -> Language: ...


class PersonalRecord(Protocol):
    """Holds what is on record of a person; see `bot.durable.personal_data`."""

    async def count(self, team: str, person: str) -> StoredData: ...
    async def delete(self, team: str, person: str) -> None: ...


class HomeActions:
    """The App Homes of all workspaces of a process. Its work is owned by `tasks`; `model` names the model that answers now, and `most` is
    how many answers a day a person may have."""

    def __init__(
        self,
        record: PersonalRecord,
        surfaces: HomeSurfaces,
        tasks: OwnedTasks,
        model: Callable[[], str],
        most: int | None = None,
    ) -> None:
        self._record = record
        self._surfaces = surfaces
        self._tasks = tasks
        self._model = model
        self._most = most

    def show(self, visit: HomeVisit) -> None:
        """Shows somebody their home, soon."""
        self._tasks.start("app home", self._publish(visit, None))

    def delete(self, visit: HomeVisit) -> None:
        """Deletes what is stored of somebody, and shows them, soon."""
        self._tasks.start("delete my data", self._delete(visit))

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
        view = home_view(stored, language, model=self._model(), most=self._most, word=word)
        try:
            await surface.publish_view(visit.user, view)
        except SlackError as error:
            tell(facts.HomeRefused(error=str(error)))
