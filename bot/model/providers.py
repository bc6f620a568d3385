"""Makes the chat model: from TELEPRINTER_MODEL, `provider:name`, to a LangChain chat model.

`openai` is any server that speaks OpenAI's API. Every other provider is LangChain's integration for it, which is to be
installed beside the bot and reads its own key from the environment.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, cast

from bot.errors import ModelNameWrong, SettingsError
from bot.model.provider_advice import advice_for
from bot.observability import facts
from bot.observability.hooks import tell

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_FOR_EXAMPLE = (
    "openai, anthropic, google_genai, mistralai, groq, deepseek, xai, openrouter, bedrock_converse or ollama"
)
_BLOCKING = ("bedrock", "bedrock_converse")
_HIDDEN_ADDRESSES = {"cohere": "CO_API_URL"}
"""Variables that a provider's SDK reads and its integration keeps from it: prompts for a server of one's own would go to the
provider's."""
_OFF = ("", "false", "0", "no")
_TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")


def build_chat_model(
    name: str,
    *,
    api_key: str | None = None,
    base_url: str | None = None,
    max_retries: int = 0,
    timeout: float | None = None,
) -> BaseChatModel:
    """The chat model that TELEPRINTER_MODEL=`name` asks for. Raises SettingsError where there is no such thing.

    `api_key` and `base_url` are those of OPENAI_API_KEY and OPENAI_BASE_URL, and go to `openai` only: every other provider reads
    its own variables, and must not be sent these. Leave `max_retries` at 0 under a `Chat`, which retries by itself, and raise it for
    a model that is used without one. `timeout`, in seconds, is how long a client that blocks a thread (Bedrock's) may wait for its
    server's next word; None: as long as it likes to.

    No prompt goes to a third party unasked. LANGSMITH_GATEWAY, which makes LangChain send every prompt to LangSmith instead of the
    provider, has no power over `openai`, and is refused for the others. LANGSMITH_TRACING, which copies prompts there, is
    LangChain's own tool for whoever runs the bot, and is left alone; the log says so.
    """
    provider, model = _split(name)
    _tell_of_tracing()
    if provider == "openai":
        _need_key(name, api_key, base_url)
        from bot.model.openai_chat import build_openai

        return build_openai(model, api_key=api_key, base_url=base_url, max_retries=max_retries)
    _refuse_gateway(provider)
    if provider == "litellm":
        # It fetches its price list from the network while it is imported, unless it is told to take its own.
        os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
    built = _build_other(name, provider, model, _options(provider, max_retries, timeout))
    if max_retries == 0:
        _stop_retries(built)
    return built


def check_name(name: str, *, api_key: str | None, base_url: str | None) -> None:
    """Raises SettingsError, as `build_chat_model` does, for a name that means nothing and for a key that is missing. Imports nothing."""
    provider, _ = _split(name)
    if provider == "openai":
        _need_key(name, api_key, base_url)


async def close_chat_model(model: BaseChatModel) -> None:
    """Close the connections that `build_chat_model` opened for `model`; what an integration keeps for itself stays."""
    client = getattr(model, "http_async_client", None)
    if client is not None:
        await client.aclose()


def _split(name: str) -> tuple[str, str]:
    provider, colon, model = (part.strip() for part in name.partition(":"))
    if provider == "local":
        raise SettingsError(
            f"TELEPRINTER_MODEL={name}: a local model runs inside the command teleprinter only; here, "
            "set OPENAI_API_KEY, or OPENAI_BASE_URL and TELEPRINTER_MODEL=openai:name"
        )
    if not (provider and colon and model):
        raise ModelNameWrong(
            f"TELEPRINTER_MODEL={name}: write provider:name, for example openai:gpt-4.1-mini; "
            "the command teleprinter knows local as well"
        )
    return provider.lower().replace("-", "_"), model


def _need_key(name: str, api_key: str | None, base_url: str | None) -> None:
    if not api_key and not base_url:
        raise SettingsError(
            f"OPENAI_API_KEY is not set, which TELEPRINTER_MODEL={name} needs: "
            "set it, or set OPENAI_BASE_URL to a server that needs none; "
            "the command teleprinter also runs without any by TELEPRINTER_MODEL=local"
        )


def _options(provider: str, max_retries: int, timeout: float | None) -> dict[str, Any]:
    options: dict[str, Any] = {"max_retries": max_retries}
    if provider == "litellm":
        # ChatLiteLLM counts attempts, and keeps the number from LiteLLM, whose clients then retry twice for each.
        options = {"max_retries": 1, "model_kwargs": {"max_retries": max_retries}}
    if timeout is not None and provider in _BLOCKING:
        options["timeout"] = timeout
    if address := os.environ.get(_HIDDEN_ADDRESSES.get(provider, "")):
        options["base_url"] = address
    return options


def _build_other(name: str, provider: str, model: str, options: dict[str, Any]) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        # Its overloads leave the type of what they return open where arguments are not written out.
        built = cast("BaseChatModel", init_chat_model(model, model_provider=provider, **options))
    except ImportError as error:
        raise SettingsError(
            f"TELEPRINTER_MODEL={name} needs a package: {_install_line(error, provider)}"
        ) from error
    except Exception as error:
        if str(error).startswith("Unsupported provider="):
            raise ModelNameWrong(
                f"TELEPRINTER_MODEL={name}: there is no provider {provider}; use {_FOR_EXAMPLE}"
            ) from None
        if package := _missing_package(error):
            raise SettingsError(
                f"TELEPRINTER_MODEL={name} needs a package more: pip install {package}"
            ) from None
        # Any integration may raise anything here, and its words may repeat the key.
        raise SettingsError(
            f"TELEPRINTER_MODEL={name}: {provider} could not be set up ({type(error).__name__}): "
            f"set the variables its integration asks for, first of all {advice_for(provider).key or 'its API key'}"
        ) from None
    return built


def _missing_package(error: Exception) -> str:
    """Returns what a package that an integration needs besides its own is called; "" where none is missing.

    Some raise a ValueError or a pydantic error of their own from the ImportError, or instead of it.
    """
    match = re.search(r"[Cc]ould not import ([\w-]+)|pip install (?:-U )?[\"'`]?([\w-]+)", str(error))
    if match and (isinstance(error, ValueError) or isinstance(error.__cause__, ImportError)):
        return match[1] or match[2]
    return ""


def _stop_retries(model: BaseChatModel) -> None:
    """Switch off the retries that `max_retries=0` does not.

    ChatOpenRouter passes no policy on for 0, and then its SDK has one of its own, which tries for up to an hour.
    """
    configuration: Any = getattr(getattr(model, "client", None), "sdk_configuration", None)
    if hasattr(configuration, "retry_config"):
        configuration.retry_config = None


def _install_line(error: ImportError, provider: str) -> str:
    """LangChain's message ends with the line to type, which knows names that do not follow from the provider's."""
    match = re.search(r"pip install [\w\-\[\]\"]+", str(error))
    return match[0] if match else f"pip install langchain-{provider.replace('_', '-')}"


def _refuse_gateway(provider: str) -> None:
    if provider != "langsmith" and os.environ.get("LANGSMITH_GATEWAY", "").lower() not in _OFF:
        raise SettingsError(
            f"LANGSMITH_GATEWAY is set, which may send the prompts for {provider} to LangSmith: "
            "unset it, or say that you want this by TELEPRINTER_MODEL=langsmith:…"
        )


def _tell_of_tracing() -> None:
    if on := [variable for variable in _TRACING if os.environ.get(variable) == "true"]:
        tell(facts.ModelTraced(by=on[0], what="prompts and answers", to="LangSmith"))
