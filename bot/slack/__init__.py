"""The shell towards Slack: payloads in, messages out, and Slack's failures as our errors."""
