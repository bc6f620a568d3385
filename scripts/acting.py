"""A model with a tool that acts, and a file to read, for the pictures of both: a script says what it wants."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.model.tools.agent_chat import AgentChat, AgentLimits
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer
from bot.model.tools.tool_file import ToolRules
from bot.model.tools.toolbox import Toolbox
from bot.settings import Settings
from bot.turns.approvals import Approvals
from tests.models import ScriptedModel, finish, tool_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.models import Script

WISH = "Please open a ticket: the valve of line 2 leaks."
TICKET = {"title": "Valve of line 2 leaks", "line": 2, "priority": "high"}
ASKED = "Which line made the most bottles this week?"
TABLE = b"line,bottles,stops\n1,148200,3\n2,131050,9\n3,152700,1\n"
FOUND = (
    "**Line 3**, with 152,700 bottles and a single stop. Line 2 stood still nine times: had it run as line 3 did, "
    "it would have made some 21,000 more."
)
DONE = "Ticket **4711** is open, with high priority: *Valve of line 2 leaks*."


class Tickets:
    """A tool that opens tickets, for show."""

    def __init__(self) -> None:
        schema = {"type": "object", "properties": {}}
        rules = ToolRules(frozenset("*"))
        self.offers = (
            OfferedTool(
                "tickets__create", "Opens a ticket.", schema, acts=True, rules=rules, call=self._create
            ),
        )

    async def _create(self, arguments: Mapping[str, Any]) -> ToolAnswer:
        return ToolAnswer(f"4711: {arguments['title']}")


def ticket_clerk() -> tuple[AgentChat, Approvals]:
    """Returns a model that calls its tool first, and says something of a file then; and who asks whether it may."""
    call: Script = [tool_part(json.dumps(TICKET), name="tickets__create", call_id="1"), *finish("tool_calls")]
    answers = [call, [DONE, *finish()], [FOUND, *finish()]]
    desk = Approvals(seconds=Settings().approval_seconds, secret="for show")  # noqa: S106
    model = ScriptedModel(answers=answers)
    limits = AgentLimits(idle=60.0)
    return AgentChat(model, Toolbox([Tickets()]), limits, label="a scripted model", gate=desk), desk
