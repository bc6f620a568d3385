"""Calls to Slack as values: the core says what is to be done, `bot.slack.web_api_client` does it.

Each names its method, as Slack's pages do (docs.slack.dev/reference/methods). Slack limits calls by method, and so do the budgets
of `bot.core.pacing.budget`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, TypeAlias

from bot.language.catalogue import ENGLISH

if TYPE_CHECKING:
    from bot.core.conversation.agent_pane import SuggestedPrompt
    from bot.core.conversation.incoming import ThreadKey
    from bot.core.conversation.json_payload import Payload
    from bot.core.delivery.controls import Controls
    from bot.core.delivery.message_format import Dialect
    from bot.core.delivery.tool_cards import StreamPiece
    from bot.language.catalogue import Language


class Figure(Protocol):
    """Stands in a text from `start` to before `end`, and is shown as a block of its own where the workspace takes that."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def block(self) -> Payload: ...


@dataclass(frozen=True, slots=True)
class Body:
    """Holds what a message says: `text`, written in `dialect`, and `fallback`, its beginning in plain words, which
    notifications and screen readers get. `controls` stand below it, where there are any; what we say there is in the `language`. The
    `figures` in the text, tables and charts, are shown as such, in their order."""

    text: str
    fallback: str
    dialect: Dialect
    controls: Controls | None = None
    language: Language = ENGLISH
    figures: tuple[Figure, ...] = ()

    @property
    def live(self) -> bool:
        """Tells whether it shows that its answer is being written, and can be stopped."""
        return self.controls is not None and self.controls.end is None


class ShownMessage(NamedTuple):
    """Holds what of a message's `Body` stands in Slack: its text, and whether it is `live`."""

    text: str
    live: bool


@dataclass(frozen=True, slots=True)
class Post:
    """Makes the message that shows a segment of a reply. `marker` names it in Slack, so that it can be found where the answer
    to the call was lost. With what is `last` the segment is complete."""

    method: ClassVar[str] = "chat.postMessage"

    thread: ThreadKey
    segment: int
    body: Body
    marker: str
    last: bool


@dataclass(frozen=True, slots=True)
class Update:
    """Replaces all that the message `ts`, which shows a segment of a reply, says. With what is `last` the segment is complete. A
    `marker` gives the message a name that has none."""

    method: ClassVar[str] = "chat.update"

    thread: ThreadKey
    segment: int
    ts: str
    body: Body
    last: bool
    marker: str = ""


@dataclass(frozen=True, slots=True)
class StartStream:
    """Begins a message that will grow while its `reader`, the id of a user of the thread's team, looks on. `body` is all that it
    then says, and none of it can be taken back; `pieces` are that with cards between, where there are any. `marker` is what the message
    will be named when it ends: it cannot be given with this call."""

    method: ClassVar[str] = "chat.startStream"
    last: ClassVar[bool] = False

    thread: ThreadKey
    segment: int
    body: Body
    reader: str
    marker: str
    pieces: tuple[StreamPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class AppendStream:
    """Adds `markdown` to the message `ts` that was begun so; then it says all of `body`. `pieces` are as in a `StartStream`."""

    method: ClassVar[str] = "chat.appendStream"
    last: ClassVar[bool] = False

    thread: ThreadKey
    segment: int
    ts: str
    body: Body
    markdown: str
    pieces: tuple[StreamPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class StopStream:
    """Adds what is left, which may be "", puts the controls of `body` below it, and ends the stream. `marker` is as in a `Post`: no
    earlier call takes one, and `pieces` as in a `StartStream`. What is not `last` only makes the message one that can be edited."""

    method: ClassVar[str] = "chat.stopStream"

    thread: ThreadKey
    segment: int
    ts: str
    body: Body
    markdown: str
    marker: str
    last: bool
    pieces: tuple[StreamPiece, ...] = ()


@dataclass(frozen=True, slots=True)
class PostApproval:
    """Asks in the thread whether a tool may act, by these `blocks`. `marker` is as in a `Post`."""

    method: ClassVar[str] = "chat.postMessage"

    thread: ThreadKey
    text: str
    blocks: tuple[Payload, ...]
    marker: str


@dataclass(frozen=True, slots=True)
class UpdateApproval:
    """Lets the message `ts`, which has asked so, say what became of it."""

    method: ClassVar[str] = "chat.update"

    thread: ThreadKey
    ts: str
    text: str
    blocks: tuple[Payload, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Takes the message `ts` of ours away."""

    method: ClassVar[str] = "chat.delete"

    thread: ThreadKey
    ts: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Takes the file of that id away, which we have uploaded, also out of its message in the thread."""

    method: ClassVar[str] = "files.delete"

    thread: ThreadKey
    file: str


@dataclass(frozen=True, slots=True)
class SetStatus:
    """Shows our name and `text` below the thread, or nothing where it is "". Slack takes it away with our next message there, or
    after two minutes."""

    method: ClassVar[str] = "assistant.threads.setStatus"

    thread: ThreadKey
    text: str


@dataclass(frozen=True, slots=True)
class SetSession:
    """Says of the agent's session in the thread whether it is `working`: then Slack shows so, and a Stop of its own, until we say that
    it is not, or for an hour. Names it where there is a `title`."""

    method: ClassVar[str] = "agents.sessions.setStatus"

    thread: ThreadKey
    working: bool
    title: str = ""


@dataclass(frozen=True, slots=True)
class SetTitle:
    """Names the thread in the list of somebody's conversations with us, where Slack knows no sessions."""

    method: ClassVar[str] = "assistant.threads.setTitle"

    thread: ThreadKey
    title: str


@dataclass(frozen=True, slots=True)
class SuggestPrompts:
    """Offers `prompts`, four at most, in somebody's direct messages with us: above all of them where the `thread_ts` is ""."""

    method: ClassVar[str] = "assistant.threads.setSuggestedPrompts"

    thread: ThreadKey
    prompts: tuple[SuggestedPrompt, ...]


@dataclass(frozen=True, slots=True)
class Whisper:
    """Says `text` in the thread to one `user` alone, with `buttons` below it. Slack keeps no such message."""

    method: ClassVar[str] = "chat.postEphemeral"

    thread: ThreadKey
    user: str
    text: str
    buttons: tuple[Payload, ...] = ()


Snapshot: TypeAlias = Post | Update
"""Carries all that a message has to say by now: the first is the post that makes the message."""
StreamCall: TypeAlias = StartStream | AppendStream | StopStream
"""Carries what a message has to say besides what it says already."""
Edit: TypeAlias = Snapshot | StreamCall
"""Brings a message to where it says all of its `body`."""
BEGINNING = frozenset({Post.method, StartStream.method})
"""The methods that make a message."""
PaneCall: TypeAlias = SetSession | SetTitle | SuggestPrompts
"""Something that the agent pane shows beside messages."""
ApprovalCall: TypeAlias = PostApproval | UpdateApproval
"""Asks somebody whether a tool may act, or tells what came of that."""
MessageCall: TypeAlias = Edit | ApprovalCall | Delete | DeleteFile | Whisper
SlackCall: TypeAlias = MessageCall | SetStatus | PaneCall
