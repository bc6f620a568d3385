"""Holds what people do in the workspace, and what an app is asked about it."""
