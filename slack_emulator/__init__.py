"""A local Slack: the Web API, Socket Mode, signed HTTP events and a page, on one port of this computer.

It knows Slack and nothing of the bot: whatever speaks to Slack can speak to it.
"""
