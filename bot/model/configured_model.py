"""The model that the settings name, ready to answer.

Whatever a model needs is imported when that model is asked for: LangChain and OpenAI's client take a second to load, and what asks
no model should not have to wait for them.
"""

from __future__ import annotations

import os
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from langchain_core.language_models import BaseChatModel

    from bot.model.answering import Answering
    from bot.model.local.embedded_chat import LocalChat
    from bot.model.local.progress import Report
    from bot.model.local.upgrading_chat import Growth
    from bot.settings import Settings

_LOCAL = (
    "bot.model.openai_chat",
    "bot.model.local.embedded_chat",
    "bot.model.local.upgrading_chat",
    "bot.model.local.supervisor",
)
_OPENAI = ("bot.model.openai_chat", "bot.model.chat_stream", "bot.model.providers")
_OTHER = ("bot.model.chat_stream", "bot.model.providers", "langchain.chat_models")


def is_local(settings: Settings) -> bool:
    """Tells whether the embedded model answers."""
    return settings.model == "local" or settings.model.startswith("local:")


def preload_model(settings: Settings) -> None:
    """Imports what the settings' model needs, which takes a second: no loop runs yet that would be deaf to Ctrl-C meanwhile."""
    for module in _LOCAL if is_local(settings) else _OPENAI if _is_openai(settings) else _OTHER:
        import_module(module)


def _is_openai(settings: Settings) -> bool:
    return settings.model.startswith("openai:")


async def check_model(settings: Settings) -> None:
    """Raises SettingsError for a model, or one to fall back on, that will not do, without loading or waiting for anything."""
    for each in _each(settings):
        if is_local(each):
            from bot.model.local.weights import parse_local

            parse_local(each.model)
        else:
            from bot.model.providers import close_chat_model

            await close_chat_model(_remote_model(each))


def _each(settings: Settings) -> list[Settings]:
    """The settings of each model that they name: the one that answers, and the one to fall back on."""
    fallback = settings.fallback_model
    return [settings, *([replace(settings, model=fallback)] if fallback else [])]


@asynccontextmanager
async def open_model(settings: Settings, *, report: Report) -> AsyncGenerator[Answering]:
    """The model that the settings name, ready to answer, with the one to fall back on. `report` hears of downloads and loading.

    Raises SettingsError for a name that means nothing, LocalModelError where the embedded model cannot be had.
    """
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(_open_one(each, report=report)) for each in _each(settings)]
        if len(opened) == 1:
            yield opened[0]
        else:
            from bot.model.fallback_chat import FallbackChat

            yield FallbackChat(*opened)


@asynccontextmanager
async def _open_one(settings: Settings, *, report: Report) -> AsyncGenerator[Answering]:
    if is_local(settings):
        async with _local_model(settings, settings.model, report) as local:
            yield local
    else:
        from bot.model.chat_stream import Chat
        from bot.model.providers import close_chat_model

        chat = _remote_model(settings)
        try:
            yield Chat(chat, label=settings.model, **_patience(settings))
        finally:
            await close_chat_model(chat)


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
        yield LocalChat(server, label=model.label, **_patience(settings))


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
