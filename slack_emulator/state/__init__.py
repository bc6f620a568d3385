"""Holds what a workspace is, and the rules by which it changes. No clock, no socket, no await."""
