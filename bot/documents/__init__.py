"""Reads documents that strangers wrote: each in a process of its own, under limits of memory, time and output."""
