"""Makes every object, and wires it to the others."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import socket
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import aiohttp

from bot.core.conversation.admission import OperatorRules
from bot.core.conversation.notices import TOOLS_PROMPT
from bot.core.conversation.reply_policy import ReplyRules
from bot.core.conversation.spending import price
from bot.core.delivery.message_format import Capabilities
from bot.core.pacing.budget import workspace_budgets
from bot.core.pacing.mixed_pacing import MixedPacing
from bot.delivery.answer_files import AnswerFiles
from bot.delivery.sender import Sender
from bot.documents.libraries import readable_kinds
from bot.documents.parser_process import DocumentParser
from bot.installation import Installation, Installations, SingleWorkspaceToken
from bot.model.configured_model import check_model, is_local, loads_late, preload_model
from bot.model.late_models import LateModels
from bot.model.local.weights import DEFAULT
from bot.model.model_choice import choice_of
from bot.observability import facts
from bot.observability.hooks import tell
from bot.observability.tracing import traces
from bot.slack.api_answers import without_redirects
from bot.slack.connect import build_client, identify, socket_mode
from bot.slack.file_host import SlackFileHost
from bot.slack.file_uploads import SlackFileUploads
from bot.slack.identity import WorkspaceLogin
from bot.slack.listeners import build_bolt
from bot.slack.private_replies import PrivateReplies
from bot.slack.web_api_client import Surface
from bot.slack.workspace_directory import WorkspaceDirectory

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
    from contextlib import AbstractAsyncContextManager
    from typing import Any

    from aiohttp import web
    from slack_bolt.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

    from bot.installation import WorkspaceTokens
    from bot.model.answering import Answering, Models
    from bot.settings import Settings
    from bot.slack.identity import Identity
    from bot.turns.approvals import Approvals

SYSTEM_PROMPT = (
    "You are Teleprinter, an assistant in a Slack workspace. Answer the last message of the conversation. "
    "Begin with the answer itself, keep it as short as the question allows, and write Markdown."
)
_SERVING = (
    "durable.workflow",
    "durable.liveness",
    "durable.shared_budget",
    "turns.pipeline",
    "turns.registry",
)
LOCAL_HISTORY_TOKENS = 1000  # the embedded model reads some hundred tokens a second: more is a long wait


def system_prompt(settings: Settings) -> str:
    """Returns what the model is told before a thread: the operator's words, or else ours. "" for nothing."""
    # The smallest model answers off the subject when it is told anything first.
    ours = "" if settings.model in ("local", f"local:{DEFAULT}") else SYSTEM_PROMPT
    return settings.system_prompt or ours


def operator_rules(settings: Settings, models: Models) -> OperatorRules:
    """Returns what the settings say of how turns are answered, by one of these models."""
    history = LOCAL_HISTORY_TOKENS if is_local(settings) else settings.history_tokens
    system = system_prompt(settings)
    if settings.mcp_file is not None:
        system = f"{system}\n\n{TOOLS_PROMPT}".strip()
    # Whom nothing is told first is not told where it stands either.
    return OperatorRules(
        system,
        history,
        mention_asker=settings.mention_asker,
        situated=bool(system),
        access=settings.access,
        offered=models.names if len(models.names) > 1 else (),
    )


def preload(settings: Settings, *, late: bool = False) -> None:
    """Imports all that a bot in a workspace needs beside this module; see `preload_model`. `late`: but for models that can be loaded
    when it is ready, which takes less than half of the time."""
    if not (late and loads_late(settings)):
        preload_model(settings)
    for module in _SERVING:
        import_module(f"bot.{module}")


async def check(settings: Settings) -> None:
    """Raises SettingsError for a model or a database that will not do, without loading or waiting for anything."""
    from bot.durable.database import check_database

    await check_model(settings)
    await check_database(settings.database)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncGenerator[AsyncWebClient]:
    """A client of the workspace that the settings name."""
    async with aiohttp.ClientSession(trace_configs=[without_redirects()]) as session:
        yield build_client(settings.slack_bot_token, settings.slack_api_url, session=session)


