"""Holds what outlives a process: turns on record, who is alive, and the budget that all replicas share."""
