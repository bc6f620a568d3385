"""Names what happens in the bot, as values: a class for each kind of thing, made where it happens and told to whoever listens.

See `bot.observability.hooks` for who does. Each has the name that operators know from the log. A fact holds ids, counts and the
words of our own errors: nothing that people or models wrote, and no token. docs/operating.md lists them all.

Fields stand in a line of the log in the order in which they stand here, but for those `beside` it, which are for metrics.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.core.conversation.answer_key import AnswerKey
    from bot.core.conversation.incoming import ThreadKey

NOT_INSTALLED = "not installed"
"""Says how a turn ends whose workspace has not installed us, or no longer has."""
OUTCOMES = frozenset(
    ("done", "lost", "full", "stopped", "superseded", "gone", "over", "refused", "not ours", "given up")
)
"""Names how a turn may end, for figures and traces: whatever else it ends of counts as "other"."""

_WRITTEN_OTHERWISE = frozenset({"turn", "thread", "evidence", "way"})
"""Fields of which the line tells a part, or that stand below it: the way to what was raised (`bot.observability.logs.way_to`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Anything that happened."""

    name: ClassVar[str]
    beside: ClassVar[tuple[str, ...]] = ()
    """Its fields that are not written into the log."""
    severity: ClassVar[int] = logging.INFO
    """The level of its line in the log, unless its fields say otherwise."""

    @property
    def level(self) -> int:
        """The level of its line in the log: one of `logging`'s numbers."""
        return self.severity

    def line(self) -> dict[str, object]:
        """Returns what its line in the log says, by the field's name."""
        out = _WRITTEN_OTHERWISE | set(self.beside)
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in out}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFact(Fact):
    """Something about a turn, of which the line tells the channel, its name there and its kind."""

    turn: AnswerKey

    def line(self) -> dict[str, object]:
        turn = self.turn
        of_turn = {"channel": turn.thread.channel, "ts": turn.name, "kind": turn.kind.value}
        return of_turn | Fact.line(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadFact(Fact):
    """Something about a thread, of which the line tells the ts."""

    thread: ThreadKey

    def line(self) -> dict[str, object]:
        return {"thread_ts": self.thread.thread_ts} | Fact.line(self)


# ---- the process


@dataclass(frozen=True, slots=True, kw_only=True)
class BotReady(Fact):
    """The bot listens from now on, and answers; where its model `loads_late`, from `model.loaded` on, also what is asked before."""

    name = "bot.ready"

    team: str
    replica: str
    socket_mode: bool
    loads_late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusServed(Fact):
    """Operators' tools are answered at that port: /live, /ready and /metrics."""

    name = "status.served"

    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BotStopping(Fact):
    """The bot has been told to stop: it takes nothing new, and so many turns may end within so many seconds."""

    name = "bot.stopping"

    turns: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitForced(Fact):
    """The process ends although a thread of it still waits for something."""

    name = "exit.forced"
    severity = logging.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRefused(Fact):
    """A workspace cannot be served: Slack refuses its token."""

    name = "installation.refused"
    severity = logging.ERROR

    team: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationFailed(Fact):
    """Somebody wanted to install us, and a bug or an outage kept them from it."""

    name = "installation.failed"
    severity = logging.ERROR

    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRemoved(Fact):
    """A workspace has removed us, or taken back our token: its turns are over."""

    name = "app.removed"

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRotated(Fact):
    """A workspace's token was given a new one in time."""

    name = "token.rotated"

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenNotRotated(Fact):
    """A workspace's token could not be given a new one; it is tried again within a minute."""

    name = "token.not_rotated"
    severity = logging.WARNING

    team: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensSealedAnew(Fact):
    """The tokens of so many workspaces were sealed with the newest key."""

    name = "tokens.sealed_anew"

    installations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensUnreadable(Fact):
    """The tokens in the database cannot be opened with the keys that are set."""

    name = "tokens.unreadable"
    severity = logging.ERROR

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TracesUnavailable(Fact):
    """The environment asks for traces, and none are sent: what is wrong, and the mend."""

    name = "traces.unavailable"
    severity = logging.WARNING

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFailed(Fact):
    """A hook raised something; it is told once of each."""

    name = "hook.failed"
    severity = logging.ERROR

    hook: str
    kind: str
    way: str


# ---- turns


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnStarted(TurnFact):
    """A turn has begun here, for the `attempt`-th time."""

    name = "turn.started"

    attempt: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEnded(TurnFact):
    """A turn is over. `seconds` have passed since it began here; None where it never did."""

    name = "turn.over"
    beside: ClassVar[tuple[str, ...]] = ("seconds",)

    how: str
    seconds: float | None = None

    @property
    def level(self) -> int:
        return logging.WARNING if self.how == NOT_INSTALLED else logging.INFO

    @property
    def outcome(self) -> str:
        """Returns how it ended as one of `OUTCOMES`, or "other"."""
        outcome = self.how.partition(":")[0]
        return outcome if outcome in OUTCOMES else "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnCrashed(TurnFact):
    """A bug has ended a turn."""

    name = "turn.crashed"
    severity = logging.ERROR

    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnGivenUp(TurnFact):
    """A turn is not tried again: processes have died of it."""

    name = "turn.given_up"
    severity = logging.ERROR

    attempts: int
    alone: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRefused(TurnFact):
    """A turn is not answered, for a reason of the operator's."""

    name = "turn.refused"
    severity = logging.WARNING

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaken(TurnFact):
    """Another replica has taken us for dead and goes on with a turn of ours."""

    name = "turn.taken"
    severity = logging.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnApart(Fact):
    """A turn of which processes may have died works apart from others."""

    name = "turn.apart"
    severity = logging.WARNING

    ts: str
    deaths: int
    waits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsLeft(Fact):
    """We end, and so many turns are not over: left to others where they are `lasting`, else ended."""

    name = "turns.left"
    severity = logging.WARNING

    turns: int
    lasting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsAdopted(Fact):
    """We go on with so many turns of a dead replica."""

    name = "turns.adopted"

    replica: str
    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnsForgotten(Fact):
    """So many turns that were over are no longer on record."""

    name = "turns.forgotten"

    turns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnUnkept(Fact):
    """A turn that ran ahead of its record could not be put there in the end."""

    name = "turn.unkept"
    severity = logging.ERROR

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRaced(Fact):
    """Another replica's turn of the same thread was quicker to claim it."""

    name = "claim.raced"
    severity = logging.DEBUG

    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpUnread(ThreadFact):
    """A message was left unanswered: Slack did not tell whether its thread is one of ours."""

    name = "follow_up.unread"
    severity = logging.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeEnded(TurnFact):
    """An app is not answered any more: nobody but it and us has spoken for a while."""

    name = "exchange.ended"
    severity = logging.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryFailed(Fact):
    """A thread could not be read; it is tried again a few times."""

    name = "history.failed"
    severity = logging.WARNING

    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionUnread(Fact):
    """The question of a turn that was adopted could not be read; it is tried again."""

    name = "question.unread"
    severity = logging.WARNING

    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRefused(Fact):
    """The line below a thread was not shown."""

    name = "status.refused"

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCrashed(Fact):
    """A bug, or the database, has ended something that was done for a person beside answering."""

    name = "work.crashed"
    severity = logging.ERROR

    work: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeRefused(Fact):
    """Somebody was not shown their App Home."""

    name = "home.refused"

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDataDeleted(Fact):
    """Somebody has deleted what was stored about them, but for so many questions that are still being answered."""

    name = "personal_data.deleted"

    team: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesKept(Fact):
    """Somebody has set how they want to be answered."""

    name = "preferences.kept"

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettingsKept(Fact):
    """A manager of a channel has set how questions there are answered."""

    name = "channel_settings.kept"

    team: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PreferencesUnreadable(Fact):
    """Somebody is answered without what they have set: it was sealed with a key that is not there."""

    name = "preferences.unreadable"
    severity = logging.WARNING

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateReplyRefused(Fact):
    """Slack did not take, or did not let us make, an answer to what somebody asked in private."""

    name = "private_reply.refused"

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GreetingRefused(Fact):
    """We could not say hello in a channel that we were invited into."""

    name = "greeting.refused"

    channel: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsUnknown(Fact):
    """The workspace knows no agent sessions: conversations are shown there as before them, by a line and a title."""

    name = "sessions.unknown"

    error: str


# ---- controls


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlPressed(ThreadFact):
    """Somebody has pressed something below an answer, and `outcome` is what came of it."""

    name = "control.pressed"

    control: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlFailed(ThreadFact):
    """Slack did not let us do what somebody pressed. `kind` is the error's class."""

    name = "control.failed"
    severity = logging.WARNING

    control: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlCrashed(ThreadFact):
    """A bug, or the database, has ended what somebody pressed."""

    name = "control.crashed"
    severity = logging.ERROR

    control: str
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminUnknown(Fact):
    """Slack did not tell whether somebody is an admin: they count as none."""

    name = "admin.unknown"
    severity = logging.WARNING

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperRefused(ThreadFact):
    """Somebody could not be told in private what became of what they pressed."""

    name = "whisper.refused"

    error: str


# ---- replies


@dataclass(frozen=True, slots=True, kw_only=True)
class EditSent(ThreadFact):
    """Slack has taken a call that shows part of an answer: so many characters.

    `method` is Slack's. `age` is how many seconds before its newest word came from the model, None where no word did. It carries what
    came in so many `deltas` since the call before: more than one were coalesced. Those are `fresh` characters, which waited so many
    seconds, all of them added up: their `delay`.
    """

    name = "edit.sent"
    severity = logging.DEBUG
    beside: ClassVar[tuple[str, ...]] = ("method", "age", "deltas", "fresh", "delay")

    chars: int
    method: str
    age: float | None
    deltas: int
    fresh: int
    delay: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EditWithdrawn(ThreadFact):
    """A call was due, and other replicas have spent what seemed to be free: its text goes with a later one."""

    name = "edit.withdrawn"
    severity = logging.DEBUG

    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EditFailed(Fact):
    """Slack has not taken a call, or has not said so. `gone`: its message or thread is not there any more."""

    name = "edit.failed"
    beside: ClassVar[tuple[str, ...]] = ("method", "gone")

    kind: str
    error: str
    method: str
    gone: bool

    @property
    def level(self) -> int:
        # A reader may have deleted it.
        return logging.INFO if self.gone else logging.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class EditCrashed(ThreadFact):
    """A bug has ended a reply while it was being sent."""

    name = "edit.crashed"
    severity = logging.ERROR

    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackLimited(Fact):
    """Slack has answered 429: no call of that method for so many seconds."""

    name = "slack.limited"

    retry_after: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetLowered(Fact):
    """A 429 has taught that fewer calls of a method fit its window than we thought: `limit`."""

    name = "budget.lowered"
    severity = logging.DEBUG

    method: str
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetAlone(Fact):
    """The budget cannot be shared for now: each replica keeps to its part of it, as one of so many `sharers`."""

    name = "budget.alone"
    severity = logging.WARNING

    kind: str
    sharers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyShown(ThreadFact):
    """An answer is in Slack as far as it can be, in so many calls."""

    name = "reply.shown"

    state: str
    edits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLost(ThreadFact):
    """Slack takes no message in the thread: the rest of the answer is not shown."""

    name = "reply.lost"
    severity = logging.ERROR

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCrashed(ThreadFact):
    """A bug has ended an answer while it was being read from the model."""

    name = "turn.crashed"
    severity = logging.ERROR

    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFailed(Fact):
    """The model has failed in the end: its reader is told. `kind` is the class of our error."""

    name = "model.failed"
    severity = logging.WARNING

    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TokensUsed(ThreadFact):
    """An answer has cost so many tokens, as its provider counts them."""

    name = "tokens.used"
    severity = logging.DEBUG

    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCharged(Fact):
    """An answer has cost so many millionths of the currency of the prices, as its provider counted or we have guessed."""

    name = "answer.charged"
    severity = logging.DEBUG

    model: str
    micros: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFileShared(ThreadFact):
    """The rest of an answer stands in its thread as a file."""

    name = "answer_file.shared"

    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFileRefused(ThreadFact):
    """Slack takes no file with the rest of an answer, which goes on in messages; why, and the mend."""

    name = "answer_file.refused"
    severity = logging.WARNING

    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusRefused(Fact):
    """A message that an answer no longer needs could not be deleted; it is tried again."""

    name = "surplus.refused"

    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurplusLeft(ThreadFact):
    """Such a message stays."""

    name = "surplus.left"
    severity = logging.WARNING


# ---- the model


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCallFailed(Fact):
    """A call of the model has failed. `kind` is the class of our error for it, `evidence` what is known of the client's."""

    name = "model.failed"
    severity = logging.WARNING
    beside: ClassVar[tuple[str, ...]] = ("kind",)

    kind: str
    evidence: Mapping[str, str | int]
    model: str
    retried: bool

    def line(self) -> dict[str, object]:
        return {**self.evidence, **Fact.line(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelLoaded(Fact):
    """The model answers from now on, also what was asked before. Loading it took so many seconds."""

    name = "model.loaded"

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCalled(Fact):
    """A call of the model is over, with or without an answer. `provider` is as LangChain names it, `finish` the provider's word for the end,
    `error` the class of what ended it otherwise; each "" where there is none. Its first chunk came after `first_chunk` seconds; None:
    none came."""

    name = "model.called"
    severity = logging.DEBUG

    model: str
    provider: str
    seconds: float
    first_chunk: float | None
    input_tokens: int
    output_tokens: int
    finish: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFellBack(Fact):
    """The first model has failed, by `kind` of our errors, and another answers; `begun`: below what the first had written."""

    name = "model.fell_back"
    severity = logging.WARNING

    kind: str
    model: str
    to: str
    begun: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentTriedAgain(Fact):
    """A call of a model with tools has failed before its first word, by `kind` of our errors, and is made once more."""

    name = "agent.tried_again"
    severity = logging.WARNING

    kind: str
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServerOpened(Fact):
    """An MCP server offers so many tools, of which so many ask before they act; their names and schemas take about so many tokens of
    each call of the model. `missing` are tools that the file names and the server has not."""

    name = "mcp.opened"

    server: str
    tools: int
    acting: int
    tokens: int
    missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class McpServerLost(Fact):
    """An MCP server could not be `opened`, or its session has ended, by the class of an exception; it is opened again after a pause that
    grows with the `failures` in a row."""

    name = "mcp.lost"
    severity = logging.WARNING

    server: str
    kind: str
    opened: bool
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUsed(Fact):
    """A model has used a tool, and how that ended: done, failed, lost, away, too long, too many, cancelled, nobody to ask, or what people
    decided of it."""

    name = "tool.used"

    server: str
    tool: str
    outcome: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalAsked(ThreadFact):
    """Somebody is asked whether a tool may act."""

    name = "approval.asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(ThreadFact):
    """Somebody has decided it, or nobody in time: approved, declined, expired."""

    name = "approval.decided"

    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUnasked(ThreadFact):
    """Slack has not taken the question whether a tool may act, by `kind` of our errors: it did not act."""

    name = "approval.unasked"
    severity = logging.WARNING

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalUnshown(ThreadFact):
    """Slack has not taken the edit that says what became of an action; the record does."""

    name = "approval.unshown"
    severity = logging.WARNING

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEndUnknown(Fact):
    """The model has ended its answer for a reason that we do not know: the provider's `word`."""

    name = "model.end_unknown"
    severity = logging.WARNING

    model: str
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTraced(Fact):
    """A variable of the environment lets LangChain send what people write elsewhere."""

    name = "model.traced"
    severity = logging.WARNING

    by: str
    what: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFailed(Fact):
    """A chain or an agent has failed, as in `ModelCallFailed`."""

    name = "run.failed"
    severity = logging.WARNING
    beside: ClassVar[tuple[str, ...]] = ("kind",)

    kind: str
    evidence: Mapping[str, str | int]

    def line(self) -> dict[str, object]:
        return dict(self.evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEndUnknown(Fact):
    """A chain or an agent has ended its answer for a reason that we do not know."""

    name = "run.end_unknown"
    severity = logging.WARNING

    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalReady(Fact):
    """The embedded model can be asked."""

    name = "local.ready"

    model: str
    pid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalDied(Fact):
    """The embedded model's process has ended by itself, with that exit `status`."""

    name = "local.died"
    severity = logging.WARNING

    model: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BetterModelMissing(Fact):
    """The demo's better model could not be had; the smallest one goes on answering."""

    name = "local.better_missing"
    severity = logging.WARNING

    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFetching(Fact):
    """The embedded model is being downloaded: so many bytes."""

    name = "weights.fetching"

    weights: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsFetched(Fact):
    """The embedded model is on disk: so many bytes."""

    name = "weights.fetched"

    weights: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsStopped(Fact):
    """Something broke while a download was being given up."""

    name = "weights.stopped"
    severity = logging.WARNING

    way: str


# ---- the database


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseReady(Fact):
    """The database can be used, after so many seconds."""

    name = "database.ready"

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseWaitedFor(Fact):
    """The file of turns cannot be used yet: its disk is full, or somebody has locked it."""

    name = "database.waited_for"
    severity = logging.WARNING

    why: str | None
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLost(Fact):
    """The database takes nothing any more."""

    name = "database.lost"
    severity = logging.WARNING

    kind: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseBack(Fact):
    """The database can be used again, after so many seconds."""

    name = "database.back"
    severity = logging.WARNING

    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSlow(Fact):
    """No connection to the database was free in time; tried again in so many seconds."""

    name = "database.slow"
    severity = logging.WARNING

    again_in: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseHangs(Fact):
    """The engine did not end within so many seconds, and is waited for no longer."""

    name = "database.hangs"
    severity = logging.WARNING

    waited: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLost(Fact):
    """Something that was to be written when the database is back could not be."""

    name = "record.lost"
    severity = logging.ERROR

    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchInterrupted(Fact):
    """The locks of the living could not be read; tried again in so many seconds."""

    name = "watch.interrupted"

    kind: str
    again_in: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LockLost(Fact):
    """We have lost the lock that tells others that we are alive."""

    name = "lock.lost"
    severity = logging.WARNING

    replica: str


# ---- Slack


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWaitedFor(Fact):
    """Slack does not answer while we start; from the second of the `tries` on it is told to those who debug only."""

    name = "slack.waited_for"
    beside: ClassVar[tuple[str, ...]] = ("tries",)

    error: str
    address: str
    mend: str
    tries: int

    @property
    def level(self) -> int:
        return logging.WARNING if self.tries == 1 else logging.DEBUG


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackAnswersAgain(Fact):
    """Slack has answered, after so many tries in vain."""

    name = "slack.answers_again"

    method: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackCalled(Fact):
    """Slack was asked something, and what became of it: taken, cancelled, or the class of our error."""

    name = "slack.called"
    severity = logging.DEBUG

    method: str
    outcome: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptHeard(TurnFact):
    """Slack has delivered what may be a question; it is being put on record."""

    name = "prompt.heard"
    severity = logging.DEBUG


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptAgain(Fact):
    """Slack has delivered a question again that was taken before."""

    name = "prompt.again"

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptOfAnApp(Fact):
    """A question is left unanswered: an app posted it, and no setting names that."""

    name = "prompt.of_an_app"

    channel: str
    ts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupFailed(Fact):
    """Slack has not told of an account or a channel: its id stands for its name, and what an account posts through an app counts
    as the app's."""

    name = "lookup.failed"

    kind: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventIgnored(Fact):
    """Slack has delivered an event that we have no use for."""

    name = "event.ignored"
    severity = logging.DEBUG

    event: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventOfAStranger(Fact):
    """Slack has delivered an event of a workspace that has not installed us."""

    name = "event.of_a_stranger"

    team: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadReadInSteps(Fact):
    """A question about a whole thread, too long for the model, is answered after so many calls that put parts of it in short."""

    name = "thread.in_steps"

    steps: int
    messages: int
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadTooLong(ThreadFact):
    """A thread was not read to its end: after so many messages."""

    name = "thread.too_long"
    severity = logging.WARNING

    read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead(ThreadFact):
    """A file was read for an answer, of so many bytes as Slack tells."""

    name = "file.read"

    kind: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRefused(ThreadFact):
    """A file was not read, and its sender told why. `mend`: what the operator can do about it, or nothing."""

    name = "file.refused"

    kind: str
    reason: str
    mend: str

    @property
    def level(self) -> int:
        """Only what an operator can mend wants one's eyes."""
        return logging.WARNING if self.mend else logging.INFO


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpTurnedAway(Fact):
    """Somebody was turned away at the HTTP door; told once an hour and kind, with how many there were since."""

    name = "http.turned_away"
    severity = logging.WARNING

    kind: str
    times: int
    peer: str | None = None

    def line(self) -> dict[str, object]:
        return {name: value for name, value in Fact.line(self).items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpFailed(Fact):
    """A bug has ended a request at the HTTP door; told as `HttpTurnedAway` is."""

    name = "http.failed"
    beside: ClassVar[tuple[str, ...]] = ("logged_at",)

    kind: str
    times: int
    way: str
    logged_at: int

    @property
    def level(self) -> int:
        return self.logged_at
