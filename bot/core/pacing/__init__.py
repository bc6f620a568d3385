"""Decides when which edit may leave, for all replies of a workspace together."""
