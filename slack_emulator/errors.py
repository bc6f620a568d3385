"""Names what can go wrong in the local Slack.

WorkspaceError       it cannot start, or a test asked for something it does not have; the message names the mend
└── Refused          a call Slack would answer with `{"ok": false, "error": code}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


class WorkspaceError(Exception):
    """The workspace cannot do what was asked. `str(error)` is one line that names the mend."""


class Refused(WorkspaceError):
    """Slack says no. `code` is its error code; `details` are the lines of `response_metadata.messages`, `more` what else
    the answer says.
    """

    def __init__(self, code: str, *details: str, **more: Any) -> None:
        super().__init__(": ".join((code, *details)))
        self.code = code
        self.details = details
        self.more = more

    @classmethod
    def scope(cls, needed: str, granted: Iterable[str]) -> Refused:
        """The app was not granted the scope that this wants."""
        return cls("missing_scope", needed=needed, provided=",".join(granted))