@asynccontextmanager
async def running(
    settings: Settings,
    model: Answering | LateModels,
    *,
    tokens: WorkspaceTokens | None = None,
    approvals: Approvals | None = None,
    scopes: Sequence[str] = (),
) -> AsyncGenerator[Identity | None]:
    """The bot, in its workspace and answering while the block runs. Leaving it lets running answers finish.

    It answers in the workspaces that `tokens` knows. None: in those that install us with these `scopes`, where the settings say so, and
    else in the one whose token is among the settings. That is also the one that it yields who we are in; None where there is none.
    `approvals` is what the model's tools ask before they act; None: none of them does. A model that comes late is loaded when all else is
    ready, and what that raises ends the block. Waits until Slack answers. Raises SettingsError for a token or a port that does not do.
    """
    # Imported here: DBOS and SQLAlchemy take a while to load, and `ask` needs neither.
    from bot.core.conversation.answer_footer import footer_line
    from bot.core.conversation.channel_form import OperatorWants
    from bot.durable.approval_store import ApprovalStore
    from bot.durable.change_poller import look_out
    from bot.durable.database import apart, open_database
    from bot.durable.deferred_writes import Standby
    from bot.durable.durable_start import Keeping
    from bot.durable.feedback_store import FeedbackStore
    from bot.durable.liveness import Liveness, alive
    from bot.durable.personal_data import PersonalData
    from bot.durable.retention import retain
    from bot.durable.settings_store import SettingsStore
    from bot.durable.shared_budget import BudgetRows, SharedBudget
    from bot.durable.spending_store import SpendingStore
    from bot.durable.thread_loop import aside
    from bot.durable.token_seal import TokenSeal
    from bot.durable.turn_backlog import TurnBacklog
    from bot.durable.turn_store import TurnStore
    from bot.durable.workflow import Engine, prepare
    from bot.slack.installable_app import InstallableApp
    from bot.turns.admission_desk import AdmissionDesk
    from bot.turns.agent_sessions import AgentSessions
    from bot.turns.channel_panel import ChannelPanel, PanelRules
    from bot.turns.control_actions import ControlActions
    from bot.turns.home_actions import HomeActions
    from bot.turns.owned_tasks import OwnedTasks
    from bot.turns.pane_actions import PaneActions
    from bot.turns.pipeline import Pipeline
    from bot.turns.private_questions import PrivateQuestions
    from bot.turns.private_writer import PrivateWriter
    from bot.turns.quarantine_gate import Gate
    from bot.turns.registry import open_turns
    from bot.turns.removals import WorkspaceRemovals
    from bot.turns.settings_desk import SettingsDesk
    from bot.turns.thread_files import AT_ONCE, ThreadFiles
    from bot.turns.turn_context import ThreadContext
    from bot.turns.turn_rest import TurnRest

    clock = asyncio.get_running_loop().time
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_status(settings))
        await stack.enter_async_context(traces(os.environ))
        client = await stack.enter_async_context(connected(settings))
        us = None if settings.installable else await identify(client)
        database = await stack.enter_async_context(open_database(settings.database))
        await prepare(database)
        replica = settings.replica or own_name()
        locks = await stack.enter_async_context(alive(database, replica))
        record = TurnStore(database, replica)
        await record.prepare()
        await record.bury(replica)  # of our name, where we are started again
        # Several share PostgreSQL: there who cannot ask the others waits.
        kept = Standby(record, database.outage, replica=replica) if database.file else record
        engine = Engine(database, replica, kept)
        keeping = Keeping(engine, database.outage)
        starter: Keeping | Engine = keeping if database.file else engine
        gate, places = Gate(), asyncio.Semaphore(AT_ONCE)
        rules = ReplyRules(settings.follow, settings.answer_apps)
        models: Models = model if isinstance(model, LateModels) else choice_of(model)
        store = SettingsStore(database, TokenSeal(settings.secret_keys) if settings.secret_keys else None)
        await store.seal_anew()
        prices = settings.prices
        footer = partial(footer_line, settings.footer, prices) if settings.footer else None
        known = SettingsDesk(store, clock=clock)

        def build(login: WorkspaceLogin) -> Installation:
            us = login.us
            surface = Surface(
                login.client, bot_user=us.user, bot_id=us.bot_id, footnote=models.caution, site=us.site
            )
            pacing = build_pacing(settings)
            quota = SharedBudget(database, pacing.edits, team=us.team, replica=replica, clock=clock)
            may = Capabilities(
                streams=settings.native_streams, tables=settings.data_tables, file_after=settings.file_after
            )
            purse = quota if database.lasting else None
            kept_files = AnswerFiles(SlackFileUploads(login.client), surface, may)
            sender = Sender(
                surface,
                pacing,
                clock=clock,
                purse=purse,
                capabilities=may,
                files=kept_files if settings.file_after else None,
            )
            quota.changed = sender.poke
            directory = WorkspaceDirectory(
                login.client, us=us, clock=clock, chosen=partial(known.language, us.team)
            )
            sessions, above = AgentSessions(surface), settings.channel_context
            context = ThreadContext(surface, kept, directory, rules, above, sessions=sessions, settings=known)
            host, parser = SlackFileHost(login.client), DocumentParser()
            files = ThreadFiles(host, parser, readable_kinds(), places=places)
            pipeline = Pipeline(
                kept, context, sender, models, desk, gate, approvals=approvals, files=files, footer=footer
            )
            workers, shared = (sender, sessions), quota if database.lasting else None
            return Installation(us, surface, sender.errands, directory, pipeline, workers, shared)

        oauth: InstallableApp | None = None
        ways: WorkspaceTokens
        if us is None:
            oauth = InstallableApp(settings, database, client, scopes)
            ways = oauth.tokens
        else:
            ways = SingleWorkspaceToken(WorkspaceLogin(us, client))
        installations = Installations(tokens or ways, build)
        accounts = SpendingStore(database, settings.spending)
        desk = AdmissionDesk(
            operator_rules(settings, models),
            installations,
            accounts,
            partial(price, settings.prices, models.label),
            known,
        )
        await stack.enter_async_context(installations.open())
        if isinstance(kept, Standby):
            await stack.enter_async_context(kept.open())
        if approvals is not None:
            resting = TurnRest(gate, kept)
            await stack.enter_async_context(approvals.open(ApprovalStore(database), installations, resting))
        turns = await stack.enter_async_context(
            open_turns(starter, kept, installations, replica=replica, lasting=database.lasting)
        )
        feedback = FeedbackStore(database)
        tasks = OwnedTasks()
        await stack.enter_async_context(tasks.open())
        wanted = PanelRules(OperatorWants(models.names, settings.follow), settings.managers)
        removals = WorkspaceRemovals(oauth.store, store, installations, turns) if oauth else None
        app = build_bolt(
            client,
            installations,
            signing_secret=settings.slack_signing_secret,
            taker=turns,
            controls=ControlActions(turns, kept, feedback, installations, desk, tasks, approvals=approvals),
            apps=settings.answer_apps,
            panes=PaneActions(installations, tasks),
            private=PrivateQuestions(
                PrivateWriter(models, desk, installations, footer=footer),
                desk,
                turns,
                installations,
                PrivateReplies(client.session),
                tasks,
            ),
            removals=removals,
            panel=ChannelPanel(known, installations, desk, wanted, tasks),
            homes=HomeActions(
                PersonalData(database, engine, known),
                known,
                installations,
                tasks,
                models,
                settings.spending.person_turns,
            ),
        )
        await stack.enter_async_context(starter.open(turns))
        watched = apart(database)
        liveness = Liveness(
            locks, engine, TurnStore(watched, replica), database.outage, replica=replica, clock=clock
        )

        async def watch() -> None:
            try:
                await liveness.run()
            finally:
                await watched.connections.close()

        await stack.enter_async_context(
            _background(
                aside(watch),
                models.load(),  # for as long as turns may wait for it
                look_out(turns.look, installations.look, *([approvals.look] if approvals else [])),
                *([oauth.rotation(removals).run()] if oauth and removals else ()),
                *([TurnBacklog(database).run()] if settings.status_port is not None else ()),
                retain([record, engine, BudgetRows(database), accounts, ApprovalStore(database)]),
            )
        )
        stack.push_async_callback(turns.drain, settings.drain)
        stack.callback(liveness.leave)
        await stack.enter_async_context(_connection(settings, app, oauth.pages.routes() if oauth else ()))
        tell(
            facts.BotReady(
                team=us.team if us else "",
                replica=replica,
                socket_mode=settings.socket_mode,
                loads_late=isinstance(models, LateModels),
            )
        )
        models.want()
        yield us


