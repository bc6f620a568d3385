"""Holds what a process is given: variables, files, proxies, certificates, streams."""
