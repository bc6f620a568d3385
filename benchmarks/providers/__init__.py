"""LangChain's integrations, at pinned versions, against small servers that speak each provider's wire format."""
