"""Decides: plain functions and small state machines. No await, no clock, no client; time comes in as `now`."""
