"""Holds what the `teleprinter` command can do, a module each."""
