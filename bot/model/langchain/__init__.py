"""LangChain's callbacks and runnables, as streams of deltas."""
