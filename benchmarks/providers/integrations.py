"""The integrations that are measured, their versions, and how each is sent to a server on this computer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from benchmarks.providers.request_bodies import ANTHROPIC, CHAT_COMPLETIONS, GOOGLE, RESPONSES
from benchmarks.providers.wires import (
    Anthropic,
    Bedrock,
    ChatCompletions,
    Cohere,
    Google,
    Ollama,
    Responses,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.providers.request_bodies import DueRequests
    from benchmarks.providers.wires import Wire


@dataclass(frozen=True)
class Integration:
    """`variables` may hold {address}. `known` are cells that cannot be right, and why: the package's own doing. `due` is what it is to
    send; None where nobody has written that down."""

    model: str
    requirements: tuple[str, ...]
    wire: Wire
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    arguments: Mapping[str, str] = field(default_factory=dict[str, str])
    known: Mapping[str, str] = field(default_factory=dict[str, str])
    due: DueRequests | None = None

    def environ(self, address: str) -> dict[str, str]:
        """The variables of the process that asks it."""
        return {name: value.format(address=address) for name, value in self.variables.items()}

    def options(self, address: str) -> dict[str, Any]:
        """What `build_chat_model` is told besides."""
        return {name: value.format(address=address) for name, value in self.arguments.items()}


def _key(name: str, **more: str) -> dict[str, str]:
    return {name: "k", **more}


INTEGRATIONS = {
    "openai": Integration(
        "openai:m",
        ("langchain-openai==1.7.3", "openai==3.54.0"),
        ChatCompletions(refuses=True),
        arguments={"base_url": "{address}/v1", "api_key": "k"},
        due=CHAT_COMPLETIONS,
    ),
    "openai_responses": Integration(
        "openai:gpt-5-pro",
        ("langchain-openai==1.7.3", "openai==3.54.0"),
        Responses(),
        arguments={"base_url": "{address}/v1", "api_key": "k"},
        due=RESPONSES,
    ),
    "anthropic": Integration(
        "anthropic:claude-x",
        ("langchain-anthropic==1.7.10", "anthropic==2.14.0"),
        Anthropic(),
        _key("ANTHROPIC_API_KEY", ANTHROPIC_BASE_URL="{address}"),
        known={"usage": "(0, 3): the integration drops the prompt's tokens"},
        due=ANTHROPIC,
    ),
    "google_genai": Integration(
        "google_genai:gemini-2.5-flash",
        ("langchain-google-genai==4.4.3", "google-genai==3.6.1"),
        Google(),
        _key("GOOGLE_API_KEY", GOOGLE_GEMINI_BASE_URL="{address}"),
        due=GOOGLE,
    ),
    "ollama": Integration(
        "ollama:m",
        ("langchain-ollama==1.1.0", "ollama==0.6.3"),
        Ollama(),
        {"OLLAMA_HOST": "{address}"},
        known={"429": "asked again too soon: the SDK's error has no headers"},
    ),
    "bedrock_converse": Integration(
        "bedrock_converse:anthropic.claude-3-5-sonnet-20241022-v2:0",
        ("langchain-aws==1.9.1", "boto3==1.44.8"),
        Bedrock(),
        {
            "AWS_ACCESS_KEY_ID": "k",
            "AWS_SECRET_ACCESS_KEY": "s",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "{address}",
        },
    ),
    "mistralai": Integration(
        "mistralai:m",
        ("langchain-mistralai==1.1.6",),
        ChatCompletions(listed_thoughts=True, filtered=""),
        _key("MISTRAL_API_KEY", MISTRAL_BASE_URL="{address}/v1"),
    ),
    "groq": Integration(
        "groq:m",
        ("langchain-groq==1.1.3", "groq==0.37.1"),
        ChatCompletions(usage_in="x_groq", thoughts="reasoning", error_event=True, filtered=""),
        _key("GROQ_API_KEY", GROQ_API_BASE="{address}"),
    ),
    "deepseek": Integration(
        "deepseek:m",
        ("langchain-deepseek==1.1.1", "langchain-openai==1.7.3"),
        ChatCompletions(),
        _key("DEEPSEEK_API_KEY", DEEPSEEK_API_BASE="{address}/v1"),
    ),
    "openrouter": Integration(
        "openrouter:m",
        ("langchain-openrouter==0.2.9", "openrouter==0.11.46"),
        ChatCompletions(thoughts="reasoning"),
        _key("OPENROUTER_API_KEY", OPENROUTER_API_BASE="{address}/v1"),
    ),
    "cohere": Integration(
        "cohere:command-a",
        ("langchain-cohere==0.6.0", "cohere==5.21.1"),
        Cohere(),
        _key("COHERE_API_KEY", CO_API_URL="{address}"),
    ),
    "xai": Integration(
        "xai:m",
        ("langchain-xai==1.3.0", "langchain-openai==1.7.3"),
        ChatCompletions(),
        _key("XAI_API_KEY", XAI_API_BASE="{address}/v1"),
    ),
    "fireworks": Integration(
        "fireworks:m",
        ("langchain-fireworks==1.7.1",),
        ChatCompletions(),
        _key("FIREWORKS_API_KEY", FIREWORKS_API_BASE="{address}/inference/v1"),
    ),
    "together": Integration(
        "together:m",
        ("langchain-together==0.4.0", "langchain-openai==1.7.3"),
        ChatCompletions(thoughts="reasoning"),
        _key("TOGETHER_API_KEY", TOGETHER_API_BASE="{address}/v1"),
    ),
    "perplexity": Integration(
        "perplexity:sonar",
        ("langchain-perplexity==1.4.2",),
        ChatCompletions(filtered=""),
        _key("PPLX_API_KEY", PERPLEXITY_BASE_URL="{address}"),
    ),
    "nvidia": Integration(
        "nvidia:meta/m",
        ("langchain-nvidia-ai-endpoints==1.5.0",),
        ChatCompletions(),
        _key("NVIDIA_API_KEY", NVIDIA_BASE_URL="{address}/v1"),
        known={"429": "asked again too soon: its error is a bare Exception"},
    ),
    "upstage": Integration(
        "upstage:m",
        ("langchain-upstage==0.7.7",),
        ChatCompletions(filtered=""),
        _key("UPSTAGE_API_KEY", UPSTAGE_API_BASE="{address}/v1"),
    ),
    "litellm": Integration(
        "litellm:openai/m",
        ("langchain-litellm==0.11.2", "litellm==1.110.2"),
        ChatCompletions(),
        _key(
            "OPENAI_API_KEY", OPENAI_API_BASE="{address}/v1", LITELLM_LOCAL_MODEL_COST_MAP="True"
        ),  # no prices from the net
    ),
}
