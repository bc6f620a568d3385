"""Says which variables an operator has to look at for which provider, so that nobody is sent to mend another provider's. Pure.

The names are those that the integrations read, or their SDKs, from their sources.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """`key` and `address` are variables; "" where the integration reads none."""

    key: str = ""
    address: str = ""

    @property
    def check_key(self) -> str:
        """Returns what to look at where the key was refused."""
        return f"check {self.key}" if self.key else "check the provider's API key"

    @property
    def check_address(self) -> str:
        """Returns what to look at where the wrong server answered, or none."""
        return f"the network and {self.address}" if self.address else "the network"

    @property
    def check_server(self) -> str:
        """Returns what to look at where the server is not what it should be."""
        return f"check {self.address}, and its log" if self.address else "see its status, and ask again"


_UNKNOWN = Provider()
_AWS = Provider("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
PROVIDERS = {
    "anthropic": Provider("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
    "azure_openai": Provider("AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT"),
    "bedrock": _AWS,
    "bedrock_converse": _AWS,
    "anthropic_bedrock": _AWS,
    "cohere": Provider("COHERE_API_KEY", "CO_API_URL"),
    "deepseek": Provider("DEEPSEEK_API_KEY", "DEEPSEEK_API_BASE"),
    "fireworks": Provider("FIREWORKS_API_KEY", "FIREWORKS_API_BASE"),
    "google_genai": Provider("GOOGLE_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
    "google_vertexai": Provider("GOOGLE_APPLICATION_CREDENTIALS"),
    "groq": Provider("GROQ_API_KEY", "GROQ_API_BASE"),
    "huggingface": Provider("HUGGINGFACEHUB_API_TOKEN"),
    "ibm": Provider("WATSONX_API_KEY", "WATSONX_URL"),
    "litellm": Provider("", ""),
    "mistralai": Provider("MISTRAL_API_KEY", "MISTRAL_BASE_URL"),
    "nvidia": Provider("NVIDIA_API_KEY", "NVIDIA_BASE_URL"),
    "ollama": Provider("", "OLLAMA_HOST"),
    "openai": Provider("OPENAI_API_KEY", "OPENAI_BASE_URL"),
    "openrouter": Provider("OPENROUTER_API_KEY", "OPENROUTER_API_BASE"),
    "perplexity": Provider("PPLX_API_KEY", "PERPLEXITY_BASE_URL"),
    "together": Provider("TOGETHER_API_KEY", "TOGETHER_API_BASE"),
    "upstage": Provider("UPSTAGE_API_KEY", "UPSTAGE_API_BASE"),
    "xai": Provider("XAI_API_KEY", "XAI_API_BASE"),
}

_BY_PACKAGE = {
    "anthropic": "anthropic",
    "botocore": "bedrock_converse",
    "cohere": "cohere",
    "google": "google_genai",
    "groq": "groq",
    "langchain_openai": "openai",
    "ollama": "ollama",
    "openai": "openai",
    "openrouter": "openrouter",
}
"""Says whose SDK an exception comes from, for a chain whose model nobody has named."""


def provider_of(label: str, error: BaseException) -> str:
    """The provider that a model's label, `provider:name`, names, or else the one whose SDK raised `error`; "" for neither."""
    named = label.partition(":")[0].strip().lower().replace("-", "_")
    return named if named in PROVIDERS else _BY_PACKAGE.get(type(error).__module__.partition(".")[0], "")


def advice_for(provider: str) -> Provider:
    """Returns what to look at; nothing by name where the provider is not known."""
    return PROVIDERS.get(provider, _UNKNOWN)
