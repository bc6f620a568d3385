"""Blocks and spans as what a Slack message carries: canonical Markdown, mrkdwn, plain text."""
