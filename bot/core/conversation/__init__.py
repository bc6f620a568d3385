"""Holds what is said, by whom, and whose turn it is."""
