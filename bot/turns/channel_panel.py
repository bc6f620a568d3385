"""Shows people how answers in a channel are set, and lets its managers change that: admins and owners of the workspace, whoever created
the channel, and whom the operator names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from bot.core.conversation import notices
from bot.core.conversation.admission import CHANNEL_OFF, Refusal
from bot.core.conversation.answer_settings import AnswerSettings
from bot.core.conversation.channel_form import PanelAnswer, channel_form, channel_view, parse_channel
from bot.core.conversation.incoming import Kind, ThreadKey, TurnKey
from bot.errors import SlackError
from bot.observability import facts
from bot.observability.hooks import tell
from bot.turns.submitted_forms import PATIENCE, keep_in_time
from bot.turns.workspace_admins import is_known_admin

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.core.conversation.access_rules import AskerStanding
    from bot.core.conversation.answer_settings import ChannelSettings
    from bot.core.conversation.channel_form import ChannelGiven, ChannelVisit, OperatorWants
    from bot.core.conversation.json_payload import Payload
    from bot.core.conversation.profiles import ChannelProfile
    from bot.language.catalogue import Language
    from bot.language.translatable import Translatable
    from bot.turns.admission_desk import Admitting
    from bot.turns.owned_tasks import OwnedTasks


class PanelSurface(Protocol):
    """Shows views in a workspace; see `bot.slack.web_api_client`."""

    async def open_view(self, trigger: str, view: Payload) -> None: ...
    async def is_admin(self, user: str) -> bool: ...


class PanelDirectory(Protocol):
    """Knows the people and channels of a workspace; see `bot.slack.workspace_directory`."""

    async def standing(
        self, user: str, channel: str, *, person: bool, place: bool, groups: Iterable[str]
    ) -> AskerStanding: ...
    async def channels(self, ids: Iterable[str], *, within: float) -> Mapping[str, ChannelProfile]: ...


class PanelPlaces(Protocol):
    """Knows the workspaces that have installed us; see `bot.installation`."""

    async def surface(self, team: str) -> PanelSurface | None: ...
    async def directory(self, team: str) -> PanelDirectory | None: ...
    async def language(self, team: str, user: str) -> Language: ...
    def installer(self, team: str) -> str: ...


class PanelSettings(Protocol):
    """Keeps what is set; see `bot.turns.settings_desk`."""

    async def of_turn(self, team: str, person: str, channel: str) -> AnswerSettings: ...
    async def keep_channel(
        self, team: str, channel: str, wanted: ChannelSettings, *, installer: str
    ) -> None: ...


class PanelRules(NamedTuple):
    """Holds what the operator wants, and who manages all channels."""

    wants: OperatorWants
    managers: frozenset[str] = frozenset()


class ChannelPanel:
    """The settings of channels in all workspaces of a process. Its work is owned by `tasks`."""

    def __init__(
        self,
        settings: PanelSettings,
        places: PanelPlaces,
        desk: Admitting,
        rules: PanelRules,
        tasks: OwnedTasks,
    ) -> None:
        self._settings = settings
        self._places = places
        self._desk = desk
        self._rules = rules
        self._tasks = tasks

    def show(self, visit: ChannelVisit) -> None:
        """Shows somebody how a channel is set, soon; where they may change it, in a form."""
        self._tasks.start("channel settings", self._show(visit))

    async def keep(self, payload: Payload, *, team: str) -> PanelAnswer:
        """Keeps what somebody has submitted, where they may."""
        given = parse_channel(payload, team=team, models=self._rules.wants.models)
        language = await self._places.language(team, given.user)
        problem = given.problem or await keep_in_time(self._keep(given), name="channel settings")
        if problem is not None:
            return PanelAnswer(language.say(problem))
        tell(facts.ChannelSettingsKept(team=team, channel=given.channel))
        person = (await self._settings.of_turn(team, given.user, "")).person
        now = AnswerSettings(person, given.settings)
        return PanelAnswer(view=channel_view(now, self._rules.wants, language, notices.CHANNEL_SETTINGS_KEPT))

    async def _show(self, visit: ChannelVisit) -> None:
        surface = await self._places.surface(visit.team)
        if surface is None:
            return
        language, wants = await self._places.language(visit.team, visit.user), self._rules.wants
        settings = await self._settings.of_turn(visit.team, visit.user, visit.channel)
        barred = await self._barred(visit.team, visit.channel, visit.user)
        if barred is None and await self._manages(visit.team, visit.channel, visit.user):
            view = channel_form(visit.channel, settings, wants, language)
        else:
            view = channel_view(settings, wants, language, barred or notices.MANAGERS_ONLY)
        try:
            await surface.open_view(visit.trigger, view)
        except SlackError as error:
            tell(facts.HomeRefused(error=str(error)))

    async def _keep(self, given: ChannelGiven) -> Translatable | None:
        """Returns why it is not kept; None where it is."""
        team, channel = given.team, given.channel
        if barred := await self._barred(team, channel, given.user):
            return barred
        if not await self._manages(team, channel, given.user):
            return notices.NOT_A_MANAGER
        installer = self._places.installer(team)
        await self._settings.keep_channel(team, channel, given.settings, installer=installer)
        return None

    async def _barred(self, team: str, channel: str, user: str) -> Translatable | None:
        """Returns why the operator answers nobody like them there; None where that is none of the operator's wishes."""
        turn = TurnKey(ThreadKey(team, channel, ""), "", user, Kind.MENTION)
        admission = await self._desk.admit(turn)
        is_barred = isinstance(admission, Refusal) and admission.reason != CHANNEL_OFF
        return admission.words if isinstance(admission, Refusal) and is_barred else None

    async def _manages(self, team: str, channel: str, user: str) -> bool:
        if user in self._rules.managers:
            return True
        directory, surface = await self._places.directory(team), await self._places.surface(team)
        if directory is None or surface is None:
            return False
        standing = await directory.standing(user, channel, person=True, place=False, groups=())
        if standing.outside is not False:
            return False  # an admin of another company is nobody special here
        found = (await directory.channels([channel], within=PATIENCE)).get(channel)
        if found is not None and found.creator == user:
            return True
        return await is_known_admin(surface, user)