def open_approvals(settings: Settings) -> Approvals | None:
    """Returns what tools ask before they act; None where there are no tools."""
    if settings.mcp_file is None:
        return None
    from bot.turns.approvals import Approvals

    # All replicas have the same of these, and it is not where the record is.
    secret = settings.slack_app_token or settings.slack_signing_secret
    return Approvals(seconds=settings.approval_seconds, secret=secret)


def own_name() -> str:
    """A name for this process that no other has, here or on another machine."""
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:40]
    return f"{host}-{os.getpid()}-{secrets.token_hex(3)}"


def build_pacing(settings: Settings) -> MixedPacing:
    """The pacing of one workspace, under the limits that the settings and Slack's pages name."""
    return MixedPacing(
        workspace_budgets(
            updates=settings.updates_per_minute, most=settings.updates_most, posts=settings.posts_in_a_row
        )
    )


def _connection(
    settings: Settings, app: AsyncApp, pages: Iterable[web.RouteDef]
) -> AbstractAsyncContextManager[object]:
    if settings.socket_mode:
        return socket_mode(app, settings.slack_app_token)
    from bot.slack.http_events import http_events

    secret = settings.slack_signing_secret
    return http_events(app, signing_secret=secret, host=settings.host, port=settings.port, pages=pages)


@asynccontextmanager
async def _status(settings: Settings) -> AsyncGenerator[None]:
    """Serves what an operator's tools ask, where the settings name a port for it."""
    if settings.status_port is None:
        yield
        return
    from bot.observability.status_server import status_server

    async with status_server(host=settings.host, port=settings.status_port) as port:
        tell(facts.StatusServed(port=port))
        yield


@asynccontextmanager
async def _background(*work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """`work` runs while the block does. Where some of it breaks, the block is cancelled and the error is raised."""
    async with asyncio.TaskGroup() as tasks:
        owned = [tasks.create_task(one) for one in work]
        try:
            yield
        finally:
            for task in owned:
                task.cancel()
