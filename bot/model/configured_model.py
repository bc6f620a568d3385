"""The model that the settings name, ready to answer.

Whatever a model needs is imported when that model is asked for: LangChain and OpenAI's client take a second to load, and what asks
no model should not have to wait for them.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, TypedDict

from bot.errors import SettingsError
from bot.model.model_choice import ModelChoice

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Sequence

    from langchain_core.language_models import BaseChatModel

    from bot.model.answering import Answering
    from bot.model.local.embedded_chat import LocalChat
    from bot.model.local.progress import Report
    from bot.model.local.upgrading_chat import Growth
    from bot.model.tools.action_gate import ActionGate
    from bot.model.tools.offered_tool import ToolSource
    from bot.settings import Settings

_LOCAL = (
    "bot.model.openai_chat",
    "bot.model.local.embedded_chat",
    "bot.model.local.upgrading_chat",
    "bot.model.local.supervisor",
)
_OPENAI = (
    # The large ones by themselves: whoever stops the bot meanwhile waits for one of them at most.
    "openai", "langchain_core.language_models", "langchain_openai",
    "bot.model.openai_chat", "bot.model.chat_stream", "bot.model.providers",
)  # fmt: skip
_OTHER = ("bot.model.chat_stream", "bot.model.providers", "langchain.chat_models")


def is_local(settings: Settings) -> bool:
    """Tells whether the embedded model answers."""
    return settings.model == "local" or settings.model.startswith("local:")


def preload_model(settings: Settings) -> None:
    """Imports what the settings' model needs, which takes a second: no loop runs yet that would be deaf to Ctrl-C meanwhile."""
    for module in needed_modules(settings):
        import_module(module)


def needed_modules(settings: Settings) -> Sequence[str]:
    """Returns the names of what the settings' model needs imported."""
    tools = () if settings.mcp_file is None else ("bot.model.tools.agent_chat",)
    if settings.agent:
        return tools
    return (*tools, *(_LOCAL if is_local(settings) else _OPENAI if _is_openai(settings) else _OTHER))


def _is_openai(settings: Settings) -> bool:
    return settings.model.startswith("openai:")


def loads_late(settings: Settings) -> bool:
    """Tells whether the models can be loaded when people ask already: those of which nothing can be wrong that is not seen before."""
    return not settings.agent and settings.mcp_file is None and all(map(_is_openai, _each(settings)))


async def check_model(settings: Settings) -> None:
    """Raises SettingsError for a model, or one to fall back on, that will not do, without loading or waiting for anything."""
    _check_tools(settings)
    _check_choice(settings)
    if settings.agent:
        _own_agent(settings)
        return
    for each in _each(settings):
        if is_local(each):
            from bot.model.local.weights import parse_local

            parse_local(each.model)
            continue
        from bot.model.providers import check_name, close_chat_model

        with _saying_where(each, settings):
            check_name(each.model, api_key=each.openai_api_key, base_url=each.openai_base_url)
            if not loads_late(settings):
                await close_chat_model(_remote_model(each))


@contextmanager
def _saying_where(each: Settings, named: Settings) -> Generator[None]:
    """A SettingsError about one of the models that the settings have `named` says where it is named."""
    try:
        yield
    except SettingsError as error:
        if each.model not in named.models:
            raise
        words = str(error).replace(f"TELEPRINTER_MODEL={each.model}", f"TELEPRINTER_MODELS={each.model}")
        raise SettingsError(words) from None


def _check_choice(settings: Settings) -> None:
    """Raises SettingsError where people could choose what cannot be chosen."""
    if not settings.models:
        return
    if settings.agent:
        raise SettingsError(
            "TELEPRINTER_MODELS: TELEPRINTER_AGENT answers in the place of a model; leave one out."
        )
    if any(is_local(each) for each in offered_models(settings)):
        raise SettingsError(
            "TELEPRINTER_MODELS: the embedded model cannot be one of several; name others, or leave it out."
        )


def _check_tools(settings: Settings) -> None:
    if settings.mcp_file is None:
        return
    from bot.model.tools.toolbox import check_toolbox

    check_toolbox(settings.mcp_file)
    if settings.agent:
        raise SettingsError(
            "TELEPRINTER_AGENT has tools of its own: leave TELEPRINTER_MCP_FILE out, or leave it out."
        )
    if any(is_local(each) for each in _each(settings)):
        raise SettingsError(
            "TELEPRINTER_MCP_FILE: the embedded model cannot use tools. Choose another by TELEPRINTER_MODEL."
        )


def offered_models(settings: Settings) -> list[Settings]:
    """The settings of each model that answers where it is chosen, the usual one first."""
    return [replace(settings, model=one) for one in settings.models] or [settings]


def _fallback(settings: Settings) -> list[Settings]:
    """The settings of the model to fall back on; none where there is none."""
    return [replace(settings, model=settings.fallback_model)] if settings.fallback_model else []


