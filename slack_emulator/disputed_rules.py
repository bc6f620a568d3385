"""Says how Slack is read where its pages are silent, or disagree with each other or with what was seen: each a switch.

The default is the strict reading: an app that gets along with it gets along with Slack. `--reading update_text=40000` or a
seed's `readings:` chooses another. The rates are switches as well: see `limits`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict, NonNegativeFloat, PositiveFloat, PositiveInt

from slack_emulator.validation import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Compat:
    """The disputed figures and rules. Characters are counted as Slack counts them: with & < > escaped."""

    __pydantic_config__: ClassVar = ConfigDict(extra="forbid")

    update_text: PositiveInt = 4_000
    """The longest `text` of chat.update. Its page: 4,000; some report 39,000 accepted."""
    update_text_in_bytes: bool = True
    """Tells whether that is counted in UTF-8 bytes, as was seen, or in characters, as the page says."""
    all_blocks: PositiveInt = 13_200
    """The longest text of all blocks of a message together: seen, and on no page."""
    stream_text: PositiveInt = 12_000
    """The longest text of one streamed message, all calls together: seen; the pages limit each call only."""
    stream_life: PositiveFloat = 300.0
    """Seconds a message may be streamed, however much is still added: seen (306 s), and on no page."""
    recipient_in_direct_messages: bool = False
    """Tells whether startStream wants its recipient in direct messages too. The page: in channels only; seen: there too."""
    app_mention_in_group_messages: bool = False
    """Tells whether a mention in direct messages of several is told as app_mention too. Its page: not in direct messages; some
    report it there."""
    stream_events: bool = True
    """Tells whether apps are sent a message_changed for what a stream adds: on no page, and not seen."""
    socket_retries: bool = True
    """Tells whether an envelope that was not acknowledged is sent again: seen; the page only says "may"."""
    share_seconds: NonNegativeFloat = 0.0
    """Seconds after the answer of files.completeUploadExternal before the file stands in its channel. Slack's maintainers say that
    it does so later than its answer, and no page how much later."""
    history_for_all: bool = False
    """Tells whether apps that are neither internal nor in the Marketplace read conversations like others do. Slack's pages:
    one call a minute, 15 messages; they contradict each other about apps installed before March 2026."""


STRICT = Compat()


def with_readings(chosen: Mapping[str, object], readings: Compat = STRICT) -> Compat:
    """`readings` with some chosen otherwise; a value may be text, as a command line has it."""
    return checked(Compat, asdict(readings) | dict(chosen), "readings")
