"""Models that are loaded while people can ask already: importing what they need takes a second of the processor, or two."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from typing import TYPE_CHECKING

from bot.environment.garbage_collector import collector_off
from bot.model.answering import ModelsGoneError
from bot.model.configured_model import loads_late, needed_modules, offered_models, open_model
from bot.model.model_choice import choice_of, name_among
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from bot.language.translatable import Translatable
    from bot.model.answering import Answering, Models
    from bot.model.local.progress import Report
    from bot.model.model_choice import ModelChoice
    from bot.model.tools.action_gate import ActionGate
    from bot.settings import Settings


class LateModels:
    """The models of these names, which `load` opens by `opening` from when they are wanted; see `Models`.

    Who picks one before they are there wants them, and waits: until they are there, or until `load` fails or is cancelled, wherever
    it is by then.
    """

    def __init__(self, names: Sequence[str], opening: Callable[[], Awaitable[Models]]) -> None:
        self.names = tuple(names)
        self.caution: Translatable | None = None  # what has to be cautioned of is not loaded late
        self._opening = opening
        self._wanted = asyncio.Event()
        self._opened: asyncio.Future[Models] = asyncio.get_running_loop().create_future()

    @property
    def label(self) -> str:
        return self.names[0]

    def name_of(self, chosen: str) -> str:
        return name_among(self.names, chosen)

    async def pick(self, chosen: str) -> Answering:
        self.want()
        # One of many who wait, and perhaps to be stopped.
        models = await asyncio.shield(self._opened)
        return await models.pick(chosen)

    def want(self) -> None:
        self._wanted.set()

    async def load(self) -> None:
        clock = asyncio.get_running_loop().time
        try:
            await self._wanted.wait()
            begun = clock()
            self._opened.set_result(await self._opening())
        finally:
            self._let_go()
        tell(facts.ModelLoaded(seconds=round(clock() - begun, 2)))

    def _let_go(self) -> None:
        """Nobody is left waiting."""
        if not self._opened.done():
            self._opened.set_exception(ModelsGoneError())
            self._opened.exception()  # or it would be told of where nobody has asked


@asynccontextmanager
async def open_models(
    settings: Settings, *, report: Report, gate: ActionGate | None = None
) -> AsyncGenerator[ModelChoice | LateModels]:
    """The models that the settings name, as `open_model` opens them; those that can be loaded late wait for `Models.load`."""
    async with AsyncExitStack() as stack:

        async def opened() -> ModelChoice:
            return choice_of(await stack.enter_async_context(open_model(settings, report=report, gate=gate)))

        async def load() -> ModelChoice:
            with collector_off():
                await import_aside(needed_modules(settings))
                return await opened()

        names = [each.model for each in offered_models(settings)]
        yield LateModels(names, load) if loads_late(settings) else await opened()


async def import_aside(modules: Sequence[str]) -> None:
    """Imports the modules in a thread, one after the other: the loop goes on meanwhile. Where we are cancelled no further one is begun."""
    loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(max_workers=1, thread_name_prefix="import")
    try:
        for module in modules:
            await loop.run_in_executor(thread, import_module, module)
    finally:
        thread.shutdown(wait=False)
