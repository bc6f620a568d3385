"""Replicas that are killed, frozen and cut off while people ask; and what became of every question."""
