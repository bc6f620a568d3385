"""The local model: weights fetched, a process that serves them, and the LangChain model that talks to it.

    async with LocalServer(parse_local("local"), cache=cache_dir(os.environ)) as server:
        await server.ensure()  # before each answer: starts it again where it died
        model = server.chat_model()

The process is ours. It is gone when the block is left, and leaves by itself however we may die (see `local_server`).
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Self

from pydantic import SecretStr

from bot.errors import LocalModelError
from bot.model.local.download import OUR_PIP, fetch
from bot.model.local.llama_process import SERVER, Serving, end, start, why_it_ended
from bot.model.local.llama_server import Job
from bot.model.local.progress import Progress, unreported
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    import httpx2
    from langchain_core.language_models import BaseChatModel

    from bot.model.local.progress import Report
    from bot.model.local.weights import LocalModel

SLOTS = 2  # answers at a time; a third waits for its turn
CONTEXT_TOKENS = 4096  # a slot, for prompt and answer together
ANSWER_TOKENS = 1024  # a very small model may never come to an end by itself
MOST_PROMPT_THREADS = 8  # more gain models this small nothing
STARTS, STARTS_WITHIN = 3, 600.0  # so many starts in so many seconds, and it is not started again


class Restarts:
    """Says how often the process may still be started: it must not die and be loaded again for ever."""

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=STARTS)

    def take(self, now: float) -> bool:
        """Tells whether it may be started at `now`; if so, that is counted as a start."""
        if len(self._starts) == STARTS and now - self._starts[0] < STARTS_WITHIN:
            return False
        self._starts.append(now)
        return True


class LocalServer:
    """A local model while it is in use: once entered it is ready to answer, once left its process is gone.

    `pip` and `command` are the commands that fetch the weights and that serve them.
    """

    def __init__(
        self,
        model: LocalModel,
        *,
        cache: Path,
        progress: Report = unreported,
        pip: Sequence[str | Path] = OUR_PIP,
        command: Sequence[str | Path] = SERVER,
    ) -> None:
        self.label = model.label
        self.model_name = model.key
        self.api_key = secrets.token_urlsafe(32)
        self._most_threads = model.threads
        self._fetch = partial(fetch, model, cache=cache, progress=progress, pip=pip)
        self._log_path = cache / "llama.log"
        self._spawn = partial(start, command=command, log_path=self._log_path)
        self._progress = progress
        self._starting = asyncio.Lock()
        self._restarts = Restarts()
        self._died_of = ""
        self._serving: Serving | None = None
        self._http: httpx2.AsyncClient | None = None
        self._chat: BaseChatModel | None = None

    async def __aenter__(self) -> Self:
        await self.ensure()
        self.chat_model()  # made now, so that not the first reader waits for the second or two its import takes
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._starting:
            serving, self._serving = self._serving, None
            if serving is not None:
                await end(serving.process)
        if self._http is not None:
            await self._http.aclose()

    @property
    def base_url(self) -> str:
        """Of its OpenAI-compatible API; another one after a restart."""
        return self._now().base_url

    @property
    def context_tokens(self) -> int:
        """Returns what prompt and answer may take together: fewer than `CONTEXT_TOKENS` where the model was made for fewer."""
        return self._now().context_tokens

    def chat_model(self) -> BaseChatModel:
        """The LangChain model that talks to it. Ask for it after each `ensure()`: a restart makes it another one."""
        base_url = self._now().base_url
        if self._chat is None:
            self._chat = self._make_chat(base_url)
        return self._chat

    async def ensure(self) -> None:
        """Returns once the model answers: at once where it runs, after a start where it does not, or no longer.

        Raises `LocalModelError` where it cannot be fetched or started, or was started too often.
        """
        async with self._starting:
            if self._serving is not None and self._serving.process.returncode is None:
                return
            self._bury()
            weights = await self._fetch()
            if not self._restarts.take(asyncio.get_running_loop().time()):
                raise LocalModelError(
                    f"The local model failed {STARTS} times within minutes. {self._died_of}"
                )
            try:
                await self._start(weights)
            except LocalModelError as error:
                self._died_of = str(error)
                raise

    def _bury(self) -> None:
        if self._serving is not None and (status := self._serving.process.returncode) is not None:
            tell(facts.LocalDied(model=self.model_name, status=status))
            self._died_of, self._serving = why_it_ended(status, self._log_path), None

    async def _start(self, weights: Path) -> None:
        size = _size(weights)
        self._progress(Progress("load", 0, size))
        self._serving, self._chat = await self._spawn(self._job(weights)), None
        self._progress(Progress("load", size, size))
        tell(facts.LocalReady(model=self.model_name, pid=self._serving.process.pid))

    def _job(self, weights: Path) -> Job:
        cores = os.cpu_count() or 1
        return Job(
            path=str(weights),
            name=self.model_name,
            api_key=self.api_key,
            slots=SLOTS,
            context_tokens=CONTEXT_TOKENS,
            # Half the cores at most: the bot wants one, and threads that wait for each other at every step gain little.
            threads=max(1, min(cores // 2, self._most_threads)),
            prompt_threads=min(cores, MOST_PROMPT_THREADS),
        )

    def _now(self) -> Serving:
        if self._serving is None:
            raise LocalModelError("The local model is not running: await ensure() first.")
        return self._serving

    def _make_chat(self, base_url: str) -> BaseChatModel:
        # Not at the top: whoever only wants to know what this module offers should not wait for LangChain.
        from bot.model.openai_chat import WholeChatOpenAI, own_clients

        clients = own_clients(base_url, light=False)  # since it has to close its connections, see below
        self._http = clients["http_async_client"] = self._http or clients["http_async_client"]
        return WholeChatOpenAI(
            base_url=base_url,
            api_key=SecretStr(self.api_key),
            model=self.model_name,
            **clients,
            # llama.cpp closes the connection after a streamed answer without saying so: used again, it breaks.
            default_headers={"Connection": "close"},
            use_responses_api=False,
            stream_usage=True,
            stream_chunk_timeout=None,  # `bot.model.chat_stream.Chat` has its own patience
            max_retries=0,  # and its own retries
            temperature=0.7,
            top_p=0.8,
            max_completion_tokens=ANSWER_TOKENS,
            # Without the penalty models this small go in circles.
            extra_body={"top_k": 20, "repeat_penalty": 1.1},
        )


def _size(file: Path) -> int:
    return file.stat().st_size