def _each(settings: Settings) -> list[Settings]:
    """The settings of each model that they name."""
    return [*offered_models(settings), *_fallback(settings)]


@asynccontextmanager
async def open_model(
    settings: Settings, *, report: Report, gate: ActionGate | None = None
) -> AsyncGenerator[Answering]:
    """The model that the settings name, ready to answer, with the one to fall back on, and their tools. `report` hears of downloads and
    loading; `gate` is asked before a tool acts, and without it none does.

    Raises SettingsError for a name that means nothing, LocalModelError where the embedded model cannot be had.
    """
    _check_tools(settings)
    _check_choice(settings)
    if settings.agent:
        yield _own_agent(settings)
        return
    async with AsyncExitStack() as stack:
        tools = await stack.enter_async_context(_open_tools(settings))
        opened = [
            await stack.enter_async_context(_open_one(each, report, tools, gate)) for each in _each(settings)
        ]
        offered = opened[: len(offered_models(settings))]
        models = [_falling_back(one, opened[len(offered) :]) for one in offered]
        yield models[0] if len(models) == 1 else ModelChoice(*models)


def _falling_back(first: Answering, fallbacks: list[Answering]) -> Answering:
    """Returns the model with the one to fall back on behind it, unless it is the same."""
    if all(first.label == one.label for one in fallbacks):
        return first
    from bot.model.fallback_chat import FallbackChat

    return FallbackChat(first, *fallbacks)


@asynccontextmanager
async def _open_tools(settings: Settings) -> AsyncGenerator[ToolSource | None]:
    if settings.mcp_file is None:
        yield None
        return
    from bot.model.tools.toolbox import open_toolbox

    async with open_toolbox(settings.mcp_file) as tools:
        yield tools


def _own_agent(settings: Settings) -> Answering:
    from bot.model.tools.own_agent import OwnAgent, load_agent

    idle = max(settings.first_token, settings.idle)
    runnable = load_agent(settings.agent)
    return OwnAgent(runnable, label=settings.agent, idle=idle, seconds=settings.answer_seconds)


@asynccontextmanager
async def _open_one(
    settings: Settings, report: Report, tools: ToolSource | None, gate: ActionGate | None
) -> AsyncGenerator[Answering]:
    if is_local(settings):
        async with _local_model(settings, settings.model, report) as local:
            yield local
    else:
        from bot.model.providers import close_chat_model

        chat = _remote_model(settings)
        try:
            yield _answering(chat, settings) if tools is None else _with_tools(chat, settings, tools, gate)
        finally:
            await close_chat_model(chat)


def _answering(chat: BaseChatModel, settings: Settings) -> Answering:
    from bot.model.chat_stream import Chat

    return Chat(chat, label=settings.model, **_patience(settings))


def _with_tools(
    chat: BaseChatModel, settings: Settings, tools: ToolSource, gate: ActionGate | None
) -> Answering:
    from bot.model.tools.agent_chat import AgentChat, AgentLimits

    limits = AgentLimits(
        idle=max(settings.first_token, settings.idle),
        seconds=settings.answer_seconds,
        tokens=settings.answer_tokens,
        tool_calls=settings.tool_calls,
    )
    return AgentChat(chat, tools, limits, label=settings.model, gate=gate)


@asynccontextmanager
async def open_growing_model(
    settings: Settings, *, report: Report, behind: Report, growth: Growth
) -> AsyncGenerator[Answering]:
    """The smallest local model, ready to answer, and a better one from when it has been fetched: `behind` hears of that.

    Raises LocalModelError where the smallest cannot be had.
    """
    from bot.model.local.upgrading_chat import grow
    from bot.model.local.weights import BETTER

    small = _local_model(settings, settings.model, report)
    async with grow(small, _local_model(settings, f"local:{BETTER}", behind), growth) as chat:
        yield chat


@asynccontextmanager
async def _local_model(settings: Settings, name: str, report: Report) -> AsyncGenerator[LocalChat]:
    from bot.model.local.embedded_chat import LocalChat
    from bot.model.local.supervisor import LocalServer
    from bot.model.local.weights import cache_dir, parse_local

    model = parse_local(name)
    cache = settings.cache or cache_dir(os.environ)
    async with LocalServer(model, cache=cache, progress=report) as server:
        yield LocalChat(server, label=model.caution, **_patience(settings))


def _remote_model(settings: Settings) -> BaseChatModel:
    from bot.model.providers import build_chat_model

    return build_chat_model(
        settings.model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        timeout=max(settings.first_token, settings.idle),
    )


class _Patience(TypedDict):
    first_token: float
    idle: float
    answer_seconds: float
    answer_tokens: float


def _patience(settings: Settings) -> _Patience:
    return {
        "first_token": settings.first_token,
        "idle": settings.idle,
        "answer_seconds": settings.answer_seconds,
        "answer_tokens": settings.answer_tokens,
    }
