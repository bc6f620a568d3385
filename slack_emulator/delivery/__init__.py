"""Holds how events, commands and interactions reach an app: over its sockets or by signed requests."""
