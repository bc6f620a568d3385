"""Holds what everything else runs on: time, tasks, ports, faults, and the record of the traffic."""
