"""Slack's own JSON: the objects, events and interactions that an app is sent."""
