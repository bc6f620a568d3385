"""Teleprinter: a Slack bot whose answers appear while the model is still writing them."""
