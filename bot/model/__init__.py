"""The shell towards the model: from any LangChain chat model to our deltas, and its failures to our errors."""
