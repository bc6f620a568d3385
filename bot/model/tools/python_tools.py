"""Tools of Python packages, found by entry points of the group `teleprinter.tools`, where the file names them.

An entry point is a LangChain tool, a list of them, or a function that returns either. A tool says that it only reads by
`metadata={"readOnlyHint": True}`.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, cast

from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool

from bot.core.conversation.tool_names import is_tool_name, qualified_name
from bot.core.delivery.charts import PACKAGE as CHARTS
from bot.errors import SettingsError
from bot.model.langchain.runs import text_of
from bot.model.tools.offered_tool import OfferedTool, ToolAnswer, ToolBroken
from bot.model.tools.tool_file import FILE
from bot.model.tools.tool_results import cut_text

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from bot.model.tools.tool_file import ServerSpec, ToolRules

GROUP = "teleprinter.tools"


class PythonTools:
    """The tools of one entry point. Raises SettingsError where there is none of that name, or where it gives no tools."""

    def __init__(self, spec: ServerSpec, *, load: Callable[[str], object] | None = None) -> None:
        given = _as_list((load or _load)(spec.name))
        if not given or not all(isinstance(one, BaseTool) for one in given):
            raise SettingsError(f"{FILE}: {spec.name} gives no LangChain tools: look at its entry point.")
        tools = [one for one in cast("Sequence[BaseTool]", given) if spec.rules.allows(one.name)]
        self.offers = tuple(
            _offer(spec, one) for one in tools if is_tool_name(qualified_name(spec.name, one.name))
        )


def _load(name: str) -> object:
    if name == CHARTS:
        # Imported here: hardly anybody has it.
        from bot.model.tools.chart_tool import chart_tool

        return chart_tool()
    found = [one for one in entry_points(group=GROUP) if one.name == name]
    if not found:
        raise SettingsError(f"{FILE}: no installed package has an entry point {name} of the group {GROUP}.")
    try:
        loaded: object = found[0].load()
        return loaded() if callable(loaded) and not isinstance(loaded, BaseTool) else loaded
    except Exception as error:
        # Whatever somebody's package raises while it is imported; its words may say anything.
        raise SettingsError(f"{FILE}: {name} could not be loaded ({type(error).__name__}).") from error


def _as_list(given: object) -> list[object]:
    return list(cast("Sequence[object]", given)) if isinstance(given, list | tuple) else [given]


def _offer(spec: ServerSpec, tool: BaseTool) -> OfferedTool:
    schema = convert_to_openai_tool(tool)["function"].get("parameters", {"type": "object", "properties": {}})
    hint = (tool.metadata or {}).get("readOnlyHint")
    acts = spec.rules.acts(tool.name, read_only=hint if isinstance(hint, bool) else None)
    name = qualified_name(spec.name, tool.name)
    return OfferedTool(name, tool.description, schema, acts, spec.rules, _caller(tool, spec.rules))


def _caller(
    tool: BaseTool, rules: ToolRules
) -> Callable[[Mapping[str, Any]], Coroutine[Any, Any, ToolAnswer]]:
    async def call(arguments: Mapping[str, Any]) -> ToolAnswer:
        try:
            async with asyncio.timeout(rules.timeout):
                output: object = await tool.ainvoke(dict(arguments))
        except TimeoutError:
            raise ToolBroken(
                f"{tool.name} did not end within {rules.timeout:g} s.", outcome="too long"
            ) from None
        except Exception as error:
            # Whatever a tool raises is its model's to know, by its kind: its words may hold a key.
            raise ToolBroken(f"{tool.name} failed ({type(error).__name__}).", outcome="failed") from error
        return ToolAnswer(cut_text(text_of(output), most=rules.result_characters))

    return call
