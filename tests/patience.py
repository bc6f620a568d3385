"""How long a test waits for what has to happen: until it hangs for certain, however busy the machine is."""

from slack_emulator.delivery.retry_policy import RetryPolicy

HANGING = 120.0  # seconds
SLACK_WAITS = RetryPolicy(deadline=HANGING, trigger=HANGING)
"""A Slack that takes no press back from an app that stands still for seconds, as a process of a busy machine may."""
