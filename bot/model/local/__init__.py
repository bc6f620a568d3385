"""The embedded model: its weights, the process that serves it, and the chat that talks to it."""
